"""Whether a stream is coloured; how, `mrepl.ui.colours` knows."""

import os
from collections.abc import Mapping
from typing import TextIO


def colours_wanted(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour what goes to the stream: a terminal, not dumb, and `NO_COLOR` not set."""
    return stream.isatty() and not environment.get("NO_COLOR") and not is_dumb(environment)


def is_dumb(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal knows no escape sequences."""
    return environment.get("TERM", "dumb") == "dumb"

"""Paths as they are typed on a command line of the shell."""

import os
from pathlib import Path


def typed_path(text: str) -> Path:
    """The path that is meant: as in other shells, `~` at its start is a user's own directory.

    The `~` of a user that there is none of stays as it is.
    """
    return Path(os.path.expanduser(text))  # noqa: PTH111 - pathlib's raises for such a user

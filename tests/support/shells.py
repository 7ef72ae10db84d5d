"""A shell in this process: command lines in, text out."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from mrepl.guest_output import GuestWriter
from mrepl.printing import Printout, text_rendering
from mrepl.settings import Settings
from mrepl.shell import Shell
from mrepl.text.marked_text import plain_text


@contextmanager
def text_shell(config: Path | None, settings: Settings | None = None) -> Iterator[Shell]:
    """A shell with a service; what its commands show goes to this process's streams.

    Args:
        config: of the service; None for an empty one.
        settings: of the session, by default the usual ones.
    """
    render = partial(text_rendering, paint_stdout=plain_text, paint_stderr=plain_text)
    writer = GuestWriter(sys.stdout, sys.stderr)
    with closing(Shell(settings or Settings(), render, writer)) as shell:
        assert shell.create_service(None if config is None else str(config), _show_nothing).ok
        yield shell


def _show_nothing(_printout: Printout) -> None:
    pass

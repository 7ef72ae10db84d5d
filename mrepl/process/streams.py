"""The process's standard streams, made fit for whatever is read and printed."""

import os
import sys
from typing import Literal, TextIO


def prepare_streams() -> None:
    """Replaces streams that the parent process closed, and lets the others take any character.

    Of a closed standard input nothing is read; what goes to a closed standard error is dropped,
    since there is nobody to tell; writing to a closed standard output fails, as on a full disk.
    Bytes on standard input that are no text become lone surrogates, which the shell shows escaped
    and calls refuse; characters that standard output cannot encode are printed as escapes.
    """
    # In this order each gets its own descriptor, which no other file then takes by chance.
    sys.stdin = sys.stdin or _null("r", os.O_RDONLY)
    sys.stdout = sys.stdout or _null("w", os.O_RDONLY)
    sys.stderr = sys.stderr or _null("w", os.O_WRONLY)
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
        if hasattr(stream, "reconfigure"):  # tests put simpler streams in their place
            stream.reconfigure(errors=errors)


def abandon(stream: TextIO) -> None:
    """Drops what is still to be written to a standard stream that takes nothing any more.

    Without this Python complains about it when it exits.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _null(mode: Literal["r", "w"], access: int) -> TextIO:
    """A stream of the mode to or from nowhere; it stays open to the end of the process."""
    return os.fdopen(os.open(os.devnull, access), mode, encoding="utf-8")

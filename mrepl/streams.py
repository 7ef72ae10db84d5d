"""The process's standard streams, made fit for whatever is read and printed."""

import os
import sys
from pathlib import Path


def prepare_streams() -> None:
    """Replaces streams that the parent process closed, and lets the others take any character.

    Bytes on standard input that are no text become lone surrogates, which the shell shows escaped
    and calls refuse; characters that standard output cannot encode are printed as escapes.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - stays open
            setattr(sys, name, stream)
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
        if hasattr(stream, "reconfigure"):  # tests put simpler streams in their place
            stream.reconfigure(errors=errors)


def abandon_stdout() -> None:
    """Drops what is still to be written to a standard output that nobody reads any more.

    Without this Python complains about it when it exits.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""What the commands of `marine` print: results on standard output, all else on standard error."""

import io
import sys

from mrepl.painting import painter
from mrepl.text.escaping import escape_text
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText
from mrepl.text.wrapping import labelled, wrapping
from runtime import JsonValue


def print_text(text: MarkedText) -> None:
    """Prints a result for people; in colours on a terminal."""
    _print(painter(sys.stdout)(text))


def print_json(value: JsonValue) -> None:
    """Prints a result for programs: JSON on one line."""
    _print(f"{compact_json(value)}\n")


def _print(text: str) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")  # what is printed is read again as UTF-8
    sys.stdout.write(text)
    sys.stdout.flush()  # an error that follows, unbuffered, comes after it


def print_warning(message: str) -> None:
    """Tells what the user should know besides."""
    _print_remark("warning: ", Mark.NAME, message)


def print_error(message: str) -> None:
    """Tells why there is no result; a message may have several lines."""
    _print_remark("error: ", Mark.ERROR, message)


def _print_remark(label: str, mark: Mark, message: str) -> None:
    text = labelled(label, mark, escape_text(message), wrapping(sys.stderr))
    sys.stderr.write(painter(sys.stderr)(text))

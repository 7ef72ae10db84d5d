"""Long lines of messages broken at words, where a terminal would break them anywhere."""

import os
import textwrap
from collections.abc import Callable
from typing import TextIO, TypeAlias

from mrepl.text.marked_text import Mark, MarkedText, Span

Wrap: TypeAlias = Callable[[str], str]
"""Breaks the long lines of a message for a stream."""

_EXCERPT = "    "
"""So begin lines that show a piece of a text, and the line with a caret under it."""

_NARROWEST = 20


def whole(message: str) -> str:
    """Breaks nothing: for files, pipes and other programs."""
    return message


def wrapping(stream: TextIO) -> Wrap:
    """What breaks messages for a stream: only for a terminal, to its width at that time."""

    def wrap(message: str) -> str:
        width = terminal_width(stream)
        return message if width is None else wrapped(message, width)

    return wrap


def wrapped(message: str, width: int) -> str:
    """The message with each line that is too long broken at white space.

    What continues a line is indented by two more. Words that are too long stay whole, so that
    they can be copied, and so do lines that show a piece of a text.

    Args:
        message: one or more lines, without control characters but line feeds and tabs.
        width: of the terminal, in columns.
    """
    return "\n".join(
        line if len(line) <= width or line.startswith(_EXCERPT) else _wrapped_line(line, width)
        for line in message.split("\n")
    )


def labelled(label: str, mark: Mark, message: str, wrap: Wrap) -> MarkedText:
    """A line that begins with a marked label, as `warning: `, and what continues it."""
    text = wrap(f"{'_' * len(label)}{message}")  # without white space the label stays whole
    return Span(label, mark), Span(f"{text[len(label) :]}\n")


def _wrapped_line(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip(" "))]
    return textwrap.fill(
        line,
        max(width, _NARROWEST),
        subsequent_indent=f"{indent}  ",
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )


def terminal_width(stream: TextIO) -> int | None:
    """The columns of a terminal; None for what is none or does not tell."""
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None

"""Shows where in a text an error is."""

import re

from runtime.errors import TextError
from runtime.interface.text_form.literals import visible

_LINE_END = re.compile(r"\r\n|\r|\n")

_SHOWN_BEFORE = 60
_SHOWN_AFTER = 20
_LONGEST_QUOTED = 40


def text_error(text: str, offset: int, found: str, expected: str) -> TextError:
    """The error to raise when `found` stands at `offset` of the text instead of `expected`.

    Below the message stands the line concerned with a caret under the place, unless it is blank.
    """
    line, column = line_and_column(text, offset)
    start = offset - min(column - 1, _SHOWN_BEFORE)
    shown = _LINE_END.split(text[start : offset + _SHOWN_AFTER], maxsplit=1)[0]
    # A space for each character that would move the cursor keeps the caret in place.
    printable = "".join(char if char.isprintable() else " " for char in shown)
    excerpt = f"\n    {printable}\n    {' ' * (offset - start)}^" if printable.strip() else ""
    return TextError(
        f"line {line}, column {column}: found {found}, expected {expected}{excerpt}",
        line=line,
        column=column,
    )


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line of an offset of the text and the character in that line, both from 1."""
    line = 1
    line_start = 0
    for line_end in _LINE_END.finditer(text, 0, offset):
        line += 1
        line_start = line_end.end()
    return line, offset - line_start + 1


def quoted_source(source: str) -> str:
    """A piece of a text as an error quotes it: on one line, and not too long."""
    shown = source if len(source) <= _LONGEST_QUOTED else f"{source[:_LONGEST_QUOTED]}…"
    return f"`{''.join(map(visible, shown))}`"

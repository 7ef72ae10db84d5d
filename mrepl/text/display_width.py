"""How wide a line is on a terminal, and as much of it as fits."""

import unicodedata
from collections.abc import Iterator

_CUT = "…"


def display_width(text: str) -> int:
    """How many columns of a terminal the text takes; it has no control characters."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def clipped(text: str, room: int) -> str:
    """The text, or as much of it as fits with a `…`.

    Args:
        text: one line without control characters.
        room: columns, at least 1.
    """
    if display_width(text) <= room:
        return text
    return "".join(_fitting(text, room - 1)) + _CUT


def from_the_end(text: str, room: int) -> str:
    """The text, or as much of its end as fits after a `…`.

    Args:
        text: one line without control characters.
        room: columns, at least 1.
    """
    if display_width(text) <= room:
        return text
    return _CUT + "".join(_fitting(text[::-1], room - 1))[::-1]


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fitting(text: str, room: int) -> Iterator[str]:
    for character in text:
        room -= _columns(character)
        if room < 0:
            return
        yield character

"""Marked text in the sixteen colours of a terminal, which follow its own dark or light theme."""

import os
import re
from collections.abc import Mapping
from typing import TextIO

from mrepl.marked_text import Mark, MarkedText, Span

_RESET = "\x1b[0m"
_BOLD, _FAINT = "\x1b[1m", "\x1b[2m"
_RED, _GREEN, _YELLOW, _BLUE, _MAGENTA, _CYAN = (f"\x1b[{code}m" for code in range(31, 37))

_BY_MARK = {Mark.NAME: _BOLD, Mark.FAINT: _FAINT, Mark.ERROR: _RED}

_TOKEN = re.compile(
    r"""(?P<key>"(?:[^"\\]++|\\.)*+"(?=:))
      | (?P<string>"(?:[^"\\]++|\\.)*+")
      | (?P<number>-?\d[\w.+-]*+)
      | (?P<constant>\b(?:true|false|null|Null)\b)""",
    re.VERBOSE | re.DOTALL,
)
_BY_TOKEN = {"key": _BLUE, "string": _GREEN, "number": _CYAN, "constant": _MAGENTA}
_WORD = re.compile(r"\b(?:fn|data)\b")

_MOST_COLOURED = 200_000  # characters; colouring more would only delay a flood of output


def colours_wanted(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour what goes to the stream: a terminal, not dumb, and `NO_COLOR` not set."""
    return (
        stream.isatty()
        and not environment.get("NO_COLOR")
        and environment.get("TERM", "dumb") != "dumb"
    )


def coloured_text(text: MarkedText) -> str:
    """The text with the escape sequences that colour it."""
    return "".join(map(_coloured, text))


def _coloured(span: Span) -> str:
    if not span.text or len(span.text) > _MOST_COLOURED:
        return span.text
    if span.mark is Mark.VALUE:
        return _TOKEN.sub(
            lambda token: _paint(token.group(), _BY_TOKEN[token.lastgroup or ""]), span.text
        )
    if span.mark is Mark.CODE:
        return _WORD.sub(lambda word: _paint(word.group(), _YELLOW), span.text)
    colour = _BY_MARK.get(span.mark)
    return _paint(span.text, colour) if colour else span.text


def _paint(text: str, colour: str) -> str:
    line = text.rstrip("\n")
    return f"{colour}{line}{_RESET}{text[len(line) :]}"

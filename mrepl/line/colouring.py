"""What each stretch of a line under way is, for colours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mrepl.command import Kind
from mrepl.line.command_ranges import command_ranges
from mrepl.line.offer import Offer
from mrepl.line_parts import Part, Role, take_apart

_JSON_TOKEN = re.compile(
    r"""(?P<key>"(?:[^"\\]++|\\.)*+"(?=\s*:))
      | (?P<string>"(?:[^"\\]++|\\.)*+"?)
      | (?P<number>-?\d[\w.+-]*+)
      | (?P<constant>\b(?:true|false|null|_)\b)""",
    re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)


class Colour(Enum):
    """What a stretch of a line is; the value is its name in the theme."""

    COMMAND = "command"
    MODULE = "module"
    FUNCTION = "function"
    OPTION = "option"
    WORD = "word"
    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    CONSTANT = "constant"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a line: from `start` to one before `end`."""

    start: int
    end: int
    colour: Colour


_OF_ROLES = {Role.COMMAND: Colour.COMMAND, Role.OPTION: Colour.OPTION}
_OF_KINDS = {
    Kind.HELP: Colour.COMMAND,
    Kind.MODULE: Colour.MODULE,
    Kind.NEW_MODULE: Colour.MODULE,
    Kind.FUNCTION: Colour.FUNCTION,
}


def stretches(text: str, offer: Offer) -> Iterator[Stretch]:
    """The stretches of a text that have a colour, in no order.

    Args:
        text: one or more commands.
        offer: what there is to name.
    """
    ranges = command_ranges(text)
    for comment in _COMMENT.finditer(text):
        if not any(start <= comment.start() < end for start, end in ranges):
            yield Stretch(comment.start(), comment.end(), Colour.COMMENT)
    for start, end in ranges:
        for part in take_apart(text[start:end], offer.commands).parts:
            yield from _of_part(part, start)


def _of_part(part: Part, offset: int) -> Iterator[Stretch]:
    kind = None if part.parameter is None else part.parameter.kind
    if kind is Kind.JSON and not part.text.startswith("@"):
        for token in _JSON_TOKEN.finditer(part.text):
            start = offset + part.start
            yield Stretch(start + token.start(), start + token.end(), Colour(token.lastgroup))
        return
    colour = _OF_ROLES.get(part.role) or (Colour.WORD if kind is None else _OF_KINDS.get(kind))
    yield Stretch(offset + part.start, offset + part.end, colour or Colour.WORD)

"""Cuts a text into tokens; white space and comments fall away."""

import re
from collections.abc import Iterator
from enum import Enum

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.text_form.literals import NAME_CHARACTERS, LiteralError, literal_value
from runtime.interface.text_form.source_place import text_error


class TokenKind(Enum):
    """What a token is."""

    OPEN = "open"
    CLOSE = "close"
    COLON = "colon"
    WORD = "word"  # a keyword, an instruction or a number
    NAME = "name"  # after a `$`
    STRING = "string"
    OTHER = "other"  # a character that begins nothing
    END = "end"


@frozen_dataclass
class Token:
    """One token of a text.

    Attributes:
        kind: what it is.
        value: of a string or name what it stands for, without `$`, quotes and escapes; of
            other kinds the same as `source`.
        source: the characters of the text.
        offset: where they begin in the text.
    """

    kind: TokenKind
    value: str
    source: str
    offset: int


# Possessive quantifiers (`++`, `*+`) keep the time linear whatever the text.
_TOKEN = re.compile(
    rf"""
    (?P<blank>[ \t\r\n]++|;;[^\r\n]*+)
  | (?P<comment>\(;)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<colon>:)
  | (?P<quote>\$?")
  | \$(?P<name>{NAME_CHARACTERS}*+)
  | (?P<word>{NAME_CHARACTERS}++)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING_CONTENT = re.compile(r'(?:[^"\\\x00-\x1f\x7f]++|\\[^\x00-\x1f\x7f]?+)*+')
_COMMENT_BRACKET = re.compile(r"\(;|;\)")


def tokens(text: str) -> Iterator[Token]:
    """The tokens of the text, one of the kind END last.

    Raises:
        TextError: a comment or a string without an end, or a string with an unknown escape.
    """
    offset = 0
    while (found := _TOKEN.match(text, offset)) is not None:
        match found.lastgroup:
            case "blank":
                offset = found.end()
            case "comment":
                offset = _end_of_comment(text, offset)
            case "quote":
                token = _quoted(text, found)
                yield token
                offset += len(token.source)
            case kind:
                assert kind is not None  # every alternative of the expression has a group
                yield Token(TokenKind(kind), found[kind], found[0], offset)
                offset = found.end()
    yield Token(TokenKind.END, "", "", offset)


def _end_of_comment(text: str, start: int) -> int:
    """The offset after the comment that begins at `start`; comments may hold comments."""
    depth = 0
    for bracket in _COMMENT_BRACKET.finditer(text, start):
        depth += 1 if bracket[0] == "(;" else -1
        if depth == 0:
            return bracket.end()
    raise text_error(text, start, "a comment that does not end", "`;)` after it")


def _quoted(text: str, opening: re.Match[str]) -> Token:
    start = opening.end()
    found = _STRING_CONTENT.match(text, start)
    assert found is not None  # the expression matches the empty text, too
    end = found.end()
    if not text.startswith('"', end):
        if end == len(text):
            what = "the end of the text"
        else:
            what = "the end of the line" if text[end] in "\r\n" else "a control character"
        raise text_error(text, end, f"{what} inside a string", 'a closing `"` before it')
    try:
        value = literal_value(found[0])
    except LiteralError as error:
        raise text_error(text, start + error.offset, error.found, error.expected) from error
    kind = TokenKind.NAME if opening[0].startswith("$") else TokenKind.STRING
    return Token(kind, value, text[opening.start() : end + 1], opening.start())

"""Strings and names of the text form, written and read.

The escapes are those of WebAssembly's text form, since the original's has none.
"""

import re

NAME_CHARACTERS = r"[\w!#$%&'*+\-./<=>?@\\^`|~]"
"""A regular expression for what a name has without quotes: letters and digits of any script, and
WebAssembly's symbols less the colon, which ends a parameter's name."""

_BARE_NAME = re.compile(f"{NAME_CHARACTERS}*")

_ESCAPE = re.compile(
    r"""\\(?:
        (?P<letter>[tnr"'\\])
      | u\{(?P<code_point>[0-9a-fA-F]+)\}
      | (?P<byte>[0-9a-fA-F]{2})
    )""",
    re.VERBOSE,
)
_ESCAPED_LETTERS = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_LETTERS = {char: letter for letter, char in _ESCAPED_LETTERS.items() if char != "'"}

_BACKSLASH_OR_SURROGATE = re.compile(r"[\\\ud800-\udfff]")
_HIGHEST_CODE_POINT = 0x10FFFF


class LiteralError(Exception):
    """Raised when a literal is malformed.

    Attributes:
        offset: where, in characters from the start of the literal's content.
        found: what stands there.
        expected: what should stand there.
    """

    def __init__(self, offset: int, found: str, expected: str) -> None:
        super().__init__(found, expected)
        self.offset = offset
        self.found = found
        self.expected = expected


def string_literal(text: str) -> str:
    """The text in quotes; what no terminal should get unescaped is escaped."""
    return '"' + "".join(map(_escaped, text)) + '"'


def name_literal(name: str) -> str:
    """The name after a `$`, in quotes if it has other characters than names have."""
    return f"${name}" if _BARE_NAME.fullmatch(name) else f"${string_literal(name)}"


def literal_value(content: str) -> str:
    """The text that stands between the quotes of a literal.

    Raises:
        LiteralError: an unknown escape, or bytes that are not UTF-8.
    """
    pieces: list[bytes] = []
    offset = 0
    while (found := _BACKSLASH_OR_SURROGATE.search(content, offset)) is not None:
        escape = _ESCAPE.match(content, found.start())
        if escape is None:
            raise LiteralError(
                found.start(),
                "a lone surrogate" if found[0] != "\\" else "an unknown escape",
                r"a character, or one of the escapes \t \n \r \" \' \\ \hh \u{hhhh}",
            )
        pieces += (content[offset : found.start()].encode("utf-8"), _escaped_bytes(escape))
        offset = escape.end()
    pieces.append(content[offset:].encode("utf-8"))
    try:
        return b"".join(pieces).decode("utf-8")
    except UnicodeDecodeError as error:
        raise LiteralError(0, "a string whose bytes are no UTF-8", "UTF-8") from error


def visible(char: str) -> str:
    """The character, or the escape for one that does not show itself."""
    return char if char.isprintable() else f"\\u{{{ord(char):x}}}"


def _escaped(char: str) -> str:
    if char in _LETTERS:
        return f"\\{_LETTERS[char]}"
    return visible(char)


def _escaped_bytes(escape: re.Match[str]) -> bytes:
    if escape["letter"]:
        return _ESCAPED_LETTERS[escape["letter"]].encode("utf-8")
    if escape["byte"]:
        return bytes.fromhex(escape["byte"])
    code_point = int(escape["code_point"], 16)
    if code_point > _HIGHEST_CODE_POINT or 0xD800 <= code_point <= 0xDFFF:
        raise LiteralError(
            escape.start(), "an escape of no character", "a code point of Unicode, no surrogate"
        )
    return chr(code_point).encode("utf-8")

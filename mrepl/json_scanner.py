"""Where JSON values end inside a command line, found without reading them.

What lies between is kept to the letter; whether it really is JSON is decided by who parses it,
with a better message.
"""

import re

_TOKEN = re.compile(r'(?P<string>"(?:[^"\\]++|\\.)*+")|(?P<open_string>")|[\[\]{}]', re.DOTALL)
_BLANK = re.compile(r"\s")


class OpenValues:
    """Tells whether a value is open in text that comes in pieces; each piece is read once."""

    def __init__(self) -> None:
        self._depth = 0
        self._open_string = ""  # what a further piece is to be read after, if a string is open

    @property
    def are_there(self) -> bool:
        """Whether a bracket or a string is open at the end of the text."""
        return self._depth > 0 or self.has_string

    @property
    def has_string(self) -> bool:
        """Whether a string is open at the end of the text."""
        return bool(self._open_string)

    def read(self, text: str) -> None:
        """Reads the next piece."""
        text = self._open_string + text
        self._open_string = ""
        for token in _TOKEN.finditer(text):
            if token.lastgroup == "open_string":
                backslashes = len(text) - len(text.rstrip("\\"))
                self._open_string = '"\\' if backslashes % 2 else '"'
                return
            if token.lastgroup is None:
                self._depth += 1 if token.group() in "[{" else -1


def is_unfinished(text: str) -> bool:
    """Whether a bracket or a string is still open at the end of the text."""
    values = OpenValues()
    values.read(text)
    return values.are_there


def value_end(text: str, start: int) -> int:
    """Where the value that starts at `start` ends: one past its last character.

    Brackets end with their partner, strings with their quote, anything else before the next white
    space; a value that never ends takes the rest of the text.
    """
    if text[start] not in '[{"':
        blank = _BLANK.search(text, start)
        return blank.start() if blank else len(text)
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token.lastgroup == "open_string":
            break
        if token.lastgroup is None:
            depth += 1 if token.group() in "[{" else -1
        if depth <= 0:
            return token.end()
    return len(text)

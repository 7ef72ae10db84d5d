"""A cursor over the tokens of a text.

Every method takes, as `expected`, the words with which an error says what should have stood there.
"""

from collections.abc import Collection, Sequence

from runtime.errors import TextError
from runtime.interface.section_writer import MAX_STRING_LENGTH, NUMBER_LIMIT
from runtime.interface.text_form.source_place import (
    line_and_column,
    quoted_source,
    text_error,
)
from runtime.interface.text_form.tokens import Token, TokenKind, tokens
from runtime.suggestions import suggestion

_DIGITS_OF_LIMIT = len(str(NUMBER_LIMIT))

_HABITS = {
    ";": "; a comment begins with `;;`",
    ",": "; white space separates, not commas",
}
"""What helps who writes a character as in WebAssembly's text or in another language."""

_NO_NAME = (
    "; only records, fields and parameters have names, all else goes by its index, such as `0`"
)


class TokenReader:
    """Reads tokens one after the other.

    Attributes:
        next: the token to be read next; at the end one of the kind END, again and again.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._opened: list[Token] = []
        self.next = next(self._tokens)

    def take(self, kind: TokenKind, expected: str) -> Token:
        """The next token, which must be of the kind."""
        token = self.next
        if token.kind is not kind:
            raise self.unexpected(expected)
        self.next = next(self._tokens, token)
        return token

    def open(self, expected: str = "`(`") -> None:
        """An opening parenthesis."""
        self._opened.append(self.take(TokenKind.OPEN, expected))

    def close(self, expected: str = "`)`") -> None:
        """A closing parenthesis."""
        if self.next.kind is not TokenKind.CLOSE:
            raise self.unexpected(expected, unclosed=self._opened[-1:])
        self.take(TokenKind.CLOSE, expected)
        self._opened.pop()

    def word(self, *words: str) -> str:
        """One of the words."""
        return self.word_of(words, " or ".join(f"`{word}`" for word in words))

    def word_of(self, words: Collection[str], expected: str) -> str:
        """One of many words, which `expected` sums up."""
        if self.next.kind is not TokenKind.WORD or self.next.value not in words:
            raise self.unexpected(expected, known=words)
        return self.take(TokenKind.WORD, expected).value

    def number(self, expected: str) -> int:
        """A decimal number, 0 to 2**63 - 1."""
        written = self.next.value
        if self.next.kind is TokenKind.WORD and written.isascii() and written.isdigit():
            significant = written.lstrip("0") or "0"
            # First the length: converting digits to a number takes more than linear time.
            if len(significant) <= _DIGITS_OF_LIMIT and int(significant) < NUMBER_LIMIT:
                self.take(TokenKind.WORD, expected)
                return int(significant)
        raise self.unexpected(f"{expected} (a number from 0 to 2**63 - 1)")

    def string(self, expected: str) -> str:
        """A string in quotes that the binary form can hold."""
        return self._short_text(TokenKind.STRING, expected)

    def name(self, expected: str) -> str:
        """A name after a `$` that the binary form can hold."""
        return self._short_text(TokenKind.NAME, expected)

    def unexpected(
        self, expected: str, *, known: Collection[str] = (), unclosed: Sequence[Token] = ()
    ) -> TextError:
        """The error that says what the next token is.

        Args:
            expected: what should have stood there.
            known: the words that it may be meant as.
            unclosed: the parenthesis that should have been closed here, if one should.
        """
        token = self.next
        found = quoted_source(token.source)
        hint = ""
        match token.kind:
            case TokenKind.END:
                found = "the end of the text"
                unclosed = self._opened[-1:]
            case TokenKind.WORD if token.value == "@interface":  # after its own parenthesis
                unclosed = self._opened[-2:-1]
            case TokenKind.WORD:
                hint = suggestion(token.value, known)
            case TokenKind.NAME:
                hint = _NO_NAME
            case TokenKind.OTHER:
                hint = _HABITS.get(token.source, "")
        hint += "".join(map(self._unclosed, unclosed))
        return self.error(token, found, expected + hint)

    def error(self, token: Token, found: str, expected: str) -> TextError:
        """The error to raise when `found` stands at the token instead of `expected`."""
        return text_error(self._text, token.offset, found, expected)

    def _unclosed(self, opening: Token) -> str:
        """Where a parenthesis was opened; nothing if that is in the line that an error shows."""
        line, column = line_and_column(self._text, opening.offset)
        if line == line_and_column(self._text, self.next.offset)[0]:
            return ""
        return f"; the `(` opened at line {line}, column {column} is not closed"

    def _short_text(self, kind: TokenKind, expected: str) -> str:
        token = self.take(kind, expected)
        length = len(token.value.encode("utf-8"))
        if length > MAX_STRING_LENGTH:
            raise self.error(
                token,
                f"a {kind.value} of {length} bytes",
                f"at most {MAX_STRING_LENGTH} bytes of UTF-8",
            )
        return token.value

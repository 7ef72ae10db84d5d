"""Builds the bytes of an `interface-types` section: the counterpart of `section_reader`.

Every method takes, as `what`, the words with which an error names the thing that cannot be written.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from runtime.errors import InterfaceError
from runtime.interface.leb128 import encode_unsigned

Item = TypeVar("Item")

MAX_STRING_LENGTH = 255
"""Most UTF-8 bytes of a string: its length is a single byte."""

NUMBER_LIMIT = 2**63
"""Numbers must be below this, which is what 9 bytes of LEB128 hold."""


class SectionWriter:
    """Appends numbers, strings and lists one after the other to `data`."""

    def __init__(self) -> None:
        self.data = bytearray()

    def byte(self, value: int) -> None:
        """One byte, 0 to 255."""
        self.data.append(value)

    def unsigned(self, number: int, what: str) -> None:
        """An unsigned LEB128, 0 to 2**63 - 1."""
        if not 0 <= number < NUMBER_LIMIT:
            raise InterfaceError(
                f"cannot encode {what}: found {number}, expected a number from 0 to 2**63 - 1"
            )
        self.data += encode_unsigned(number)

    def string(self, text: str, what: str) -> None:
        """One byte of length, then the text in UTF-8."""
        try:
            encoded = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InterfaceError(
                f"cannot encode {what}: found {text!a}, expected text without lone surrogates"
            ) from error
        if len(encoded) > MAX_STRING_LENGTH:
            raise InterfaceError(
                f"cannot encode {what}: found {text[:40]!r}… of {len(encoded)} bytes, "
                f"expected at most {MAX_STRING_LENGTH} bytes of UTF-8"
            )
        self.data.append(len(encoded))
        self.data += encoded

    def items(self, items: Sequence[Item], write: Callable[[Item], None]) -> None:
        """The number of items as LEB128, then each of them, written by `write`."""
        self.data += encode_unsigned(len(items))
        for item in items:
            write(item)

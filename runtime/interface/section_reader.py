"""A cursor over the bytes of an `interface-types` section, and over nothing else.

Every method takes, as `expected`, the words with which an error says what should have stood there.
"""

from collections.abc import Callable
from typing import TypeVar

from runtime.errors import InterfaceError
from runtime.interface.leb128 import decode_unsigned

Item = TypeVar("Item")

_NUMBER_BITS = 63  # an unsigned LEB128 takes 9 bytes at most


class SectionReader:
    """Reads numbers, strings and lists one after the other.

    Attributes:
        offset: the next byte to read, from the start of the section.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.offset = 0

    @property
    def remaining(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self.offset

    def byte(self, expected: str) -> int:
        """The next byte, 0 to 255."""
        if self.offset == len(self._data):
            raise self.corrupted("the end of the section", expected)
        value = self._data[self.offset]
        self.offset += 1
        return value

    def unsigned(self, expected: str) -> int:
        """An unsigned LEB128 in its shortest form, 0 to 2**63 - 1."""
        start, end = self.offset, len(self._data)
        try:
            number, after = decode_unsigned(self._data, start, end, bits=_NUMBER_BITS)
        except EOFError:
            raise self.corrupted("the end of the section", expected, offset=end) from None
        except ValueError:
            raise self.corrupted(
                f"a LEB128 number of more than {_NUMBER_BITS // 7} bytes", expected
            ) from None
        if self._data[after - 1] == 0 and after > start + 1:
            raise self.corrupted(
                f"a LEB128 number with needless bytes ({self._hex(start, after)})",
                f"{expected} in the shortest form",
            )
        self.offset = after
        return number

    def string(self, expected: str) -> str:
        """One byte of length, then that many bytes of UTF-8."""
        start = self.offset
        length = self.byte(expected)
        if length > self.remaining:
            raise self.corrupted(
                f"a string of {length} bytes where {self.remaining} are left",
                expected,
                offset=start,
            )
        first = self.offset
        self.offset += length
        try:
            return self._data[first : self.offset].decode("utf-8")
        except UnicodeDecodeError as error:
            bad = self._hex(first + error.start, first + error.end)
            raise self.corrupted(
                f"bytes that are no UTF-8 ({bad})", expected, offset=first + error.start
            ) from error

    def items(self, expected: str, item_size: int, read: Callable[[], Item]) -> tuple[Item, ...]:
        """A LEB128 count and that many items, each read by `read`.

        `item_size` is the fewest bytes an item takes: a count that the rest of the section cannot
        hold is refused before anything is read.
        """
        start = self.offset
        count = self.unsigned(f"the number of {expected}")
        if count > self.remaining // item_size:
            raise self.corrupted(
                f"a count of {count} where {self.remaining} bytes are left",
                f"at most {self.remaining // item_size} {expected} of {item_size} bytes or more",
                offset=start,
            )
        return tuple(read() for _ in range(count))

    def corrupted(self, found: str, expected: str, *, offset: int | None = None) -> InterfaceError:
        """The error to raise; the place is `offset`, by default the next byte."""
        place = self.offset if offset is None else offset
        return InterfaceError(
            f"corrupted interface-types section at byte {place}: found {found}, "
            f"expected {expected}",
            offset=place,
        )

    def _hex(self, start: int, end: int) -> str:
        return self._data[start:end].hex(" ")

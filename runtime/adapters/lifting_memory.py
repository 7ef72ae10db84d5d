"""A module's memory while an adapter lifts values from it: what they take is counted.

A module can let many pointers lead to the same bytes, and every pointer is a value of its own once
it is lifted: a few kilobytes could become more than the host has. Values whose parts do not overlap
are never larger than the memory they lie in, so they always pass.
"""

from collections.abc import Callable
from typing import Protocol

from runtime.engine.linear_memory import LinearMemory
from runtime.errors import AdapterError

MOST_OVERLAP = 16 << 20
"""Bytes that the values which one adapter lifts may take beyond what the module's memory has."""

_BYTES_BETWEEN_QUESTIONS = 1 << 20
_BYTES_OF_A_READ = 1 << 12
"""What a read takes besides, as if it were bytes; 256 reads take some 100 µs."""


class Readable(Protocol):
    """What values are lifted from."""

    def read(self, pointer: int, length: int) -> bytes:
        """The bytes at a pointer; as `LinearMemory.read`."""


class LiftingMemory:
    """A module's memory, as one run of an adapter reads it.

    Attributes:
        require_running: raises where the call that lifts is to end.
    """

    def __init__(self, memory: LinearMemory, require_running: Callable[[], None]) -> None:
        """Nothing is lifted yet.

        Args:
            memory: the module's.
            require_running: raises where the call that lifts is to end.
        """
        self._memory = memory
        self.require_running = require_running
        self._lifted = 0
        self._unasked = 0

    def read(self, pointer: int, length: int) -> bytes:
        """The bytes at a pointer; as `LinearMemory.read`.

        Raises:
            AdapterError: they do not lie inside the memory, or are too many with what was read
                before.
            Interrupted: the call is to end.
        """
        data = self._memory.read(pointer, length)
        self._lifted += len(data)
        if self._lifted > MOST_OVERLAP:
            check_lifted(self._lifted, self._memory.size)
        self._unasked += _BYTES_OF_A_READ + len(data)
        if self._unasked >= _BYTES_BETWEEN_QUESTIONS:
            self._unasked = 0
            self.require_running()
        return data


def check_lifted(lifted: int, memory_size: int) -> None:
    """Check how many bytes an adapter has lifted.

    Args:
        lifted: all of them so far.
        memory_size: of the module's memory, in bytes.

    Raises:
        AdapterError: they are more than the memory has, and `MOST_OVERLAP` more.
    """
    if lifted > memory_size + MOST_OVERLAP:
        raise AdapterError(
            f"the values take {lifted} bytes or more and lie in a memory of {memory_size}: parts "
            f"that overlap may take at most {MOST_OVERLAP} bytes more than there are"
        )

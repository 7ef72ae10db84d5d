"""The input that a process checks now, in a file that outlives the process however it ends."""

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_HEAD = struct.Struct("<QQ")
"""How many inputs were begun, and the length of the one that is checked, plus one; 0 for none."""


@dataclass(frozen=True)
class State:
    """What a process left.

    Attributes:
        count: how many inputs it began to check.
        data: the input that it was checking, or None.
    """

    count: int
    data: bytes | None


class StateFile:
    """The side that writes."""

    def __init__(self, memory: mmap.mmap) -> None:
        """Args: memory: the file."""
        self._memory = memory
        self._count = 0

    @classmethod
    @contextmanager
    def opened(cls, path: Path, longest: int) -> Iterator[Self]:
        """The file, new, for inputs of at most so many bytes."""
        with path.open("w+b") as file:
            file.truncate(_HEAD.size + longest)
            with mmap.mmap(file.fileno(), _HEAD.size + longest) as memory:
                yield cls(memory)

    def begin(self, data: bytes) -> None:
        """An input is checked from now on."""
        self._count += 1
        self._memory[_HEAD.size : _HEAD.size + len(data)] = data
        _HEAD.pack_into(self._memory, 0, self._count, len(data) + 1)

    def end(self) -> None:
        """No input is checked now."""
        _HEAD.pack_into(self._memory, 0, self._count, 0)


def read_state(path: Path) -> State:
    """What the file says; nothing where the process never got so far."""
    content = path.read_bytes() if path.exists() else b""
    if len(content) < _HEAD.size:
        return State(0, None)
    count, length = _HEAD.unpack_from(content)
    if length == 0:
        return State(count, None)
    return State(count, content[_HEAD.size : _HEAD.size + length - 1])

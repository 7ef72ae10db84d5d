"""Bounds-checked access to a module's linear memory.

Pointers and lengths come from modules and are trusted in nothing: they are taken as unsigned 32-bit
numbers and must lie inside the memory as it is now (spec interface-types.md, "Memory layout").
"""

from functools import partial
from typing import cast

import wasmtime

from runtime.engine import address_space
from runtime.engine.module_binary import PAGE_SIZE
from runtime.engine.raw import MemoryView, RawStore
from runtime.errors import AdapterError
from runtime.interface.types import UNSIGNED_32


class LinearMemory:
    """One module's memory 0."""

    def __init__(self, raw_store: RawStore, memory: wasmtime.Memory) -> None:
        self._view = raw_store.memory(memory)
        self._find_address = partial(raw_store.memory_address, memory)
        maximum = memory.type(raw_store.store).limits.max
        self.maximum: int | None = None if maximum is None else maximum * PAGE_SIZE
        """The most bytes it may grow to, or None where its type sets no limit."""

    @property
    def size(self) -> int:
        """How many bytes it has now."""
        return len(self._view())

    def read(self, pointer: int, length: int) -> bytes:
        """The bytes at a pointer.

        Args:
            pointer: an i32 or u32.
            length: in bytes, an i32, or a u32 product of a count and a size.

        Raises:
            AdapterError: they do not lie inside the memory.
        """
        pointer &= UNSIGNED_32
        if length < 0:
            length &= UNSIGNED_32
        view = self._view()
        if pointer + length > len(view):
            raise self._outside(pointer, length)
        return view[pointer : pointer + length]

    def write(self, pointer: int, data: bytes) -> None:
        """Write bytes at a pointer that the module's `allocate` gave.

        Raises:
            AdapterError: the place does not lie inside the memory, or the pointer is null.
        """
        pointer &= UNSIGNED_32
        length = len(data)
        self.check_writable(pointer, length)
        if length:
            self._view()[pointer : pointer + length] = data

    def check_writable(self, pointer: int, length: int) -> None:
        """Check a place to write to that the module's `allocate` gave.

        Args:
            pointer: an i32 or u32.
            length: in bytes, 0 or more.

        Raises:
            AdapterError: as for `write`.
        """
        pointer &= UNSIGNED_32
        if pointer + length > self.size:
            raise self._outside(pointer, length)
        if length and pointer == 0:
            raise AdapterError(
                f"the module's allocate gave a null pointer for {length} bytes: "
                "it is out of memory or broken"
            )

    def vacate(self) -> int | None:
        """Give all of it back to the system; it is empty afterwards.

        Only its address space stays taken until its store is closed. No Wasm code that can reach it
        may run any more: an access would be a trap.

        Returns:
            The address that it had; None where the system cannot take it back.
        """
        address = self._find_address()
        if not address_space.vacate(address, self.size):
            return None
        self._view = _nothing
        return address

    def _outside(self, pointer: int, length: int) -> AdapterError:
        return AdapterError(
            f"pointer {pointer} and length {length} lie outside the module's memory "
            f"of {self.size} bytes"
        )


def _nothing() -> MemoryView:
    return cast("MemoryView", bytearray())

"""The host's side of staging: it writes arguments there and reads results."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from runtime.engine import address_space
from runtime.engine.module_binary import PAGE_SIZE
from runtime.engine.raw import MemoryView, RawCall
from runtime.engine.store import Instance, ServiceStore
from runtime.glue.staging import FIRST_FREE, NEXT_FREE, SLOTS, STAGING_MODULE
from runtime.interface.types import Scalar
from runtime.interface.validated import CoreSignature

SHORT = PAGE_SIZE - SLOTS
"""Packed arguments of fewer bytes always fit into staging."""

_KEPT_BYTES = 8 << 20
"""What staging keeps between calls; the rest goes back to the system."""

_RESERVE = CoreSignature((Scalar.I64,), (Scalar.I32,))

_unpack_next_free = cast("Callable[[MemoryView, int], tuple[int]]", struct.Struct("<I").unpack_from)
_pack_next_free = struct.Struct("<I").pack


@dataclass(slots=True)
class StagingMemory:
    """The staging memory of one service.

    Attributes:
        instance: of the module that has it.
        view: gives all of it as it is now.
        current: all of it as it was lately; it may have grown since, but never moves.
        is_large: whether it takes more than it keeps; then `shrink` it after each call.
    """

    instance: Instance
    view: Callable[[], MemoryView]
    current: MemoryView
    is_large: bool
    _address: int
    _reserve: RawCall

    def write(self, packed: bytes | list[bytes]) -> int:
        """Write packed arguments of any size behind `SLOTS`.

        Returns:
            The address of their end.

        Raises:
            MemoryError: staging cannot grow so far.
        """
        pieces = [packed] if isinstance(packed, bytes) else packed
        end = SLOTS + sum(map(len, pieces))
        if end > len(self.current):
            self.current[NEXT_FREE : NEXT_FREE + 4] = _pack_next_free(FIRST_FREE)
            if not self._reserve(end):
                raise MemoryError
            self._look_again()
        at = SLOTS
        for piece in pieces:
            self.current[at : at + len(piece)] = piece
            at += len(piece)
        return end

    def after_call(self) -> MemoryView:
        """All of staging that the result of a call can lie in: it may have grown in the call."""
        # All of the result lies below what is free.
        if _unpack_next_free(self.current, NEXT_FREE)[0] > len(self.current):
            self._look_again()
        return self.current

    def _look_again(self) -> None:
        self.current = self.view()
        self.is_large = len(self.current) > _KEPT_BYTES

    def shrink(self) -> None:
        """Give back what the call took; nothing in staging may be needed any more."""
        used = min(_unpack_next_free(self.current, NEXT_FREE)[0], len(self.current))
        if used > _KEPT_BYTES:
            address_space.discard(self._address + _KEPT_BYTES, used - _KEPT_BYTES)


def make_staging(store: ServiceStore) -> StagingMemory:
    """Make the staging memory of a service.

    Raises:
        ModuleError: there is no address space for it.
    """
    instance = store.instantiate_own(STAGING_MODULE, [])
    view = store.memory_view(instance)
    reserve = store.prepare(instance, "reserve", _RESERVE, module="staging")
    return StagingMemory(instance, view, view(), False, store.memory_address(instance), reserve)

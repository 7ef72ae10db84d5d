"""The numbers of an array, out of the bytes that it takes in memory.

A single array may be so long that a call which is to end must be able to end in the middle of it.
"""

import struct
from collections.abc import Callable
from typing import Any

PIECE = 1 << 16
"""Bytes that are read without asking whether the call is to end: some 2 ms, strings included."""


def numbers_in(
    block: bytes, layout: str, size: int, require_running: Callable[[], None]
) -> list[Any]:
    """The numbers that follow each other in a block.

    Args:
        block: a multiple of `size` bytes.
        layout: of one number, a code of the `struct` module; `?` for bools.
        size: bytes of one: 1, 2, 4 or 8.
        require_running: raises where the call is to end.
    """
    if len(block) <= PIECE:
        return [*struct.unpack(f"<{len(block) // size}{layout}", block)]
    numbers: list[Any] = []
    for start in range(0, len(block), PIECE):
        require_running()
        piece = block[start : start + PIECE]
        numbers += struct.unpack(f"<{len(piece) // size}{layout}", piece)
    return numbers

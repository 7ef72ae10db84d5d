"""Whether Python's recursion limit leaves room for a call into Wasm code and back.

A function of ours that Wasm code calls cannot report that there is no frame left for it: the
exception is lost on its way through C, and the Wasm code goes on with whatever it takes for the
result. So the room is looked for before each call.
"""

import sys

_FRAMES = 60
"""More than lie between two looks, host functions' own calls included."""


def has_room() -> bool:
    """Whether the Python functions that a call leads to will find frames for themselves."""
    try:
        sys._getframe(sys.getrecursionlimit() // 2)  # noqa: SLF001 - the quick way to a depth
    except ValueError:
        return True
    try:
        _descend(_FRAMES)
    except RecursionError:
        return False
    return True


def _descend(frames: int) -> None:
    if frames:
        _descend(frames - 1)

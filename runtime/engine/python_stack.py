"""Whether Python's recursion limit leaves room for a call into Wasm code and back.

A function of ours that Wasm code calls cannot report that there is no frame left for it: neither it
nor what would take the exception runs, and the Wasm code goes on with whatever it takes for the
result. So each call makes sure of the few frames that this takes (`require_frames`), and what calls
more deeply looks for more, to refuse with a clear message (`has_room`).
"""

import sys

_FRAMES = 60
"""More than lie between two looks, host functions' own calls included."""


def require_frames() -> None:
    """Make sure of the frames between a call into Wasm code and the first lines of a callback.

    They are the C function's, the callback's or its `onerror`'s, and what these call in C. From
    there on a callback reports exceptions itself.

    Raises:
        RecursionError: they are not there.
    """
    _second_frame()


def _second_frame() -> None:
    _third_frame()


def _third_frame() -> None:
    pass


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

"""Address space that is reserved first and becomes usable memory bit by bit."""

import ctypes
import mmap
import os
import sys
from collections.abc import Callable
from itertools import starmap

AVAILABLE = os.name == "posix"
"""Whether this system offers what the functions below need."""

if AVAILABLE:
    # Python's `mmap` reserves too, but cannot make a part of what it reserved usable.
    _libc = ctypes.CDLL(None, use_errno=True)
    _libc.mmap.restype = ctypes.c_size_t
    _libc.mmap.argtypes = [
        ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long,
    ]  # fmt: skip
    _libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    _libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    _libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    release: Callable[[int, int], object] = _libc.munmap
    """Give back the address and size of what was reserved, with all that was made usable there; it
    is a C function, so no signal handler comes between its call and what it does."""
    _NO_ACCESS = 0
    _READ_WRITE = mmap.PROT_READ | mmap.PROT_WRITE
    _PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    _FIXED = 0x10  # MAP_FIXED: in the place of what is there
    _FAILED = ctypes.c_size_t(-1).value
    # As the engine reserves: neighbours that are alike are one mapping, of which a process has few.
    _RESERVED = _PRIVATE | (0x4000 if sys.platform == "linux" else 0)  # MAP_NORESERVE


# On Linux alone the pages are sure to go at once.
_DISCARD: int | None = mmap.MADV_DONTNEED if sys.platform == "linux" else None


def reserve(size: int, place: list[int]) -> None:
    """Reserve address space in which every access fails.

    Args:
        size: in bytes.
        place: an empty list, which gets the address. It has it as soon as the space is reserved,
            even if a signal handler raises just then: what the call returned would be lost.

    Raises:
        MemoryError: the system has not so much left for this process; the list stays empty.
    """
    # C calls the function and stores its result; no signal handler comes between.
    place[:] = starmap(_libc.mmap, [(None, size, _NO_ACCESS, _RESERVED, -1, 0)])
    if place == [_FAILED]:
        place.clear()
        raise _refused(f"cannot reserve {size} bytes of address space")


def make_usable(address: int, size: int) -> None:
    """Make reserved bytes readable and writable; they are zero at first.

    Args:
        address: of the first, a multiple of the system's page size.
        size: how many, 0 or more.

    Raises:
        MemoryError: the system has no memory for them.
    """
    if size and _libc.mprotect(address, size, _READ_WRITE):
        raise _refused(f"cannot get {size} bytes of memory")


def discard(address: int, size: int) -> None:
    """Give usable bytes of private memory back: they stay usable, and are zero again.

    Where the system has no such service they stay as they are.

    Args:
        address: of the first, a multiple of the system's page size.
        size: how many, 0 or more.
    """
    if _DISCARD is not None:
        _libc.madvise(address, size, _DISCARD)


def vacate(address: int, size: int) -> bool:
    """Give usable bytes back, whatever is mapped there: every access fails, as before they were.

    Args:
        address: of the first, a multiple of the system's page size; in space that was reserved.
        size: how many, 0 or more.

    Returns:
        Whether they are given back; else they stay as they are.
    """
    if not AVAILABLE:
        return False
    found = _libc.mmap(address, size, _NO_ACCESS, _RESERVED | _FIXED, -1, 0) if size else address
    return bool(found == address)


def _refused(what: str) -> MemoryError:
    """The system's refusal: no `OSError`, which signal handlers raise too, to end what is slow."""
    return MemoryError(f"{what}: {os.strerror(ctypes.get_errno())}")

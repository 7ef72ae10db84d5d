"""Whether the thread has a native stack on which Wasm code can run.

Wasm code that recurses without end traps when it has used `WASM_STACK` bytes; a thread whose stack
ends before that would take the whole process down (spec hazards.md, «small thread stacks»). What is
above `WASM_STACK` is for Python, before the call and in host functions. A host function that calls
into another service needs that much again for it.
"""

import ctypes
import sys
import threading

from runtime.errors import CallError

WASM_STACK = 1 << 20
"""Bytes of native stack that Wasm code of one service may use."""

_LEAST = 7 << 18
"""What a thread must have: 2 MiB, of which some systems keep a little for themselves."""

_ATTRIBUTES_SIZE = 256
"""Bytes for a `pthread_attr_t`, which has 64 at most on the systems there are."""


class _Thread(threading.local):
    """What is known of each thread.

    Attributes:
        has_room: whether its stack was looked at, and is large enough or of unknown size.
    """

    has_room = False


this_thread = _Thread()


def require_stack() -> None:
    """Make sure of this thread's stack; nobody need ask where `this_thread.has_room`.

    Raises:
        CallError: it is known to be too small.
    """
    size = stack_size()
    if size is not None and size < _LEAST:
        raise CallError(
            f"the stack of this thread has {size:,} bytes, and a thread that uses a service needs "
            f"2 MiB: call threading.stack_size({8 << 20:_}) before the thread is started"
        )
    this_thread.has_room = True


def stack_size() -> int | None:
    """Bytes of this thread's native stack; None where the system does not say."""
    if sys.platform == "win32":
        return None
    system = ctypes.CDLL(None)
    try:
        own_id = system.pthread_self
        own_id.restype = ctypes.c_void_p
        thread = ctypes.c_void_p(own_id())
        if sys.platform == "darwin":
            size_of = system.pthread_get_stacksize_np
            size_of.restype = ctypes.c_size_t
            return int(size_of(thread))
        return _size_from_attributes(system, thread)
    except AttributeError:  # the system has no such function
        return None


def _size_from_attributes(system: ctypes.CDLL, thread: ctypes.c_void_p) -> int | None:
    attributes = ctypes.create_string_buffer(_ATTRIBUTES_SIZE)
    address, size = ctypes.c_void_p(), ctypes.c_size_t()
    if system.pthread_getattr_np(thread, attributes):
        return None
    system.pthread_attr_getstack(attributes, ctypes.byref(address), ctypes.byref(size))
    system.pthread_attr_destroy(attributes)
    return size.value

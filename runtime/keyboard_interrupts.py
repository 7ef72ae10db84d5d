"""Putting Ctrl-C off where the exception that it raises would do harm.

Python runs signal handlers between any two of its instructions on the main thread, also between two
that belong together. Calls into a service are made for that; what is rarer puts Ctrl-C off, which
takes some 10 µs. Masking the signal would not do: the system would give it to another thread, and
Python would still run its handler on the main one.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def keyboard_interrupts_deferred(notice: Callable[[], object] | None = None) -> Iterator[None]:
    """A context that Ctrl-C does not interrupt: its handler is called when the context is left.

    On other threads than the main one, where Python runs no handlers, it does nothing.

    Args:
        notice: called at once at each Ctrl-C, but not again while it runs.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        yield
        return
    received: list[FrameType | None] = []
    noticing = False

    def receive(_number: int, frame: FrameType | None) -> None:
        nonlocal noticing
        received.append(frame)
        if notice is not None and not noticing:
            noticing = True
            try:
                notice()
            finally:
                noticing = False

    try:
        signal.signal(signal.SIGINT, receive)
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if received:
            handler(signal.SIGINT, received[0])

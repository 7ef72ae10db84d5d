"""One thread at a time uses a service, and never from inside a call of it."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, cast

from runtime.engine import python_stack
from runtime.engine.native_stack import require_stack, this_thread
from runtime.errors import CallDepthExceeded, CallError
from runtime.forking import renew_after_fork
from runtime.keyboard_interrupts import keyboard_interrupts_deferred

_GLANCE = 0.05
"""Seconds between two requests of the last user that the running call end."""


class _Lock(AbstractContextManager[bool], Protocol):
    """A lock that knows whose it is, as `threading.RLock` and its users in `threading` do."""

    def acquire(self, blocking: bool = ..., timeout: float = ...) -> bool: ...
    def release(self) -> None: ...
    def _is_owned(self) -> bool: ...


class ExclusiveUse:
    """The lock of one service, with what must hold around everything that is done with it.

    The lock itself is the context manager of calls, as it is written in C: where a signal handler
    raises, either the lock is free or `with` frees it. That it is this thread's already, and so a
    re-entry, is asked of the lock too: a note of our own could be left behind.

    Attributes:
        is_lost: whether this is a forked process, and another thread of the one that it was forked
            from was using the service then: it is in the middle of something for ever.
    """

    def __init__(self, interrupt: Callable[[], object]) -> None:
        """Args: interrupt: asks the call that runs to end."""
        self._interrupt = interrupt
        self._lock = cast("_Lock", threading.RLock())
        # Conditions rely on `_is_owned` too.
        self._is_inside: Callable[[], bool] = self._lock._is_owned  # noqa: SLF001
        self.is_lost = False
        renew_after_fork(self)

    def renew(self) -> None:
        """In a forked process: nobody will end what another thread was doing with the service."""
        if self.is_lost or self._is_inside():
            return
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self.is_lost = True
            self._is_inside = _refuse_lost

    def for_call(self) -> AbstractContextManager[object]:
        """A context to wait for other threads; then the service is for this thread alone.

        Raises:
            CallError: this thread is inside a call of the service, or its stack is too small, or
                the service is lost.
        """
        if self._is_inside():
            raise _inside()
        if not this_thread.has_room:
            require_stack()
        return self._lock

    def check_outside(self) -> None:
        """Make sure that this thread is not inside a call of the service.

        Raises:
            CallError: it is, or the service is lost.
        """
        if self._is_inside():
            raise _inside()

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """As `for_call`, and Ctrl-C does not interrupt what is done: it stops a load that runs.

        For all that is not a call: it is rare, and its parts belong together.

        Raises:
            CallError: as for `for_call`.
            CallDepthExceeded: Python's recursion limit leaves too few frames.
        """
        if not python_stack.has_room():
            raise too_few_frames()
        with self.for_call(), keyboard_interrupts_deferred(self._interrupt):
            yield

    @contextmanager
    def last(self) -> Iterator[None]:
        """The service for this thread alone; it stops what another thread does with it.

        Raises:
            CallError: this thread is inside a call of the service.
        """
        self.check_outside()
        while True:
            with keyboard_interrupts_deferred():
                if self._lock.acquire(timeout=_GLANCE):
                    try:
                        yield
                    finally:
                        self._lock.release()
                    return
            self._interrupt()


def _refuse_lost() -> bool:
    raise CallError(
        "this process was forked while another thread was using the service, which is of no use "
        "here: create a service in the new process"
    )


def _inside() -> CallError:
    return CallError(
        "a host function, `output` or `progress` cannot use its own service while that service is "
        "calling it: do it after the call"
    )


def too_few_frames() -> CallDepthExceeded:
    """The error of a call for which Python's recursion limit leaves too few frames."""
    return CallDepthExceeded(
        "too many Python functions are calling each other for a call into a service, or its "
        f"values nest too deeply: sys.getrecursionlimit() is {sys.getrecursionlimit()}"
    )

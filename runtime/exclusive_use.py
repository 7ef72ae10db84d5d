"""One thread at a time uses a service, and never from inside a call of it."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runtime.engine import python_stack
from runtime.errors import CallDepthExceeded, CallError
from runtime.keyboard_interrupts import keyboard_interrupts_deferred

_GLANCE = 0.05
"""Seconds between two requests of the last user that the running call end."""


class ExclusiveUse:
    """The lock of one service, with what must hold around everything that is done with it.

    A context manager, also by its methods.
    """

    def __init__(self, interrupt: Callable[[], None]) -> None:
        """Args: interrupt: asks the call that runs to end."""
        self._interrupt = interrupt
        self._lock = threading.Lock()
        self._thread: int | None = None

    def __enter__(self) -> None:
        """Wait for other threads; then the service is for this thread alone.

        Raises:
            CallError: this thread is inside a call of the service.
            CallDepthExceeded: Python's recursion limit leaves no room for a call.
        """
        self._refuse_reentry()
        if not python_stack.has_room():
            raise CallDepthExceeded(
                "too many Python functions are calling each other for a call into a service: "
                f"sys.getrecursionlimit() is {sys.getrecursionlimit()}"
            )
        self._lock.acquire()
        self._thread = threading.get_ident()

    def __exit__(self, *_error: object) -> None:
        self._thread = None
        self._lock.release()

    @contextmanager
    def with_python(self) -> Iterator[None]:
        """As the object itself, where Wasm code may call Python: no signal handler raises there.

        Raises:
            CallError: as for the object itself.
        """
        with self, keyboard_interrupts_deferred(self._interrupt):
            yield

    @contextmanager
    def last(self) -> Iterator[None]:
        """The service for this thread alone; it stops what another thread does with it.

        Raises:
            CallError: this thread is inside a call of the service.
        """
        self._refuse_reentry()
        while not self._lock.acquire(timeout=_GLANCE):
            self._interrupt()
        try:
            with keyboard_interrupts_deferred():
                yield
        finally:
            self._lock.release()

    def _refuse_reentry(self) -> None:
        if self._thread == threading.get_ident():
            raise CallError(
                "a host function cannot use its own service while that service is calling it: "
                "do it after the call"
            )

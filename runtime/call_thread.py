"""A thread of a service's own, for calls that nobody waits for by standing still."""

import threading
from collections.abc import Callable
from queue import SimpleQueue

from runtime.errors import ServiceClosed
from runtime.forking import hold_during_fork, renew_after_fork

_STACK_SIZE = 16 << 20
"""Bytes; a service needs 2 MiB (see `native_stack`), and host functions may need more."""

_starting = threading.Lock()  # the stack's size is set for the whole process
hold_during_fork(_starting)


class CallThread:
    """One thread, made when it is first needed, that does one piece of work after the other."""

    def __init__(self) -> None:
        self._is_closed = False
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """In a forked process: its thread is not there, and its work is the other process's."""
        self._lock = threading.Lock()
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def put(self, work: Callable[[], None]) -> None:
        """Add work, which raises nothing, at the end of what there is.

        Raises:
            ServiceClosed: the thread is closed.
        """
        with self._lock:
            if self._is_closed:
                raise ServiceClosed("the service is closed")
            if self._thread is None:
                self._start()
            self._work.put(work)

    def finish(self) -> None:
        """Take no more work; the thread ends after what it has."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._work.put(None)

    def close(self) -> None:
        """As `finish`, and wait for the thread's end."""
        self.finish()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _start(self) -> None:
        # A daemon, so that nothing that still runs keeps the process alive.
        thread = threading.Thread(
            target=_work_off, args=(self._work,), name="calls of a Marine service", daemon=True
        )
        with _starting:
            before = threading.stack_size(_STACK_SIZE)
            try:
                thread.start()
            finally:
                threading.stack_size(before)
        self._thread = thread


def _work_off(queue: "SimpleQueue[Callable[[], None] | None]") -> None:
    while (work := queue.get()) is not None:
        work()
        del work  # else it would be kept until there is more

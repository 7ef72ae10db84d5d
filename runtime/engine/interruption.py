"""Stopping a call: on request from any thread, or when its time limit is over.

The engine's epoch is ticked when somebody wants a stop, and the store's epoch callback then asks
`may_continue`. Nothing ticks while nobody asks, and other stores of the engine go on. A tick that
comes while a callback is under way is lost, so ticks are repeated until the call has ended.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runtime.errors import CallError, Interrupted, TimeLimitExceeded

_BETWEEN_TICKS = 0.01  # seconds


class Interruption:
    """Whether the running call of one service must stop.

    A service makes its own; who wants to stop it while it is still being created gives it one.

    Attributes:
        requested: set while the running call must stop; host functions that wait look at it too.
    """

    def __init__(self) -> None:
        self.requested = threading.Event()
        self._tick: Callable[[], None] = _nothing_runs_yet
        self._lock = threading.RLock()  # a signal handler may come in while it is held
        self._calls = 0  # how many there were
        self._running: int | None = None  # the number of the call that runs
        self._exceeded: float | None = None
        self._alarm: _Alarm | None = None

    def attach(self, tick: Callable[[], None]) -> None:
        """Say what makes running Wasm code ask `may_continue`."""
        self._tick = tick

    def may_continue(self) -> bool:
        """Whether running Wasm code may go on."""
        return not self.requested.is_set()

    def request(self) -> bool:
        """Stop the running call, from any thread; gives False where none is running."""
        with self._lock:
            if self._running is None:
                return False
            self.requested.set()
            self._ring_at(0, self._running, None)
        return True

    def begin(self, time_limit: float | None) -> None:
        """A call begins: from here on it can be stopped, until `end`.

        Args:
            time_limit: seconds, or None for no limit.
        """
        with self._lock:
            self._calls += 1
            self._running = self._calls
            if time_limit is not None:
                self._ring_at(time_limit, self._calls, time_limit)

    def end(self) -> None:
        """The call has ended, or `begin` failed."""
        with self._lock:
            self._running = None
            if self._alarm is not None:
                self._alarm.clear()
            self.requested.clear()
            self._exceeded = None

    @contextmanager
    def running(self, time_limit: float | None) -> Iterator[None]:
        """Between `begin` and `end`."""
        try:
            self.begin(time_limit)
            yield
        finally:
            self.end()

    def _ring_at(self, delay: float, call: int, exceeded: float | None) -> None:
        """Tick from then on until the call has ended, for the time limit it exceeds, if any."""
        if self._alarm is None or not self._alarm.is_alive():  # it is not after a fork
            self._alarm = _Alarm()
        self._alarm.set(delay, lambda: self._stop(call, exceeded))

    def _stop(self, call: int, exceeded: float | None) -> None:
        with self._lock:
            if self._running != call:
                return
            if exceeded is not None:
                self._exceeded = exceeded
            self.requested.set()
        self._tick()

    def error(self) -> CallError | None:
        """The error of a call that was stopped, or None where nobody asked for it."""
        if not self.requested.is_set():
            return None
        if self._exceeded is not None:
            return TimeLimitExceeded(
                f"interrupted: the call exceeded its time limit of {self._exceeded:g} s"
            )
        return Interrupted("interrupted: the call was stopped")

    def close(self) -> None:
        """End the thread that watches time limits."""
        if self._alarm is not None:
            self._alarm.close()
            self._alarm = None


def _nothing_runs_yet() -> None:
    pass


class _Alarm:
    """One thread a service that rings when the running call is to end, until it has ended."""

    def __init__(self) -> None:
        self._ring: Callable[[], None] = _nothing_runs_yet
        self._changed = threading.Condition()
        self._deadline: float | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="time limit", daemon=True)
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def set(self, delay: float, ring: Callable[[], None]) -> None:
        with self._changed:
            self._deadline = time.monotonic() + delay
            self._ring = ring
            self._changed.notify()

    def clear(self) -> None:
        with self._changed:
            self._deadline = None

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                if self._deadline is None:
                    self._changed.wait()
                    continue
                remaining = self._deadline - time.monotonic()
                if remaining > 0:
                    self._changed.wait(min(remaining, threading.TIMEOUT_MAX))
                    continue
                self._deadline = time.monotonic() + _BETWEEN_TICKS
                ring = self._ring
                self._changed.release()
                try:
                    ring()
                finally:
                    self._changed.acquire()

"""Stopping a call: on request from any thread, or when its time limit is over.

The engine's epoch is ticked once when somebody wants a stop, and the store's epoch callback then
asks `may_continue`. Nothing ticks while nobody asks, and other stores of the engine go on.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from runtime.errors import CallError, Interrupted, TimeLimitExceeded


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
        self._calls = 0  # counts calls up; odd while one runs
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
            if self._calls % 2 == 0:
                return False
            self.requested.set()
        self._tick()
        return True

    @contextmanager
    def running(self, time_limit: float | None) -> Iterator[None]:
        """Around a call: from here on it can be stopped.

        Args:
            time_limit: seconds, or None for no limit.
        """
        with self._lock:
            self._calls += 1
            call = self._calls
        if time_limit is not None:
            if self._alarm is None:
                self._alarm = _Alarm(self._time_is_over)
            self._alarm.set(time_limit, call)
        try:
            yield
        finally:
            if time_limit is not None and self._alarm is not None:
                self._alarm.clear()
            with self._lock:
                self._calls += 1
                self.requested.clear()
                self._exceeded = None

    @contextmanager
    def deferring_ctrl_c(self) -> Iterator[None]:
        """Around a call on the main thread: Ctrl-C stops the call, and raises only after it."""
        handler = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread() or not callable(handler):
            yield
            return
        received: list[FrameType | None] = []

        def stop(_number: int, frame: FrameType | None) -> None:
            received.append(frame)
            self.request()

        signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, handler)
            if received:
                handler(signal.SIGINT, received[0])

    def _time_is_over(self, call: int, time_limit: float) -> None:
        with self._lock:
            if self._calls != call:
                return
            self._exceeded = time_limit
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
    """One thread a service that waits for the time limit of the running call."""

    def __init__(self, ring: Callable[[int, float], None]) -> None:
        self._ring = ring
        self._changed = threading.Condition()
        self._deadline: float | None = None
        self._call = 0
        self._time_limit = 0.0
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="time limit", daemon=True)
        self._thread.start()

    def set(self, time_limit: float, call: int) -> None:
        with self._changed:
            self._deadline = time.monotonic() + time_limit
            self._call = call
            self._time_limit = time_limit
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
                self._deadline = None
                call, time_limit = self._call, self._time_limit
                self._changed.release()
                try:
                    self._ring(call, time_limit)
                finally:
                    self._changed.acquire()

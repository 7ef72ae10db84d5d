"""Stopping a call: on request from any thread, or when its time limit is over.

The engine's epoch is ticked when somebody wants a stop, and the store's epoch callback then asks
`may_continue`. Nothing ticks while nobody asks, and other stores of the engine go on. A tick that
comes while a callback is under way is lost, so ticks are repeated until the call has ended.
"""

import _thread
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from runtime.errors import CallError, ConfigError, Interrupted, TimeLimitExceeded
from runtime.forking import renew_after_fork
from runtime.seconds_text import seconds_text

_BETWEEN_TICKS = 0.01  # seconds


class StopRequest(Protocol):
    """Says whether what runs must stop; host functions that wait look at it."""

    def is_set(self) -> bool:
        """Whether it must stop."""


class Interruption:
    """Whether the running call of one service must stop.

    A service makes its own; who wants to stop it while it is still being created gives it one. No
    two services have the same: calls are numbered by their service, and one engine is ticked.

    Calls are numbered, and a request names the call that it is to stop, so that one which comes
    late means no call any more, and nothing needs to be reset. That makes `begin` and `end`
    assignments without a lock where there is no time limit:

    - Only the thread that runs the call writes `_running`, and no two calls run at once.
    - `_asked` and `_exceeded` are written under the lock, and by who has read `_running` under it:
      a request for an earlier call cannot overwrite one for a later call, as who makes the latter
      waits for the lock, then reads the later number.
    - A request rings the alarm under the lock too, and a time limit is set under it together with
      `_running`: a ring for an earlier call cannot replace a later call's time limit.
    - An alarm that rings for a call which has ended stops by itself.
    - Where a signal handler keeps `end` from running, the number stays, and requests ask a call to
      stop that has ended, until the next one begins: no harm.

    Attributes:
        requested: set while the running call must stop; host functions that wait look at it too.
    """

    def __init__(self) -> None:
        self.requested: StopRequest = _Requested(self)
        self._tick: Callable[[], None] | None = None  # where no service has it, nothing runs
        self._lock = threading.RLock()  # a signal handler may come in while it is held
        self._calls = 0  # how many there were
        self._running: int | None = None  # the number of the call that runs
        self._asked = 0  # the number of the call that was last asked to stop
        self._exceeded: tuple[int, float] | None = (
            None  # the last call that was too long, its limit
        )
        self._alarm: _Alarm | None = None
        renew_after_fork(self)

    def renew(self) -> None:
        """In a forked process: the thread that watches time limits is not there.

        A time limit of the call that forks, if a host function does, holds no more.
        """
        self._lock = threading.RLock()
        self._alarm = None

    def attach(self, tick: Callable[[], None]) -> None:
        """Belong to a service, until `close`.

        Args:
            tick: makes its running Wasm code ask `may_continue`.

        Raises:
            ConfigError: it belongs to another one.
        """
        with self._lock:
            if self._tick is not None:
                raise ConfigError("interruption: expected one of its own for each service")
            self._tick = tick

    def may_continue(self) -> bool:
        """Whether running Wasm code may go on."""
        return self._asked != self._running

    @property
    def running_call(self) -> int | None:
        """The number of the call that runs; None where none does."""
        return self._running

    def request(self, call: int | None = None) -> bool:
        """Stop the running call, from any thread; gives False where it is not running.

        Args:
            call: the number of the only call that is meant; None for whichever runs.
        """
        with self._lock:
            running = self._running
            if running is None or call not in (None, running):
                return False
            self._asked = running
            self._ring_at(0, running, None)
        return True

    def begin(self, timeout: float | None) -> None:
        """A call begins: from here on it can be stopped, until `end`.

        Args:
            timeout: seconds, or None for no limit.
        """
        if timeout is None:
            self._calls = self._running = self._calls + 1
            return
        with self._lock:
            self._calls = self._running = self._calls + 1
            self._ring_at(timeout, self._calls, timeout)

    def end(self) -> None:
        """The call has ended, or `begin` failed."""
        self._running = None
        if self._alarm is not None:
            self._alarm.clear()

    @contextmanager
    def running(self, timeout: float | None) -> Iterator[None]:
        """Between `begin` and `end`."""
        try:
            self.begin(timeout)
            yield
        finally:
            self.end()

    def _ring_at(self, delay: float, call: int, exceeded: float | None) -> None:
        """Tick from then on until the call has ended, for the time limit it exceeds, if any."""
        if self._tick is None:
            return
        if self._alarm is None:
            self._alarm = _Alarm()
        self._alarm.set(delay, lambda: self._stop(call, exceeded))

    def _stop(self, call: int, exceeded: float | None) -> bool:
        """Stop the call of that number; gives False where it has ended."""
        with self._lock:
            tick = self._tick
            if self._running != call or tick is None:
                return False
            if exceeded is not None:
                self._exceeded = (call, exceeded)
            self._asked = call
        tick()
        return True

    def error(self) -> CallError | None:
        """The error of a call that was stopped, or None where nobody asked for it."""
        if self.may_continue():
            return None
        if self._exceeded is not None and self._exceeded[0] == self._running:
            return TimeLimitExceeded(
                "interrupted: the call exceeded its time limit of "
                f"{seconds_text(self._exceeded[1])} s"
            )
        return Interrupted("interrupted: the call was stopped")

    def close(self) -> None:
        """End the thread that watches time limits; then another service may have it."""
        with self._lock:
            self._tick = None  # from here on no such thread begins
        if self._alarm is not None:
            self._alarm.close()
            self._alarm = None


def _stops_at_once() -> bool:
    return False


class _Requested:
    """Whether the call that runs has been asked to stop."""

    def __init__(self, interruption: Interruption) -> None:
        self._may_continue = interruption.may_continue

    def is_set(self) -> bool:
        return not self._may_continue()


class _Alarm:
    """One thread a service that rings when the running call is to end, until it has ended.

    The condition's lock is used directly: a signal handler cannot come between its `with` and the
    lock, as it can in the condition's own methods, and leave it locked. All that wait are notified,
    as an interrupted notification can leave one in the queue that waits no more.
    """

    def __init__(self) -> None:
        self._ring: Callable[[], bool] = _stops_at_once
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._deadline: float | None = None
        self._closed = False
        self._watching = threading.Lock()  # until the thread has ended
        self._watching.acquire()
        # `threading.Thread.start` waits for its thread, which a signal handler must not interrupt.
        _thread.start_new_thread(self._watch, ())

    def set(self, delay: float, ring: Callable[[], bool]) -> None:
        with self._lock:
            self._deadline = time.monotonic() + delay
            self._ring = ring
            self._changed.notify_all()

    def clear(self) -> None:
        if self._deadline is not None:  # else there is nothing to clear, or it stops by itself
            with self._lock:
                self._deadline = None

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._changed.notify_all()
        with self._watching:
            pass

    def _watch(self) -> None:
        try:
            self._ring_until_closed()
        finally:
            self._watching.release()

    def _ring_until_closed(self) -> None:
        with self._lock:
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
                self._lock.release()
                goes_on = False
                try:
                    goes_on = ring()
                finally:
                    self._lock.acquire()
                if not goes_on and ring is self._ring:
                    self._deadline = None

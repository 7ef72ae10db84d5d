"""Records events while a call runs: cheaply, with a clock of its own, and not without bounds."""

from dataclasses import dataclass, field
from time import perf_counter_ns

from runtime.errors import MarineError
from runtime.interface.types import InterfaceValue
from runtime.tracing.tree import Activity, Event

MOST_EVENTS = 10_000
"""Events that a trace keeps; a failed one is kept in any case."""

MOST_BYTES = 64 * 2**20
"""Roughly the memory of the values that the events keep alive."""

_BYTES_OF_A_REFERENCE = 8

_BATCHES, _BATCH = 8, 16
"""Of events of nothing, to measure what reaching the clock takes."""


@dataclass(slots=True)
class Open:
    """An event under way.

    Attributes:
        time: where its own time is added up: the only element.
        start: when it began.
        is_kept: whether it becomes part of the tree.
        elapsed_ns: how long it took, once it has ended.
        error: why it failed, once it has.
        children: what it led to so far, as far as it is kept.
        omitted: how much more that was.
    """

    time: list[int]
    start: int
    is_kept: bool
    elapsed_ns: int = 0
    error: str | None = None
    children: list[Event] = field(default_factory=list)
    omitted: int = 0


class Recorder:
    """The events of one call.

    Its clock stands still between `stop` and `resume`, and from what passes between two changes of
    event is taken what passes there if nothing happens: so the times are nearly those of a call
    that nobody records. An event's own time is added up at every change to another event: nothing
    is counted twice or left out.
    """

    def __init__(self, *, most_events: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self._room = most_events
        self._bytes_left = most_bytes
        self._times: dict[tuple[str, Activity], list[int]] = {}
        self._outermost = Open([0], 0, is_kept=True)
        self._open = [self._outermost]
        self._now = 0
        self._reaching_ns = 0
        self._stopped_ns = perf_counter_ns()
        self._reaching_ns = self._measured_reaching()

    @property
    def events(self) -> list[Event]:
        """The outermost events that have ended."""
        return self._outermost.children

    @property
    def times(self) -> dict[tuple[str, Activity], int]:
        """Nanoseconds by module and activity."""
        return {key: time for key, (time,) in self._times.items()}

    def time_of(self, module: str, activity: Activity) -> list[int]:
        """Where the time is added up that a module spends on something."""
        return self._times.setdefault((module, activity), [0])

    def stop(self) -> None:
        """Stop the clock: what follows is the recorder's own work."""
        now = max(perf_counter_ns() - self._stopped_ns - self._reaching_ns, self._now)
        self._open[-1].time[0] += now - self._now
        self._now = now

    def resume(self) -> None:
        """Let the clock go on."""
        self._stopped_ns = perf_counter_ns() - self._now

    def begin(self, time: list[int]) -> Open:
        """An event begins.

        Args:
            time: of `time_of`.
        """
        now = max(perf_counter_ns() - self._stopped_ns - self._reaching_ns, self._now)
        self._open[-1].time[0] += now - self._now
        self._now = now
        is_kept = self._room > 0
        self._room -= 1
        opened = Open(time, now, is_kept)
        self._open.append(opened)
        self._stopped_ns = perf_counter_ns() - now
        return opened

    def fail(self, opened: Open, error: BaseException) -> None:
        """An event has failed; it is kept in any case."""
        opened.is_kept = True
        opened.error = (
            error.message if isinstance(error, MarineError) else f"{type(error).__name__}: {error}"
        )

    def end(self, opened: Open) -> None:
        """An event has ended; the clock stops, for `keep` to be called if the event is kept."""
        now = max(perf_counter_ns() - self._stopped_ns - self._reaching_ns, self._now)
        self._open[-1].time[0] += now - self._now
        self._now = now
        opened.elapsed_ns = now - opened.start
        while self._open.pop() is not opened:
            pass  # for want of stack, some may have had no end
        if not opened.is_kept:
            self._open[-1].omitted += 1 + opened.omitted

    def keep(self, event: Event) -> None:
        """Put the event that has just ended into the tree."""
        self._open[-1].children.append(event)

    def _measured_reaching(self) -> int:
        """Nanoseconds between two changes of event if nothing happens, at best."""
        batches = []
        nothing = [0]
        for _ in range(_BATCHES):
            start = self._now
            for _ in range(_BATCH):
                opened = self.begin(nothing)
                opened.is_kept = True
                self.end(opened)
                self.resume()
            batches.append(self._now - start)
        self._room += _BATCHES * _BATCH
        return min(batches) // (2 * _BATCH)

    def weigh(self, value: InterfaceValue) -> None:
        """Count the memory of a value that an event keeps alive."""
        self._bytes_left -= _size(value)
        if self._bytes_left < 0:
            self._room = 0


def _size(value: InterfaceValue) -> int:
    """Roughly the bytes that a value takes."""
    if isinstance(value, str | bytes):
        return len(value)
    if not isinstance(value, list | tuple):
        return 0
    size = _BYTES_OF_A_REFERENCE * len(value)
    if isinstance(value, list) and not (value and isinstance(value[0], str | bytes | list | tuple)):
        return size  # its elements have one type
    return size + sum(map(_size, value))

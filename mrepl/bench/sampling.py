"""How times are taken: in batches, in rounds that give each operation its turn, until it is enough.

A fast operation is timed in batches that take a millisecond, so that neither the clock's
resolution nor its own time counts; a slow one is timed singly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter_ns
from typing import TypeAlias

from mrepl.bench.median_interval import median_interval
from runtime import Interrupted, TimeLimitExceeded

Operation: TypeAlias = Callable[[int], int]
"""Does something as many times as asked and gives the nanoseconds that took."""

BATCH_NS = 1_000_000
"""The least that a batch takes."""

DEFAULT_SECONDS = 3.0
DEFAULT_SAMPLES = 10
"""What is measured at least where neither a number of samples nor a time is given."""

FEWEST_SAMPLES = 2
"""Fewer say nothing of how times spread."""

_WARM_UP_NS = 300_000_000
_EARLIEST_NS = 1_000_000_000
"""No measurement is taken for stable sooner: processors change their speed within such times."""

_STABLE_SAMPLES = 50
_STABLE_WIDTH = 0.005  # by which each end of the median's interval may differ from it


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure.

    Attributes:
        samples: how many to take of each operation, `FEWEST_SAMPLES` or more; None for as many as
            are needed.
        seconds: after which no further samples are taken, once there are `FEWEST_SAMPLES`; None
            for `DEFAULT_SECONDS`, and `DEFAULT_SAMPLES` in any case, or without a limit where
            `samples` says it.
        warm_up: how many times an operation is done before; None for about 0.3 seconds.
    """

    samples: int | None = None
    seconds: float | None = None
    warm_up: int | None = None

    def progress(self, taken: int, elapsed_ns: int) -> float:
        """How much is done, from 0 to 1."""
        shares = [0.0]
        if self.samples is not None:
            shares.append(taken / self.samples)
        if self.samples is None or self.seconds is not None:
            shares.append(elapsed_ns / 1e9 / (self.seconds or DEFAULT_SECONDS))
        return min(max(shares), 1.0)

    def is_fulfilled(self, taken: int, elapsed_ns: int) -> bool:
        """Whether the samples or the time are used up."""
        if taken < FEWEST_SAMPLES:
            return False
        if self.samples is not None and taken >= self.samples:
            return True
        if self.seconds is not None:
            return elapsed_ns >= self.seconds * 1e9
        return (
            self.samples is None
            and taken >= DEFAULT_SAMPLES
            and elapsed_ns >= DEFAULT_SECONDS * 1e9
        )


@dataclass(frozen=True, slots=True)
class Samples:
    """What was measured of one operation.

    Attributes:
        times: nanoseconds of one call, in the order in which they were taken; each is the mean of
            a batch.
        batch: the calls of a batch.
        warm_up: how many calls there were before.
        first_call: nanoseconds of the very first call.
    """

    times: tuple[float, ...]
    batch: int
    warm_up: int
    first_call: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured of some operations, side by side.

    Attributes:
        samples: of each operation, equally many.
        interrupted: whether somebody ended the measuring before its time.
    """

    samples: tuple[Samples, ...]
    interrupted: bool = False


def measure(
    operations: Sequence[Operation],
    plan: Plan,
    *,
    show: Callable[[float], None] = lambda _progress: None,
    is_stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], int] = perf_counter_ns,
) -> Measurement:
    """Takes samples of all operations by turns; in every other round in the opposite order.

    Ends as the plan says, or before, once the median (of two operations: of the ratio of their
    times) is known well enough.

    Args:
        operations: one, or two that are compared.
        plan: how long.
        show: is told how much is done, from 0 to 1, between batches.
        is_stopped: whether somebody wants it to end; asked between batches.
        clock: the nanoseconds of now.

    Raises:
        Interrupted: somebody ended it before there were `FEWEST_SAMPLES` of each.
        MarineError: an operation failed.
    """
    watched = [_watched(operation, is_stopped) for operation in operations]
    series = [_Series(operation, plan.warm_up, clock) for operation in watched]
    turns = [*series]
    taken = 0
    start = clock()
    check_at = _STABLE_SAMPLES
    try:
        for each in series:
            each.get_ready()
        taken = min(len(each.times) for each in series)
        start = clock()
        while not plan.is_fulfilled(taken, elapsed := clock() - start):
            show(plan.progress(taken, elapsed))
            for each in turns:
                each.take_sample(taken)
            taken += 1
            turns.reverse()
            if plan.samples is None and taken >= check_at:
                check_at += check_at // 4
                if elapsed >= _EARLIEST_NS and _is_stable([each.times for each in series]):
                    break
    except Interrupted as error:
        if isinstance(error, TimeLimitExceeded) or taken < FEWEST_SAMPLES:
            raise
        return Measurement(tuple(each.samples(taken) for each in series), interrupted=True)
    return Measurement(tuple(each.samples(taken) for each in series))


def _watched(operation: Operation, is_stopped: Callable[[], bool]) -> Operation:
    """The operation, but for raising `Interrupted` where somebody wants it to end."""

    def watched(count: int) -> int:
        if is_stopped():
            raise Interrupted("interrupted: the measuring was stopped")
        return operation(count)

    return watched


class _Series:
    """The samples of one operation, as they are taken."""

    def __init__(self, operation: Operation, warm_up: int | None, clock: Callable[[], int]) -> None:
        self.times: list[float] = []
        self._operation = operation
        self._warm_up = warm_up
        self._clock = clock
        self._batch = 1
        self._done = 0
        self._first_call = 0.0

    def get_ready(self) -> None:
        """Warms up and finds out how many calls make a batch.

        A first call that is a batch by itself counts as a sample where no warm-up is wanted.
        """
        first = self._run(1)
        self._first_call = first
        if self._warm_up == 0 and first >= BATCH_NS:
            self.times.append(first)
            self._done = 0
            return
        wanted = self._warm_up or 0
        end = self._clock() + (_WARM_UP_NS if self._warm_up is None else 0)
        taken = first
        while taken < BATCH_NS or self._done < wanted or self._clock() < end:
            if taken < BATCH_NS:
                self._batch *= 2
            taken = self._run(self._batch)

    def take_sample(self, number: int) -> None:
        """Takes the sample of that number, unless there is one."""
        if len(self.times) == number:
            self.times.append(self._operation(self._batch) / self._batch)

    def samples(self, count: int) -> Samples:
        """The first samples."""
        return Samples(tuple(self.times[:count]), self._batch, self._done, self._first_call)

    def _run(self, count: int) -> int:
        self._done += count
        return self._operation(count)


def _is_stable(times: Sequence[Sequence[float]]) -> bool:
    """Whether the median is known well enough, and by both halves of the samples alike."""
    values = times[0] if len(times) == 1 else [a / b for a, b in zip(*times, strict=True)]
    middle = len(values) // 2
    whole, *halves = (
        median_interval(sorted(part)) for part in (values, values[:middle], values[middle:])
    )
    if whole is None or None in halves:
        return False
    low, high = whole
    return high / low - 1 <= 2 * _STABLE_WIDTH and all(
        half is not None and half[0] <= high and low <= half[1] for half in halves
    )

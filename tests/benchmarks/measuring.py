"""How times are taken: in rounds, each of which gives every contestant its turn."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tests.benchmarks.cases import Case, LoopCase

ROUNDS = 7
_BATCH = 0.001  # seconds: long enough for the clock, short enough that a pause spoils few
_PATIENCE = 3  # times the time asked for, before the rounds that are left are given up

Operation: TypeAlias = Callable[[int], float]
"""Does something as many times as asked and returns the seconds that took."""


class CannotRun(Exception):
    """Raised when a contestant has no way to run a case; the message says why."""


class WrongResult(Exception):
    """Raised when contestants do not agree about a call's result."""


@dataclass(frozen=True)
class Sampler:
    """A case made ready with one contestant.

    Attributes:
        sample: measures for about as many seconds as given, at least once, and returns the median
            in the case's quantity.
        result: what the call gave, as a parsed JSON value; None where nothing is compared.
        close: frees what `sample` used.
    """

    sample: Callable[[float], float]
    result: object = None
    close: Callable[[], None] = lambda: None


class Contestant(Protocol):
    """One of those that are measured side by side."""

    @property
    def name(self) -> str:
        """The column's heading."""

    def sampler(self, case: Case) -> Sampler:
        """Make a case ready.

        Raises:
            CannotRun: it cannot do that.
        """


@dataclass(frozen=True)
class Figure:
    """What one contestant needed for a case, in the case's quantity.

    Attributes:
        median: of the rounds.
        lower_quartile: a quarter of the rounds were below this.
        upper_quartile: a quarter of the rounds were above this.
        rounds: each round's own median, in order.
    """

    median: float
    lower_quartile: float
    upper_quartile: float
    rounds: tuple[float, ...]


@dataclass(frozen=True)
class Measurement:
    """A case's row: a figure, or the reason why there is none, by contestant."""

    case: Case
    figures: Mapping[str, Figure]
    reasons: Mapping[str, str]

    def ratio(self, dividend: str, divisor: str) -> float | None:
        """One contestant's median by another's, where there are both."""
        if dividend not in self.figures or divisor not in self.figures:
            return None
        return self.figures[dividend].median / self.figures[divisor].median


def measure(case: Case, contestants: Sequence[Contestant], seconds: float) -> Measurement:
    """Measure a case with all contestants that can run it, in rounds.

    Args:
        case: what.
        contestants: who.
        seconds: about how long all of it may take.

    Raises:
        WrongResult: they do not agree about the call's result.
    """
    samplers: dict[str, Sampler] = {}
    reasons: dict[str, str] = {}
    try:
        for contestant in contestants:
            try:
                samplers[contestant.name] = contestant.sampler(case)
            except CannotRun as error:
                reasons[contestant.name] = str(error)
        _compare(case, samplers)
        rounds = run_rounds(samplers, seconds)
    finally:
        for sampler in samplers.values():
            sampler.close()
    figures = {name: _figure(samples) for name, samples in rounds.items()}
    return Measurement(case, figures, reasons)


def run_rounds(samplers: Mapping[str, Sampler], seconds: float) -> dict[str, list[float]]:
    """Sample by turns, in every round in another order.

    The first round warms up and counts only if the time is over after it.

    Args:
        samplers: by name.
        seconds: about how long all of it may take.

    Returns:
        The samples of the rounds that count, by name.
    """
    names = list(samplers)
    turn = seconds / (ROUNDS + 1) / max(len(names), 1)
    end = time.perf_counter() + _PATIENCE * seconds
    samples: dict[str, list[float]] = {name: [] for name in names}
    for number in range(ROUNDS + 1):
        first = number % max(len(names), 1)
        for name in names[first:] + names[:first]:
            samples[name].append(samplers[name].sample(turn))
        if time.perf_counter() > end:
            break
    return {name: taken[1:] or taken for name, taken in samples.items()}


def median_time(operation: Operation, seconds: float) -> float:
    """The median time of an operation, in seconds.

    Args:
        operation: what to time; run in batches of at least a millisecond.
        seconds: about how long to go on; at least one batch is run.
    """
    end = time.perf_counter() + seconds
    count = 1
    taken = operation(count)
    while taken < _BATCH:
        count *= 2
        taken = operation(count)
    times = [taken / count]
    while time.perf_counter() < end:
        times.append(operation(count) / count)
    return statistics.median(times)


def sampler_of_loop(case: LoopCase, contestant: Contestant) -> Sampler:
    """Samples one iteration: a long run less one of no iterations, by the number of them.

    Raises:
        CannotRun: as `contestant.sampler`.
    """
    full = contestant.sampler(case.call(case.iterations))
    empty = contestant.sampler(case.call(0))

    def sample(seconds: float) -> float:
        return (full.sample(seconds * 0.8) - empty.sample(seconds * 0.2)) / case.iterations

    def close() -> None:
        full.close()
        empty.close()

    return Sampler(sample, result=full.result, close=close)


def _compare(case: Case, samplers: Mapping[str, Sampler]) -> None:
    (first, expected), *others = [(name, each.result) for name, each in samplers.items()]
    for name, result in others:
        if result != expected:
            raise WrongResult(
                f"{case.name}: {name} gives {str(result)[:200]}, {first} {str(expected)[:200]}"
            )


def _figure(samples: list[float]) -> Figure:
    lower, median, upper = (
        statistics.quantiles(samples, n=4, method="inclusive") if len(samples) > 1 else samples * 3
    )
    return Figure(median, lower, upper, tuple(samples))

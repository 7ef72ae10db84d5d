"""Sampling, with operations that take time on a clock of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pytest

from mrepl.bench.sampling import BATCH_NS, Measurement, Operation, Plan, measure
from runtime import CallError, Interrupted, TimeLimitExceeded

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000


@dataclass
class Laboratory:
    """A clock, and operations that make it go on."""

    now: int = 0
    log: list[tuple[str, int]] = field(default_factory=list)

    def clock(self) -> int:
        return self.now

    def operation(self, name: str, *, time: Callable[[int], int]) -> Operation:
        """One whose calls take the time that is given for their number, from 0 on."""
        numbers = count()

        def operation(times: int) -> int:
            self.log.append((name, times))
            taken = sum(time(next(numbers)) for _ in range(times))
            self.now += taken
            return taken

        return operation

    def measure(self, *operations: Operation, plan: Plan) -> Measurement:
        return measure(operations, plan, clock=self.clock)


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory()


def _steady(nanoseconds: int) -> Callable[[int], int]:
    return lambda _number: nanoseconds


def _noisy(nanoseconds: int) -> Callable[[int], int]:
    """A time that doubles and halves, so that its median is never known well."""
    return lambda number: nanoseconds * (1 + number % 2)


def test_fast_calls_are_timed_in_batches_of_a_millisecond(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(2 * MICROSECOND))
    (samples,) = laboratory.measure(operation, plan=Plan(samples=5)).samples
    assert samples.batch == 512
    assert samples.batch * 2 * MICROSECOND >= BATCH_NS
    assert samples.times == (2 * MICROSECOND,) * 5
    assert laboratory.log[-5:] == [("a", 512)] * 5


def test_slow_calls_are_timed_singly(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(3 * MILLISECOND))
    (samples,) = laboratory.measure(operation, plan=Plan(samples=5)).samples
    assert samples.batch == 1
    assert samples.times == (3 * MILLISECOND,) * 5


def test_the_first_call_is_told_apart_and_is_part_of_the_warm_up(laboratory: Laboratory) -> None:
    operation = laboratory.operation(
        "a", time=lambda number: 70 * MILLISECOND if number == 0 else 2 * MILLISECOND
    )
    (samples,) = laboratory.measure(operation, plan=Plan(samples=3, warm_up=10)).samples
    assert samples.first_call == 70 * MILLISECOND
    assert samples.warm_up == 10
    assert samples.times == (2 * MILLISECOND,) * 3


def test_without_a_warm_up_the_first_slow_call_is_a_sample(laboratory: Laboratory) -> None:
    operation = laboratory.operation(
        "a", time=lambda number: 70 * MILLISECOND if number == 0 else 2 * MILLISECOND
    )
    (samples,) = laboratory.measure(operation, plan=Plan(samples=3, warm_up=0)).samples
    assert samples.times == (70 * MILLISECOND, 2 * MILLISECOND, 2 * MILLISECOND)
    assert laboratory.log == [("a", 1)] * 3


def test_it_warms_up_for_a_while_by_default(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(10 * MILLISECOND))
    (samples,) = laboratory.measure(operation, plan=Plan(samples=2)).samples
    assert samples.warm_up == 31


def test_pairs_are_taken_by_turns_in_alternating_order(laboratory: Laboratory) -> None:
    first, other = (laboratory.operation(name, time=_steady(MILLISECOND)) for name in "ab")
    measured = laboratory.measure(first, other, plan=Plan(samples=4, warm_up=1))
    order = "".join(name for name, _ in laboratory.log[2:])
    assert order == "abbaabba"
    assert [len(each.times) for each in measured.samples] == [4, 4]


def test_each_of_a_pair_has_batches_of_its_own(laboratory: Laboratory) -> None:
    fast = laboratory.operation("a", time=_steady(2 * MICROSECOND))
    slow = laboratory.operation("b", time=_steady(5 * MILLISECOND))
    measured = laboratory.measure(fast, slow, plan=Plan(samples=4))
    assert [each.batch for each in measured.samples] == [512, 1]


def test_steady_times_end_it_early(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(2 * MILLISECOND))
    (samples,) = laboratory.measure(operation, plan=Plan()).samples
    assert SECOND < laboratory.now < 2 * SECOND
    assert len(samples.times) >= 500


def test_two_operations_with_a_steady_ratio_end_early_however_their_times_drift(
    laboratory: Laboratory,
) -> None:
    operations = [
        laboratory.operation("ab"[at], time=lambda number: MILLISECOND * (1 + number // 20))
        for at in range(2)
    ]
    laboratory.measure(*operations, plan=Plan(warm_up=1))
    assert laboratory.now < 2 * SECOND


def test_times_that_vary_take_all_the_time_there_is(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_noisy(2 * MILLISECOND))
    laboratory.measure(operation, plan=Plan(warm_up=1))
    assert 3 * SECOND <= laboratory.now < 3.1 * SECOND


def test_a_given_time_is_kept(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_noisy(2 * MILLISECOND))
    laboratory.measure(operation, plan=Plan(seconds=0.5, warm_up=1))
    assert 0.5 * SECOND <= laboratory.now < 0.6 * SECOND


def test_slow_calls_give_ten_samples_unless_a_time_is_given(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(SECOND))
    (samples,) = laboratory.measure(operation, plan=Plan(warm_up=1)).samples
    assert len(samples.times) == 10
    (samples,) = laboratory.measure(operation, plan=Plan(seconds=3, warm_up=1)).samples
    assert len(samples.times) == 3
    (samples,) = laboratory.measure(operation, plan=Plan(seconds=0.1, warm_up=1)).samples
    assert len(samples.times) == 2


def test_a_number_of_samples_is_kept_however_long_it_takes(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(SECOND))
    (samples,) = laboratory.measure(operation, plan=Plan(samples=25, warm_up=1)).samples
    assert len(samples.times) == 25


def test_of_a_number_and_a_time_the_first_that_is_used_up_counts(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(SECOND))
    plan = Plan(samples=25, seconds=5, warm_up=1)
    (samples,) = laboratory.measure(operation, plan=plan).samples
    assert len(samples.times) == 5
    plan = Plan(samples=4, seconds=5, warm_up=1)
    (samples,) = laboratory.measure(operation, plan=plan).samples
    assert len(samples.times) == 4


def test_progress_rises_to_the_end(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(10 * MILLISECOND))
    shown: list[float] = []
    measure([operation], Plan(samples=20, warm_up=1), show=shown.append, clock=laboratory.clock)
    assert shown == [number / 20 for number in range(20)]


def _raises_after(operation: Operation, calls: int, error: Exception) -> Operation:
    numbers = count()

    def raising(times: int) -> int:
        if next(numbers) == calls:
            raise error
        return operation(times)

    return raising


def test_an_interruption_leaves_what_was_measured(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(2 * MILLISECOND))
    interrupted = _raises_after(operation, 5, Interrupted("stopped"))
    measured = laboratory.measure(interrupted, plan=Plan(samples=100, warm_up=1))
    assert measured.interrupted
    assert measured.samples[0].times == (2 * MILLISECOND,) * 4


def test_an_interruption_in_a_pair_leaves_the_pairs_before(laboratory: Laboratory) -> None:
    first, other = (laboratory.operation(name, time=_steady(2 * MILLISECOND)) for name in "ab")
    interrupted = _raises_after(other, 4, Interrupted("stopped"))
    measured = laboratory.measure(first, interrupted, plan=Plan(samples=100, warm_up=1))
    assert measured.interrupted
    assert [len(each.times) for each in measured.samples] == [3, 3]


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_an_interruption_before_there_are_samples_is_the_end(
    calls: int, laboratory: Laboratory
) -> None:
    operation = laboratory.operation("a", time=_steady(2 * MILLISECOND))
    interrupted = _raises_after(operation, calls, Interrupted("stopped"))
    with pytest.raises(Interrupted):
        laboratory.measure(interrupted, plan=Plan(samples=100, warm_up=1))


@pytest.mark.parametrize("error", [CallError("failed"), TimeLimitExceeded("too long")])
def test_a_call_that_fails_is_the_end(error: CallError, laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(2 * MILLISECOND))
    failing = _raises_after(operation, 50, error)
    with pytest.raises(type(error)):
        laboratory.measure(failing, plan=Plan(samples=100, warm_up=1))


def test_it_ends_between_batches_when_it_is_asked_to(laboratory: Laboratory) -> None:
    operation = laboratory.operation("a", time=_steady(2 * MILLISECOND))
    measured = measure(
        [operation],
        Plan(samples=100, warm_up=1),
        is_stopped=lambda: len(laboratory.log) > 4,
        clock=laboratory.clock,
    )
    assert measured.interrupted
    assert measured.samples[0].times == (2 * MILLISECOND,) * 4

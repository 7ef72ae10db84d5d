"""A timing experiment: what is to be measured, measuring it, and what was found."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from mrepl.bench.calibration import empty_call_time
from mrepl.bench.comparison import Comparison, compare
from mrepl.bench.sampling import Plan, Samples, measure
from mrepl.bench.summary import Summary, summarize
from mrepl.bench.timed_call import TimedCall, operation_of
from mrepl.text.display_width import clipped
from runtime import Interrupted, Service, TimeLimitExceeded

_WIDEST_VALUE = 12

Progress = Callable[[str, float], None]
"""Is told what is being done, and how much of it is, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is measured together.

    Attributes:
        calls: one, or two that are compared.
        value: of the scan's parameter, where there is a scan.
    """

    calls: tuple[TimedCall, ...]
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is to be measured.

    Attributes:
        steps: one after the other; one for each value of a scan.
        names: what the calls of a step are called in reports.
        plan: how long each step takes.
        parameter: the name of the scan's parameter; None without a scan.
    """

    steps: tuple[Step, ...]
    names: tuple[str, ...]
    plan: Plan
    parameter: str | None = None

    @property
    def call(self) -> TimedCall:
        """The first call of the first step."""
        return self.steps[0].calls[0]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one call.

    Attributes:
        samples: all of it.
        summary: in a few numbers.
    """

    samples: Samples
    summary: Summary


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured in one step.

    Attributes:
        value: of the scan's parameter; None without a scan.
        figures: of each call.
        comparison: of the first call with the other, where there are two.
    """

    value: str | None
    figures: tuple[Figures, ...]
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What was measured.

    Attributes:
        experiment: what was asked for.
        empty_call: nanoseconds of a call that does nothing, with the same engine.
        rows: one for each step that was measured, at least one.
        interrupted: whether somebody ended it before its time.
    """

    experiment: Experiment
    empty_call: float
    rows: tuple[Row, ...]
    interrupted: bool


def run(
    experiment: Experiment, service: Service, show: Progress, is_stopped: Callable[[], bool]
) -> Findings:
    """Measures; the service has its engine back afterwards.

    Args:
        experiment: what.
        service: where.
        show: is told of the progress.
        is_stopped: whether somebody wants it to end; asked between batches of calls.

    Raises:
        Interrupted: somebody ended it before there was anything to report.
        MarineError: a call failed.
    """
    rows: list[Row] = []
    interrupted = False
    with _engine_kept(service), _without_others_garbage():
        show("calibrating", 0.0)
        empty_call = empty_call_time(experiment.call.engine, is_stopped)
        for number, step in enumerate(experiment.steps):
            try:
                part = _part(show, number, experiment.steps)
                row, interrupted = _measure(step, service, experiment.plan, part, is_stopped)
            except Interrupted as error:
                if isinstance(error, TimeLimitExceeded) or not rows:
                    raise
                interrupted = True
            else:
                rows.append(row)
            if interrupted:
                break
    return Findings(experiment, empty_call, tuple(rows), interrupted)


def _measure(
    step: Step,
    service: Service,
    plan: Plan,
    show: Callable[[float], None],
    is_stopped: Callable[[], bool],
) -> tuple[Row, bool]:
    for call in step.calls:
        service.prepare(call.module, call.function)
    operations = [operation_of(service, call) for call in step.calls]
    measured = measure(operations, plan, show=show, is_stopped=is_stopped)
    figures = tuple(Figures(each, summarize(each.times)) for each in measured.samples)
    comparison = compare(*(each.times for each in measured.samples)) if len(figures) > 1 else None
    return Row(step.value, figures, comparison), measured.interrupted


def _part(show: Progress, number: int, steps: Sequence[Step]) -> Callable[[float], None]:
    """What tells the whole progress from that of one step."""
    value = steps[number].value
    text = "measuring" if value is None else f"measuring {clipped(value, _WIDEST_VALUE)}"
    return lambda progress: show(text, (number + progress) / len(steps))


@contextmanager
def _engine_kept(service: Service) -> Iterator[None]:
    before = service.engine
    try:
        yield
    finally:
        service.engine = before


@contextmanager
def _without_others_garbage() -> Iterator[None]:
    """Collects the garbage that calls leave, as ever, but lets it not search the shell's objects.

    Those are many in a session, and none in the programs that the times are to be compared with.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

"""What a report says of samples that are given."""

from collections.abc import Sequence

import pytest

from mrepl.bench.comparison import compare
from mrepl.bench.experiment import Experiment, Figures, Findings, Row, Step
from mrepl.bench.report import report_text
from mrepl.bench.sampling import Plan, Samples
from mrepl.bench.summary import summarize
from mrepl.bench.timed_call import TimedCall
from mrepl.text.display_width import display_width
from mrepl.text.marked_text import plain_text
from runtime import Engine

CALL = TimedCall("greeting", "greeting", '["x"]', None, Engine.FUSED)
STEADY = (1000.0, 1010.0, 990.0, 1005.0, 995.0, 1000.0, 1002.0, 998.0)


def figures(times: Sequence[float], warm_up: int = 100) -> Figures:
    return Figures(Samples(tuple(times), 1, warm_up, 5000.0), summarize(times))


def reported(*measured: Figures, empty_call: float = 500.0) -> str:
    """The report on one call."""
    experiment = Experiment((Step((CALL,)),), (str(CALL),), Plan())
    rows = tuple(Row(None, (each,), None) for each in measured)
    return plain_text(report_text(Findings(experiment, empty_call, rows, interrupted=False)))


def scanned(values: Sequence[str], *measured: tuple[Figures, ...]) -> str:
    """The report on a scan, of one call or of two."""
    names = (str(CALL), "the other call")[: len(measured[0])]
    steps = tuple(Step((CALL,) * len(names), value) for value in values)
    rows = tuple(
        Row(value, each, None if len(each) == 1 else compare(*(f.samples.times for f in each)))
        for value, each in zip(values, measured, strict=True)
    )
    experiment = Experiment(steps, names, Plan(), "name")
    return plain_text(report_text(Findings(experiment, 500.0, rows, interrupted=False)))


def test_steady_samples_need_no_hint() -> None:
    text = reported(figures(STEADY))
    assert "median         1.00 µs   of which 500 ns is what any call takes" in text
    assert "outliers:" not in text
    assert "slow" not in text


def test_a_call_that_does_nothing_takes_what_any_call_takes() -> None:
    assert "what any call takes (995 ns)" in reported(figures(STEADY), empty_call=995.0)


@pytest.mark.parametrize(("warm_up", "is_told"), [(0, True), (1, False)])
def test_a_slow_first_sample_is_told_where_there_was_no_warm_up(
    warm_up: int, is_told: bool
) -> None:
    text = reported(figures((9000.0, *STEADY, *STEADY), warm_up))
    assert ("slow first sample: there was no warm-up" in text) is is_told


def test_many_outliers_are_told() -> None:
    assert "  many outliers: is the machine busy?" in reported(figures((*STEADY, 9e3, 9e3)))


def test_hints_on_a_scan_count_the_measurements_they_are_about() -> None:
    steady, noisy = figures(STEADY), figures((*STEADY[:6], 9e3, 9e3))
    text = scanned(["1", "2"], (steady, noisy), (steady, steady))
    assert text.count("is the machine busy?") == 1
    assert "  many outliers in 1 of 4 measurements: is the machine busy?" in text


def test_rows_of_a_scan_stand_below_each_other_however_wide_their_letters_are() -> None:
    values = ["a", "漢字", "x" * 80]
    lines = scanned(values, *[(figures(STEADY),)] * 3).splitlines()[1:5]
    assert len({display_width(line) for line in lines}) == 1
    assert lines[3].strip().startswith("xxxxxxxxxxxxxxx… ")

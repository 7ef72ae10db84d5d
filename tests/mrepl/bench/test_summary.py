import json
import math
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.bench.summary import OUTLIER_SCORE, summarize

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))
ROUNDED = 1 + 1e-9  # the percentile lies between two samples, but for rounding
TIMES = st.lists(st.floats(1e-3, 1e12), min_size=1, max_size=60)


def _recorded(file: Path) -> list[float]:
    times: list[float] = json.loads(file.read_text(encoding="utf-8"))
    return times


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_recorded_times_are_summed_up_as_the_standard_library_does(file: Path) -> None:
    times = _recorded(file)
    summary = summarize(times)
    assert summary.count == len(times)
    assert (summary.least, summary.greatest) == (min(times), max(times))
    assert summary.median == statistics.median(times)
    assert summary.mean == pytest.approx(math.fsum(times) / len(times))
    assert summary.deviation == pytest.approx(statistics.stdev(times))
    assert summary.percentile_95 == statistics.quantiles(times, n=100, method="inclusive")[94]


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_outliers_of_recorded_times_have_a_modified_z_score_above_the_bound(file: Path) -> None:
    times = _recorded(file)
    median = statistics.median(times)
    deviation = statistics.median(abs(time - median) for time in times)
    # The score as Iglewicz and Hoaglin write it.
    beyond = [t for t in times if abs(0.6745 * (t - median) / deviation) > OUTLIER_SCORE]
    assert summarize(times).outliers == len(beyond)


def test_the_percentile_lies_between_the_nearest_samples() -> None:
    assert summarize([float(number) for number in range(101)]).percentile_95 == 95
    assert summarize([0.0, 100.0]).percentile_95 == pytest.approx(95)


def test_a_single_sample_is_all_there_is_to_say() -> None:
    summary = summarize([7.0])
    assert (summary.least, summary.median, summary.mean, summary.greatest) == (7, 7, 7, 7)
    assert (summary.percentile_95, summary.deviation, summary.outliers) == (7, 0, 0)


def test_one_long_pause_is_an_outlier_and_no_usual_time() -> None:
    summary = summarize([10.0, 10.5, 9.5, 10.2, 9.8, 10.1, 500.0])
    assert summary.outliers == 1
    assert (summary.usual_least, summary.usual_greatest) == (9.5, 10.5)


def test_where_most_samples_are_equal_those_close_to_them_are_no_outliers() -> None:
    summary = summarize([10.0] * 6 + [10.1, 9.9, 90.0])
    assert summary.outliers == 1
    assert summary.usual_greatest == 10.1


@given(TIMES)
def test_numbers_are_in_order_whatever_was_measured(times: list[float]) -> None:
    summary = summarize(times)
    assert summary.least <= summary.median <= summary.percentile_95 * ROUNDED
    assert summary.least <= summary.usual_least <= summary.usual_greatest <= summary.greatest
    assert summary.percentile_95 <= summary.greatest * ROUNDED
    assert summary.mean == pytest.approx(statistics.mean(times))
    assert 0 <= summary.outliers <= len(times) / 2


@given(TIMES, st.floats(0.5, 2))
def test_a_faster_clock_changes_the_unit_only(times: list[float], factor: float) -> None:
    summary, scaled = summarize(times), summarize([time * factor for time in times])
    assert scaled.median == pytest.approx(summary.median * factor)
    assert scaled.deviation == pytest.approx(summary.deviation * factor, rel=1e-6, abs=1e-6)
    assert scaled.percentile_95 == pytest.approx(summary.percentile_95 * factor)

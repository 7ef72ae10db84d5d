from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mrepl.bench.histogram import bar, histogram, histogram_lines
from mrepl.bench.summary import summarize

TIMES = st.lists(st.floats(1e-3, 1e12), min_size=1, max_size=200)


@given(TIMES)
def test_every_sample_is_counted_once_and_lines_fit(times: list[float]) -> None:
    drawn = histogram(times, summarize(times))
    assert drawn.below + sum(drawn.counts) + drawn.above == len(times)
    assert all(low <= high for low, high in pairwise(drawn.edges))
    assert all(len(line) <= 60 for line in histogram_lines(drawn, 60))


def test_outliers_have_lines_of_their_own() -> None:
    times = [1.0, *(100.0 + number / 10 for number in range(30)), 5000.0, 6000.0]
    lines = histogram_lines(histogram(times, summarize(times)), 60)
    assert lines[0].split() == ["below", "1"]
    assert lines[-1].split() == ["above", "2"]


def test_bars_show_how_often_times_were_measured() -> None:
    times = [1000.0] * 4 + [1400.0] * 3 + [1800.0] * 2 + [2200.0]
    drawn = histogram(times, summarize(times))
    assert histogram_lines(drawn, 40) == [
        "1.0 µs  ██████████████████████████████ 4",
        "1.3 µs  ██████████████████████▌ 3",
        "1.6 µs  ███████████████ 2",
        "1.9 µs  ███████▌ 1",
    ]


def test_a_wide_spread_is_drawn_by_factors() -> None:
    times = [10.0 * 1.2**number for number in range(60)]
    drawn = histogram(times, summarize(times))
    assert drawn.is_logarithmic
    factors = [high / low for low, high in pairwise(drawn.edges)]
    assert max(factors) - min(factors) < 0.01


def test_equal_times_are_one_bar() -> None:
    drawn = histogram([7.0] * 20, summarize([7.0] * 20))
    assert drawn.counts == (20,)
    assert len(histogram_lines(drawn, 60)) == 1


def test_a_bar_shows_the_smallest_count() -> None:
    assert bar(0) == ""
    assert bar(0.001) == "▏"
    assert bar(2.5) == "██▌"

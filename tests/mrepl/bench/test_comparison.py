from hypothesis import given
from hypothesis import strategies as st

from mrepl.bench.comparison import compare
from mrepl.bench.comparison_text import comparison_text

NAMES = ("fused", "interp")


def test_a_ratio_above_one_means_that_the_first_is_faster() -> None:
    comparison = compare([10.0] * 20, [19.0] * 20)
    assert comparison.ratio == 1.9
    assert comparison.is_decided
    assert comparison_text(NAMES, comparison) == "fused is 1.90 × as fast as interp (1.90 … 1.90)"


def test_the_faster_one_is_named_first() -> None:
    comparison = compare([20.0, 22.0] * 10, [10.0] * 20)
    assert comparison_text(NAMES, comparison) == "interp is 2.10 × as fast as fused (2.00 … 2.20)"


def test_drift_that_slows_both_of_a_pair_does_not_blur_the_ratio() -> None:
    drift = [1 + number / 10 for number in range(50)]
    comparison = compare([5 * each for each in drift], [5.5 * each for each in drift])
    assert comparison_text(NAMES, comparison) == "fused is 1.10 × as fast as interp (1.10 … 1.10)"


def test_noise_around_the_same_time_is_no_difference() -> None:
    comparison = compare([100.0, 102.0] * 20, [102.0, 100.0] * 20)
    assert not comparison.is_decided
    assert comparison_text(NAMES, comparison) == (
        "no difference found: interp takes 0.980 … 1.020 × as long"
    )


def test_few_pairs_decide_nothing() -> None:
    comparison = compare([10.0] * 5, [20.0] * 5)
    assert comparison.interval is None
    assert not comparison.is_decided
    assert comparison_text(NAMES, comparison) == (
        "too few pairs to tell which is faster: 5 (median ratio 2.00)"
    )


@given(st.lists(st.tuples(st.floats(1, 1e9), st.floats(1, 1e9)), min_size=6, max_size=40))
def test_the_ratio_lies_in_its_interval(pairs: list[tuple[float, float]]) -> None:
    comparison = compare([a for a, _ in pairs], [b for _, b in pairs])
    assert comparison.interval is not None
    assert comparison.interval[0] <= comparison.ratio <= comparison.interval[1]


def test_control_characters_in_names_are_escaped() -> None:
    text = comparison_text(("a\x1b[2J", "b"), compare([1.0] * 9, [2.0] * 9))
    assert text.startswith("a\\u001b[2J is 2.00 × as fast as b")

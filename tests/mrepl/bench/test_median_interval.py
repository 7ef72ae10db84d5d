import random
from math import comb

import pytest

from mrepl.bench.median_interval import FEWEST, median_interval


@pytest.mark.parametrize("count", [6, 7, 10, 20, 50, 101])
def test_the_interval_is_the_narrowest_that_holds_the_median_often_enough(count: int) -> None:
    interval = median_interval([float(number) for number in range(count)])
    assert interval is not None
    outside = int(interval[0])  # samples on each side
    assert interval[1] == count - 1 - outside

    def chance_to_miss(rank: int) -> float:
        return sum(comb(count, heads) for heads in range(rank + 1)) / 2.0 ** (count - 1)

    assert chance_to_miss(outside) <= 0.05 < chance_to_miss(outside + 1)


def test_ranks_are_those_of_published_tables_of_the_sign_test() -> None:
    # The r-th smallest and the r-th greatest, at 95 %.
    for count, rank in ((6, 1), (9, 2), (12, 3), (20, 6), (30, 10), (50, 18)):
        assert median_interval(range(1, count + 1)) == (rank, count + 1 - rank)


@pytest.mark.parametrize("count", range(FEWEST))
def test_too_few_samples_have_no_interval(count: int) -> None:
    assert median_interval([1.0] * count) is None


def test_it_holds_the_true_median_of_skewed_samples_about_as_often_as_it_says() -> None:
    chance = random.Random(1)
    median, held, runs = 2**0.5, 0, 2000
    for _ in range(runs):
        samples = sorted(chance.paretovariate(2) for _ in range(25))
        low, high = median_interval(samples) or (0.0, 0.0)
        held += low <= median <= high
    assert 0.94 < held / runs < 0.98

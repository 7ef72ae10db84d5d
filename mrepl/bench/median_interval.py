"""How well samples tell their median: an interval that needs no assumption on their distribution.

As many samples lie above the true median as below, but for chance, which is that of tossed coins.
So the median lies between two of the samples in order, counted from both ends, unless a binomial
distribution went to one of its ends (the interval of the sign test).
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

CONFIDENCE = Fraction(95, 100)
"""How often, at least, the interval holds the true median of independent samples."""

FEWEST = 6
"""Samples below which not even the interval from the least to the greatest is that sure."""


def median_interval(in_order: Sequence[float]) -> tuple[float, float] | None:
    """The confidence interval of the median of what the samples are drawn from.

    Args:
        in_order: the samples, sorted.

    Returns:
        Its ends; None where there are fewer samples than `FEWEST`.
    """
    rank = _rank(len(in_order))
    return None if rank is None else (in_order[rank], in_order[-1 - rank])


@lru_cache(maxsize=64)
def _rank(count: int) -> int | None:
    """How many samples lie outside of the interval on each side."""
    allowed = (1 - CONFIDENCE) / 2 * 2**count
    rank, term, below = 0, 1, 1  # `below` of 2**count tosses give at most `rank` heads
    if below > allowed:
        return None
    while True:
        term = term * (count - rank) // (rank + 1)
        below += term
        if below > allowed:
            return rank
        rank += 1

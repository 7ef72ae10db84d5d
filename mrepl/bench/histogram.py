"""How often which times were measured: bins, and their bars in a terminal."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mrepl.bench.summary import Summary
from mrepl.text.measured_times import measured_text, times_text

_MOST_BINS = 12
_FEWEST_BINS = 4
_LOGARITHMIC = 20
"""The greatest time by the least, from which on bins grow with their times."""

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"


@dataclass(frozen=True, slots=True)
class Histogram:
    """Samples counted by their size.

    Attributes:
        edges: of the bins, rising; one more than there are bins. A bin has its lower edge, the last
            one its upper edge too.
        counts: of each bin.
        below: how many samples lie below all bins: outliers.
        above: how many lie above.
        is_logarithmic: whether each edge is the one before times a factor.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int
    above: int
    is_logarithmic: bool


def histogram(samples: Sequence[float], summary: Summary) -> Histogram:
    """Counts samples in bins that reach from the least to the greatest that is no outlier.

    Args:
        samples: at least one; nanoseconds.
        summary: of them.
    """
    count = min(max(math.isqrt(len(samples)), _FEWEST_BINS), _MOST_BINS)
    edges, is_logarithmic = bin_edges(summary.usual_least, summary.usual_greatest, count)
    counts, below, above = count_in_bins(samples, edges)
    return Histogram(edges, counts, below, above, is_logarithmic)


def bin_edges(least: float, greatest: float, count: int) -> tuple[tuple[float, ...], bool]:
    """The edges of bins that reach from the least to the greatest value.

    Returns:
        The edges, of `count` bins, or of one where there is one value only; and whether their
        logarithms are evenly spaced, rather than they.
    """
    if not least < greatest:
        return (least, least), False
    is_logarithmic = least > 0 and greatest / least > _LOGARITHMIC
    shares = [number / count for number in range(1, count)]
    if is_logarithmic:
        between = [least * (greatest / least) ** share for share in shares]
    else:
        between = [least + (greatest - least) * share for share in shares]
    return (least, *between, greatest), is_logarithmic


def count_in_bins(
    samples: Sequence[float], edges: Sequence[float]
) -> tuple[tuple[int, ...], int, int]:
    """How many samples lie in each bin, below all of them and above all of them."""
    counts = [0] * (len(edges) - 1)
    below = above = 0
    for sample in samples:
        if sample < edges[0]:
            below += 1
        elif sample > edges[-1]:
            above += 1
        else:
            counts[min(bisect_right(edges, sample), len(counts)) - 1] += 1
    return tuple(counts), below, above


def histogram_lines(drawn: Histogram, width: int) -> list[str]:
    """The histogram as lines of text, one for each bin, with outliers in lines of their own.

    Args:
        drawn: what to draw.
        width: of the longest line, in columns, 40 or more.
    """
    labels = _labels(drawn)
    most = max(drawn.counts)
    column = max(map(len, labels))
    room = width - column - 2 - len(f" {most:,}")
    bars = [f"{bar(count / most * room)} {count:,}".lstrip() for count in drawn.counts]
    lines = list(zip(labels, bars, strict=True))
    if drawn.below:
        lines.insert(0, ("below", f"{drawn.below:,}"))
    if drawn.above:
        lines.append(("above", f"{drawn.above:,}"))
    return [f"{label:>{column}}  {shown}" for label, shown in lines]


def bar(length: float) -> str:
    """A bar of that many columns, to an eighth; whatever is above 0 can be seen."""
    eighths = max(round(length * 8), 1 if length > 0 else 0)
    whole, rest = divmod(eighths, 8)
    return _FULL * whole + (_EIGHTHS[rest] if rest else "")


def _labels(drawn: Histogram) -> list[str]:
    """The lower edge of each bin, with as many digits as it takes to tell them apart."""
    if drawn.is_logarithmic or len(drawn.counts) == 1:
        return [measured_text(edge) for edge in drawn.edges[:-1]]
    step = min(high - low for low, high in pairwise(drawn.edges))
    return times_text(drawn.edges[:-1], step)

"""How many times as fast one call is as another, measured in pairs.

Both times of a pair are taken one right after the other, so what slows the machine down for a while
slows both: their ratio is steadier than the times. The ratio given is the median of the pairs', and
its confidence interval is that of `median_interval`.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from mrepl.bench.median_interval import median_interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one series of samples compares with another.

    Attributes:
        pairs: how many there are.
        ratio: the other's time by the first one's: above 1 the first is that many times as fast.
        interval: the ends of the ratio's 95 % confidence interval; None with too few pairs.
    """

    pairs: int
    ratio: float
    interval: tuple[float, float] | None

    @property
    def is_decided(self) -> bool:
        """Whether the samples tell which of both is faster."""
        return self.interval is not None and not self.interval[0] <= 1 <= self.interval[1]

    def reversed(self) -> Self:
        """How the other series compares with the first."""
        interval = None if self.interval is None else (1 / self.interval[1], 1 / self.interval[0])
        return type(self)(self.pairs, 1 / self.ratio, interval)


def compare(first: Sequence[float], other: Sequence[float]) -> Comparison:
    """Compares times taken in pairs.

    Args:
        first: at least one, each above 0.
        other: those taken together with them, in the same order.
    """
    ratios = sorted(b / a for a, b in zip(first, other, strict=True))
    return Comparison(len(ratios), statistics.median(ratios), median_interval(ratios))

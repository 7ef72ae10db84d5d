"""What samples say in a few numbers, and which of them are outliers."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

OUTLIER_SCORE = 3.5
"""The modified z-score above which a sample is an outlier (Iglewicz and Hoaglin, 1993)."""

_MEDIAN_DEVIATIONS = 1.4826  # by which a normal distribution's σ exceeds its median deviation
_MEAN_DEVIATIONS = 1.2533  # by which it exceeds its mean deviation


@dataclass(frozen=True, slots=True)
class Summary:
    """Samples in a few numbers; times are nanoseconds of one call.

    Attributes:
        count: how many samples there are.
        least: the shortest time.
        median: half of the samples were shorter.
        mean: the arithmetic mean.
        deviation: the standard deviation of the sample (n − 1); 0 of a single one.
        percentile_95: 95 % of the samples were shorter; interpolated between the two nearest, the
            least being 0 % and the greatest 100 % (`statistics.quantiles`, "inclusive").
        greatest: the longest time.
        outliers: how many samples have a modified z-score beyond `OUTLIER_SCORE`.
        usual_least: the shortest time that is no outlier.
        usual_greatest: the longest time that is no outlier.
    """

    count: int
    least: float
    median: float
    mean: float
    deviation: float
    percentile_95: float
    greatest: float
    outliers: int
    usual_least: float
    usual_greatest: float


def summarize(samples: Sequence[float]) -> Summary:
    """Sums up samples.

    Args:
        samples: at least one; nanoseconds.
    """
    median = statistics.median(samples)
    farthest = OUTLIER_SCORE * _spread(samples, median)
    usual = [sample for sample in samples if abs(sample - median) <= farthest]
    return Summary(
        count=len(samples),
        least=min(samples),
        median=median,
        mean=statistics.fmean(samples),
        deviation=statistics.stdev(samples) if len(samples) > 1 else 0.0,
        percentile_95=_percentile_95(samples),
        greatest=max(samples),
        outliers=len(samples) - len(usual),
        usual_least=min(usual, default=median),
        usual_greatest=max(usual, default=median),
    )


def _spread(samples: Sequence[float], median: float) -> float:
    """An estimate of the standard deviation that outliers hardly change.

    A modified z-score is a sample's distance from the median, in these.
    """
    distances = [abs(sample - median) for sample in samples]
    return (
        _MEDIAN_DEVIATIONS * statistics.median(distances)
        # Where more than half of the samples are equal, the others would all be outliers.
        or _MEAN_DEVIATIONS * statistics.fmean(distances)
    )


def _percentile_95(samples: Sequence[float]) -> float:
    if len(samples) == 1:
        return samples[0]
    return statistics.quantiles(samples, n=20, method="inclusive")[-1]

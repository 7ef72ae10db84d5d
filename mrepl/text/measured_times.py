"""Measured times as text, with as many digits as mean something."""

import math
from collections.abc import Sequence

UNITS = (("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0))
"""The units and how many nanoseconds they are, the largest first."""

_MOST_DECIMALS = 6


def measured_text(nanoseconds: float) -> str:
    """A time with three digits in the largest unit in which it is at least 1: `1.93 µs`.

    Args:
        nanoseconds: at least 0.
    """
    for unit, size in UNITS[:-1]:
        if nanoseconds >= size * 0.9995:  # what rounds to 1.00 of the unit is in the unit
            return f"{three_digits(nanoseconds / size)} {unit}"
    return f"{three_digits(nanoseconds)} ns"


def times_text(times: Sequence[float], step: float) -> list[str]:
    """Times in one unit, with as many digits as show a step between them: `3.20 µs`, `3.21 µs`.

    Args:
        times: nanoseconds, at least 0, rising.
        step: nanoseconds, at least 0.
    """
    unit, size = next(((unit, size) for unit, size in UNITS if times[-1] >= size), UNITS[-1])
    finest = 10**-_MOST_DECIMALS
    decimals = max(math.ceil(-math.log10(max(step / size, finest))), 0)
    return [f"{time / size:.{decimals}f} {unit}" for time in times]


def three_digits(number: float) -> str:
    """A number with three digits, or with all digits before the point: `1.93`, `19.3`, `1,930`.

    Args:
        number: at least 0.
    """
    for decimals, limit in ((2, 9.995), (1, 99.95)):
        if number < limit:
            return f"{number:.{decimals}f}"
    return f"{number:,.0f}"

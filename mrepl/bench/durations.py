"""Times on an axis as text, and limits of times from text."""

import math
import re
from collections.abc import Sequence

from mrepl.measured_times import UNITS
from mrepl.usage import UsageError

_NANOSECONDS = {
    **dict(UNITS),
    "us": 1e3,
    "μs": 1e3,
}  # the last is with a Greek mu, not a micro sign
_MOST_DECIMALS = 6
_LIMIT = re.compile(r"(?P<number>\d+(?:\.\d*)?|\.\d+) ?(?P<unit>[a-zµμ]+)")


def times_text(times: Sequence[float], step: float) -> list[str]:
    """Times in one unit, with as many digits as show a step between them: `3.20 µs`, `3.21 µs`.

    Args:
        times: nanoseconds, at least 0, rising.
        step: nanoseconds, above 0.
    """
    unit, size = next(((unit, size) for unit, size in UNITS if times[-1] >= size), UNITS[-1])
    decimals = min(max(math.ceil(-math.log10(step / size)), 0), _MOST_DECIMALS)
    return [f"{time / size:.{decimals}f} {unit}" for time in times]


def parse_limit(text: str) -> float:
    """The nanoseconds of a limit such as `50us`, `1.5ms` or `2s`.

    Raises:
        UsageError: it is no number above 0 with one of the units.
    """
    match = _LIMIT.fullmatch(text)
    size = _NANOSECONDS.get(match["unit"]) if match else None
    nanoseconds = float(match["number"]) * size if match and size else 0.0
    if not nanoseconds > 0:
        raise UsageError(
            f"--fail-above: '{text}' is no time above 0 (a number and ns, us, µs, ms or s: 50us)"
        )
    return nanoseconds

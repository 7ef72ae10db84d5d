"""The limit of `--fail-above`."""

import re

from mrepl.text.measured_times import UNITS
from mrepl.usage import UsageError

_NANOSECONDS = {**dict(UNITS), "us": 1e3, "μs": 1e3}
"""By unit; the last is with a Greek mu, not a micro sign."""

_LIMIT = re.compile(r"(?P<number>\d+(?:\.\d*)?|\.\d+) ?(?P<unit>[a-zµμ]+)")


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

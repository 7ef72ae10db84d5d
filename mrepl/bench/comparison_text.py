"""A comparison of two calls in words."""

from collections.abc import Sequence

from mrepl.bench.comparison import Comparison
from mrepl.text.escaping import escape_line


def comparison_text(names: Sequence[str], comparison: Comparison) -> str:
    """Which of two calls is how many times as fast, and how sure that is.

    Args:
        names: of the first call and of the other.
        comparison: of the first with the other.
    """
    first, other = map(escape_line, names)
    if comparison.interval is None:
        return (
            f"too few pairs to tell which is faster: {comparison.pairs} "
            f"(median ratio {ratio_text(comparison)})"
        )
    if not comparison.is_decided:
        return f"no difference found: {other} takes {interval_text(comparison)} × as long"
    if comparison.ratio < 1:
        first, other, comparison = other, first, comparison.reversed()
    return f"{first} is {ratio_text(comparison)} × as fast as {other} ({interval_text(comparison)})"


def ratio_text(comparison: Comparison) -> str:
    """The ratio, with the digits that tell it from 1: `1.90`, `1.024`, `120`."""
    return f"{comparison.ratio:,.{_decimals(comparison.ratio)}f}"


def interval_text(comparison: Comparison) -> str:
    """The ends of the ratio's interval, with as many digits as the ratio has; "" without one."""
    if comparison.interval is None:
        return ""
    decimals = _decimals(comparison.ratio)
    low, high = comparison.interval
    return f"{low:,.{decimals}f} … {high:,.{decimals}f}"


def _decimals(ratio: float) -> int:
    if 0.9 < ratio < 1.1:
        return 3
    if ratio < 9.995:
        return 2
    return 1 if ratio < 99.95 else 0

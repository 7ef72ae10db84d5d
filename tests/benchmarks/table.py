"""The table that the command prints: a row a case."""

from collections.abc import Sequence

from tests.benchmarks.cases import Case, Quantity
from tests.benchmarks.measuring import Measurement

RATIOS = (("fused", "marine-js"), ("interp", "fused"))
"""Whose medians are compared: the first by the second."""

_NONE = "–"
_WIDTH = 9


def header(cases: Sequence[Case], contestants: Sequence[str]) -> str:
    """The headings of the columns."""
    ratios = [f"{dividend}/{divisor}" for dividend, divisor in _ratios(contestants)]
    return _line(_name_width(cases), "case", [*contestants, *ratios], contestants)


def row(measurement: Measurement, cases: Sequence[Case], contestants: Sequence[str]) -> str:
    """The medians of a case, and their ratios."""
    quantity = measurement.case.quantity
    medians = [
        quantity_text(measurement.figures[name].median, quantity)
        if name in measurement.figures
        else _NONE
        for name in contestants
    ]
    ratios = [ratio_text(measurement.ratio(*names)) for names in _ratios(contestants)]
    return _line(_name_width(cases), measurement.case.name, [*medians, *ratios], contestants)


def reasons(measurements: Sequence[Measurement]) -> list[str]:
    """Why some fields have no figure, a line for each reason."""
    rows: dict[tuple[str, str], list[str]] = {}
    for measurement in measurements:
        for contestant, reason in measurement.reasons.items():
            rows.setdefault((contestant, reason), []).append(measurement.case.name)
    return [
        f"{_NONE} {contestant}: {reason} ({'; '.join(names)})"
        for (contestant, reason), names in rows.items()
    ]


def quantity_text(value: float, quantity: Quantity) -> str:
    """Three digits and the unit that suits the size."""
    if quantity is Quantity.BYTES:
        return f"{value / (1 << 20):.1f} MiB"
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size * 0.9995:
            return f"{_three_digits(value / size)} {unit}"
    return f"{_three_digits(value / 1e-6)} µs"


def ratio_text(ratio: float | None) -> str:
    """How many times."""
    return _NONE if ratio is None else f"{_three_digits(ratio)} ×"


def _three_digits(value: float) -> str:
    for decimals, limit in ((3, 0.9995), (2, 9.995), (1, 99.95)):
        if value < limit:
            return f"{value:.{decimals}f}"
    return f"{value:,.0f}"


def _ratios(contestants: Sequence[str]) -> list[tuple[str, str]]:
    return [names for names in RATIOS if set(names) <= set(contestants)]


def _name_width(cases: Sequence[Case]) -> int:
    return max(len(case.name) for case in cases)


def _line(width: int, name: str, fields: Sequence[str], contestants: Sequence[str]) -> str:
    widths = [_WIDTH] * len(contestants) + [len("/".join(each)) for each in _ratios(contestants)]
    padded = [field.rjust(each) for field, each in zip(fields, widths, strict=True)]
    return "  ".join([name.ljust(width), *padded])

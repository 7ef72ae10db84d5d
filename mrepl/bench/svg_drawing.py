"""Charts as SVG: a sheet with a title and two axes, and places on it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from mrepl.text.display_width import clipped
from mrepl.text.escaping import escape_line
from mrepl.text.measured_times import UNITS, times_text

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 80, 670, 60, 340
"""Where the axes lie, in the sheet's units."""

COLOURS = ("#2563eb", "#d97706")
"""Of the first call and of the other: blue and amber, which colour-blind people tell apart."""

_WIDEST_TITLE = 70  # columns
_INK, _GRID = "#1f2937", "#e5e7eb"
_FEWEST_DECADES = 2.5
"""An axis that spans less has marks between the powers of ten too."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Where the values of an axis lie.

    Attributes:
        least: the value at its start.
        greatest: the value at its end, above `least`.
        start: the place of its start.
        end: the place of its end.
        is_logarithmic: whether equal distances are equal factors; `least` is above 0 then.
    """

    least: float
    greatest: float
    start: float
    end: float
    is_logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where the value lies."""
        if self.is_logarithmic:
            share = math.log(value / self.least) / math.log(self.greatest / self.least)
        else:
            share = (value - self.least) / (self.greatest - self.least)
        return round(self.start + share * (self.end - self.start), 1)

    def marks(self) -> list[float]:
        """Some round values within the axis, rising."""
        if self.is_logarithmic:
            return _powers(self.least, self.greatest)
        step = _round_step((self.greatest - self.least) / 5)
        first, last = math.ceil(self.least / step), math.floor(self.greatest / step)
        return [number * step for number in range(first, last + 1)]

    def times(self) -> list[tuple[float, str]]:
        """Some round times within the axis, in nanoseconds and as text, rising."""
        marks = self.marks()
        if self.is_logarithmic or len(marks) < 2:
            texts = [_round_time(mark) for mark in marks]
        else:
            texts = times_text(marks, marks[1] - marks[0])
        return list(zip(marks, texts, strict=True))


def sheet(title: str, elements: Sequence[str]) -> str:
    """The file's text: the elements on a white sheet with a title."""
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="system-ui, sans-serif" '
        f'font-size="13" fill="{_INK}">'
    )
    return "\n".join(
        [
            start,
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            text(LEFT, 28, clipped(escape_line(title), _WIDEST_TITLE), size=16),
            *elements,
            "</svg>\n",
        ]
    )


def value_label(axis: Axis, value: float, label: str) -> str:
    """What stands below the horizontal axis at a value."""
    return text(axis.place(value), BOTTOM + 20, label, anchor="middle")


def text(x: float, y: float, content: str, *, anchor: str = "start", size: int = 13) -> str:
    """A line of text.

    Args:
        x: the place of its anchor.
        y: the place of its base line.
        content: what it says; control characters are escaped.
        anchor: `start`, `middle` or `end`.
        size: of its letters.
    """
    shown = escape(escape_line(content))
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{shown}</text>'


def rectangle(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled rectangle that others shine through."""
    return (
        f'<rect x="{round(x, 1)}" y="{round(y, 1)}" width="{round(width, 1)}" '
        f'height="{round(height, 1)}" fill="{colour}" fill-opacity="0.7"/>'
    )


def path(points: Sequence[tuple[float, float]], colour: str) -> str:
    """A line through the points, each with a dot."""
    joined = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>' for x, y in points)
    return f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def base_line() -> str:
    """The horizontal axis itself."""
    return f'<path d="M{LEFT} {BOTTOM}H{RIGHT}" stroke="{_INK}"/>'


def grid_line(y: float, label: str) -> str:
    """A horizontal line through the chart, with its label on the left."""
    line = f'<path d="M{LEFT} {y}H{RIGHT}" stroke="{_GRID}"/>'
    return line + text(LEFT - 8, y + 4, label, anchor="end")


def legend(names: Sequence[str]) -> list[str]:
    """The names of the calls below the title, each beside its colour."""
    elements = []
    x = float(LEFT)
    for name, colour in zip(names, COLOURS, strict=False):
        elements += [rectangle(x, 39, 10, 10, colour), text(x + 15, 49, name)]
        x += 15 + 8 * len(name) + 20
    return elements


def _round_time(nanoseconds: float) -> str:
    """A time with no more digits than it has: `5 µs`."""
    unit, size = next((each for each in UNITS if nanoseconds >= each[1]), UNITS[-1])
    return f"{nanoseconds / size:.6g} {unit}"


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 … (or 0.5, 0.2 …) that is not less."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)


def _powers(least: float, greatest: float) -> list[float]:
    decades = range(math.floor(math.log10(least)), math.ceil(math.log10(greatest)) + 1)
    is_short = math.log10(greatest / least) < _FEWEST_DECADES
    factors = (1, 2, 5) if is_short else (1,)
    values = [factor * 10.0**decade for decade in decades for factor in factors]
    return [value for value in values if least * 0.999 <= value <= greatest * 1.001]

"""The medians of a scan in an SVG: lines where its values are numbers, bars where they are not."""

import math

from mrepl.bench import svg_drawing as drawing
from mrepl.bench.experiment import Findings
from mrepl.text.display_width import clipped
from mrepl.text.escaping import escape_line

_LOGARITHMIC = 20
"""The greatest by the least value, from which on an axis is logarithmic."""

_CHARACTER = 8  # the width of a usual one, in the sheet's units


def scan_svg(findings: Findings) -> str:
    """The file's text.

    Args:
        findings: of an experiment with a scan.
    """
    medians = [
        [row.figures[number].summary.median for row in findings.rows]
        for number in range(len(findings.experiment.names))
    ]
    up = _axis_of_times([median for series in medians for median in series])
    elements = [drawing.grid_line(up.place(time), label) for time, label in up.times()]
    numbers = [_number(row.value or "") for row in findings.rows]
    if len(set(numbers)) > 1 and not any(map(math.isnan, numbers)):
        elements += _lines(numbers, medians, up)
    else:
        elements += _bars([row.value or "" for row in findings.rows], medians, up)
    names = findings.experiment.names
    if len(names) > 1:
        elements += drawing.legend(names)
    elements += [
        drawing.base_line(),
        drawing.text(
            drawing.RIGHT, 388, f"median of a call by {findings.experiment.parameter}", anchor="end"
        ),
    ]
    return drawing.sheet(str(findings.experiment.call), elements)


def _axis_of_times(times: list[float]) -> drawing.Axis:
    least, greatest = min(times), max(times)
    if greatest / least > _LOGARITHMIC:
        return drawing.Axis(least / 1.5, greatest * 1.5, drawing.BOTTOM, drawing.TOP, True)
    return drawing.Axis(0, greatest * 1.1, drawing.BOTTOM, drawing.TOP)


def _lines(numbers: list[float], medians: list[list[float]], up: drawing.Axis) -> list[str]:
    least, greatest = min(numbers), max(numbers)
    is_logarithmic = least > 0 and greatest / least > _LOGARITHMIC
    across = drawing.Axis(least, greatest, drawing.LEFT, drawing.RIGHT, is_logarithmic)
    places = [across.place(number) for number in numbers]
    elements = [
        drawing.path(
            sorted((x, up.place(median)) for x, median in zip(places, series, strict=True)), colour
        )
        for series, colour in zip(medians, drawing.COLOURS, strict=False)
    ]
    return elements + [
        drawing.value_label(across, mark, f"{mark:,.10g}") for mark in across.marks()
    ]


def _bars(values: list[str], medians: list[list[float]], up: drawing.Axis) -> list[str]:
    room = (drawing.RIGHT - drawing.LEFT) / len(values)
    width = room * 0.8 / len(medians)
    elements = []
    for at, value in enumerate(values):
        left = drawing.LEFT + (at + 0.1) * room
        for number, (series, colour) in enumerate(zip(medians, drawing.COLOURS, strict=False)):
            top = up.place(series[at])
            elements.append(
                drawing.rectangle(left + number * width, top, width, drawing.BOTTOM - top, colour)
            )
        middle = round(drawing.LEFT + (at + 0.5) * room, 1)
        shown = clipped(escape_line(value), max(int(room / _CHARACTER), 1))
        elements.append(drawing.text(middle, drawing.BOTTOM + 20, shown, anchor="middle"))
    return elements


def _number(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan

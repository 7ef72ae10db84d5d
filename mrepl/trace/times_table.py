"""What the time of a trace was spent on, module by module, as a table."""

from collections.abc import Mapping, Sequence

from mrepl.text.display_width import clipped, display_width
from mrepl.text.escaping import escape_line
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.text.measured_times import measured_text
from runtime import Activity

_HEADINGS = ("lifting", "lowering", "Wasm", "host", "adapter")
_WIDEST_NAME = 20
_CELL = 9
_SHARE = 6


def times_table(times: Mapping[tuple[str, Activity], int]) -> MarkedText:
    """A row for each module, in the order in which they were called, and one for all together.

    Args:
        times: nanoseconds by module and activity.
    """
    modules = list(dict.fromkeys(module for module, _ in times))
    rows = [
        (escape_line(module), [times.get((module, activity), 0) for activity in Activity])
        for module in modules
    ]
    whole = sum(times.values())
    width = min(max(display_width(name) for name, _ in [*rows, ("module", [])]), _WIDEST_NAME)
    heading = "".join(f"{each:>{_CELL}}" for each in (*_HEADINGS, "all"))
    spans = [Span(f"{'module':<{width}}{heading}\n", Mark.FAINT)]
    for name, row in rows:
        shown = clipped(name, width)
        spans += (
            Span(shown + " " * (width - display_width(shown)), Mark.NAME),
            Span(f"{_cells(row, whole)}\n"),
        )
    if len(rows) > 1:
        sums = [sum(column) for column in zip(*(row for _, row in rows), strict=True)]
        spans.append(Span(f"{'all':<{width}}{_cells(sums, whole)}\n"))
    return tuple(spans)


def _cells(row: Sequence[int], whole: int) -> str:
    cells = [measured_text(time) if time else "–" for time in (*row, sum(row))]
    share = f"{sum(row) / whole:.0%}" if whole else ""
    return "".join(f"{cell:>{_CELL}}" for cell in cells) + f"{share:>{_SHARE}}"

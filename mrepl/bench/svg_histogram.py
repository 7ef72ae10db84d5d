"""The times of one call, or of two, as a histogram in an SVG."""

from itertools import pairwise

from mrepl.bench import svg_drawing as drawing
from mrepl.bench.comparison_text import comparison_text
from mrepl.bench.experiment import Findings
from mrepl.bench.histogram import bin_edges, count_in_bins
from mrepl.text.measured_times import measured_text

_BINS = 40


def histogram_svg(findings: Findings) -> str:
    """The file's text; outliers are left out, and counted below the chart.

    Args:
        findings: of an experiment without a scan.
    """
    row = findings.rows[0]
    least = min(figures.summary.usual_least for figures in row.figures)
    greatest = max(figures.summary.usual_greatest for figures in row.figures)
    if not least < greatest:
        least, greatest = least * 0.99, least * 1.01 + 1
    edges, is_logarithmic = bin_edges(least, greatest, _BINS)
    counted = [count_in_bins(figures.samples.times, edges) for figures in row.figures]
    most = max(max(counts) for counts, _, _ in counted)
    across = drawing.Axis(least, greatest, drawing.LEFT, drawing.RIGHT, is_logarithmic)
    up = drawing.Axis(0, most * 1.1, drawing.BOTTOM, drawing.TOP)
    elements = [
        drawing.grid_line(up.place(mark), f"{mark:,.0f}")
        for mark in up.marks()
        if mark == int(mark)
    ]
    for (counts, _, _), colour in zip(counted, drawing.COLOURS, strict=False):
        for count, (low, high) in zip(counts, pairwise(edges), strict=True):
            if count:
                left, top = across.place(low), up.place(count)
                width = across.place(high) - left
                height = drawing.BOTTOM - top
                elements.append(drawing.rectangle(left, top, width, height, colour))
    elements += [drawing.base_line()]
    elements += [drawing.value_label(across, *each) for each in across.times()]
    outside = sum(below + above for _, below, above in counted)
    elements.append(
        drawing.text(
            drawing.RIGHT, 388, f"samples by time of a call; {outside:,} outside", anchor="end"
        )
    )
    names = findings.experiment.names
    medians = [measured_text(figures.summary.median) for figures in row.figures]
    if row.comparison is None:
        title = f"{names[0]}: median {medians[0]}"
    else:
        title = comparison_text(names, row.comparison)
        shown = [f"{name}: {median}" for name, median in zip(names, medians, strict=True)]
        elements += drawing.legend(shown)
    return drawing.sheet(title, elements)

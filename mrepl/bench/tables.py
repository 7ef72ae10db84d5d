"""What was found, as texts for tables: a call's numbers, and a row for each value of a scan."""

from mrepl.bench.comparison_text import interval_text, ratio_text
from mrepl.bench.experiment import Findings, Row
from mrepl.bench.summary import Summary
from mrepl.text.display_width import clipped
from mrepl.text.escaping import escape_line
from mrepl.text.measured_times import measured_text, three_digits

_WIDEST = 16  # columns of a name or a value in a scan's table


def summary_texts(summary: Summary) -> dict[str, str]:
    """The numbers by their names, in the order in which reports show them."""
    return {
        "median": measured_text(summary.median),
        "mean": measured_text(summary.mean),
        "σ": measured_text(summary.deviation),
        "min": measured_text(summary.least),
        "p95": measured_text(summary.percentile_95),
        "max": measured_text(summary.greatest),
        "outliers": f"{summary.outliers:,}",
        "calls/s": three_digits(1e9 / summary.mean),
    }


def scan_table(findings: Findings) -> list[list[str]]:
    """The table's headings, and its rows, all of as many texts."""
    names = findings.experiment.names
    table = [[_clipped(findings.experiment.parameter or ""), "median", "± σ"]]
    if len(names) > 1:
        table[0] += [_clipped(names[1]), "± σ", "times as fast"]
    else:
        table[0] += ["min", "p95", "calls/s"]
    return table + [_fields(row) for row in findings.rows]


def _fields(row: Row) -> list[str]:
    texts = [summary_texts(figures.summary) for figures in row.figures]
    fields = [_clipped(row.value or ""), texts[0]["median"], texts[0]["σ"]]
    if row.comparison is None:
        return [*fields, *(texts[0][name] for name in ("min", "p95", "calls/s"))]
    ratio = ratio_text(row.comparison)
    if row.comparison.interval is None:
        ratio += " (too few pairs)"
    elif row.comparison.is_decided:
        ratio += f" ({interval_text(row.comparison)})"
    else:
        ratio = "no difference"
    return [*fields, texts[1]["median"], texts[1]["σ"], ratio]


def _clipped(text: str) -> str:
    return clipped(escape_line(text), _WIDEST)

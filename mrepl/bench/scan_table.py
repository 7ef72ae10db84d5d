"""What a parameter scan found: a row for each value."""

from mrepl.bench.comparison_text import interval_text, ratio_text
from mrepl.bench.experiment import Findings, Row
from mrepl.bench.summary_text import summary_texts
from mrepl.escaping import escape_line

_MOST_CHARACTERS = 16


def scan_table(findings: Findings) -> list[list[str]]:
    """The table's headings, and its rows, all of as many texts."""
    names = findings.experiment.names
    table = [[_cut(findings.experiment.parameter or ""), "median"]]
    if len(names) > 1:
        table[0] += ["± σ", _cut(escape_line(names[1])), "± σ", "times as fast"]
    else:
        table[0] += ["± σ", "min", "p95", "calls/s"]
    return table + [_fields(row) for row in findings.rows]


def _fields(row: Row) -> list[str]:
    texts = [summary_texts(figures.summary) for figures in row.figures]
    fields = [_cut(escape_line(row.value or "")), texts[0]["median"], texts[0]["σ"]]
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


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"

"""What an experiment found, for other programs: csv and json with every single time, md, svg."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from mrepl.bench.comparison_text import comparison_text
from mrepl.bench.experiment import Findings
from mrepl.bench.result_json import findings_json
from mrepl.bench.svg_histogram import histogram_svg
from mrepl.bench.svg_scan import scan_svg
from mrepl.bench.tables import scan_table, summary_texts
from mrepl.text.escaping import escape_line
from mrepl.text.measured_times import measured_text


def csv_text(findings: Findings) -> str:
    """One line a sample, with a heading: the call, the scan's value, its number, its nanoseconds.

    A time is the mean of `calls_per_sample` calls.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    experiment = findings.experiment
    writer.writerow(["call", experiment.parameter or "value", "sample", "calls_per_sample", "ns"])
    for row in findings.rows:
        for name, figures in zip(experiment.names, row.figures, strict=True):
            for number, time in enumerate(figures.samples.times, start=1):
                batch = figures.samples.batch
                writer.writerow([name, row.value or "", number, batch, round(time, 3)])
    return text.getvalue()


def json_text(findings: Findings) -> str:
    """What `--json` gives, and the times."""
    return json.dumps(findings_json(findings, raw=True), ensure_ascii=False, indent=1) + "\n"


def markdown_text(findings: Findings) -> str:
    """A table, and a sentence for a comparison."""
    experiment = findings.experiment
    rows = findings.rows
    if experiment.parameter is not None:
        table, sentences = scan_table(findings), []
    else:
        texts = [summary_texts(figures.summary) for figures in rows[0].figures]
        table = [["call", *texts[0]]]
        for name, text in zip(experiment.names, texts, strict=True):
            table.append([escape_line(name), *text.values()])
        compared = rows[0].comparison
        sentences = [] if compared is None else [comparison_text(experiment.names, compared)]
    about = f"`{experiment.call}`" if experiment.parameter is not None else ""
    sentences.append(f"A call that does nothing takes {measured_text(findings.empty_call)}.")
    parts = [about, _markdown_table(table), *sentences]
    return "\n\n".join(part for part in parts if part) + "\n"


def svg_text(findings: Findings) -> str:
    """A histogram of the times, or the medians of a scan."""
    if findings.experiment.parameter is None:
        return histogram_svg(findings)
    return scan_svg(findings)


EXPORTS: Mapping[str, Callable[[Findings], str]] = MappingProxyType(
    {"csv": csv_text, "json": json_text, "md": markdown_text, "svg": svg_text}
)
"""What makes the text of a file, by format."""


def _markdown_table(table: list[list[str]]) -> str:
    heading, *rows = ([field.replace("|", "\\|") for field in fields] for fields in table)
    rule = ["---", *["---:"] * (len(heading) - 1)]
    return "\n".join(f"| {' | '.join(fields)} |" for fields in (heading, rule, *rows))

"""What an experiment found, as text that fits 80 columns."""

from collections.abc import Iterator, Sequence
from itertools import chain

from mrepl.bench.comparison_text import comparison_text
from mrepl.bench.experiment import Figures, Findings, Row
from mrepl.bench.histogram import histogram, histogram_lines
from mrepl.bench.sampling import FEWEST_SAMPLES
from mrepl.bench.scan_table import scan_table
from mrepl.bench.summary import Summary
from mrepl.bench.summary_text import summary_texts
from mrepl.escaping import escape_line
from mrepl.marked_text import Mark, MarkedText, Span
from mrepl.measured_times import measured_text

_WIDTH = 78
_MOST_NAME = 30  # characters, in a table
_MOST_SUBJECT = 32  # and before a hint
_MANY_OUTLIERS = 0.1
_SLOW_FIRST_SAMPLE = 1.5
"""The first sample by the median, from which on the user is told."""


def report_text(findings: Findings) -> MarkedText:
    """What the shell prints."""
    parts: list[Iterator[Span]] = [_heading(findings)]
    first = findings.rows[0]
    if findings.experiment.parameter is not None:
        parts.append(_rows(findings))
    elif first.comparison is not None:
        parts += (_side_by_side(findings, first), _verdict(findings.experiment.names, first))
    else:
        parts += (_figures(first.figures[0].summary, findings.empty_call), _bars(first.figures[0]))
    parts += (_hints(findings), _origin(findings))
    return tuple(chain.from_iterable(parts))


def _heading(findings: Findings) -> Iterator[Span]:
    experiment = findings.experiment
    yield Span(escape_line(str(experiment.steps[0].calls[0])), Mark.NAME)
    if len({call.engine for call in experiment.steps[0].calls}) == 1:
        yield Span(f" (engine {experiment.engine.value})", Mark.FAINT)
    yield Span("\n")


def _figures(summary: Summary, empty_call: float) -> Iterator[Span]:
    lines = summary_texts(summary)
    yield Span(f"  {'median':<12}{lines['median']:>10}")
    yield Span(f"   {_share_text(summary.median, empty_call)}\n", Mark.FAINT)
    yield Span(f"  {'mean ± σ':<12}{lines['mean']:>10} ± {lines['σ']}\n")
    for name in ("min", "p95", "max", "outliers", "calls/s"):
        yield Span(f"  {name:<12}{lines[name]:>10}\n")
    yield Span("\n")


def _share_text(median: float, empty_call: float) -> str:
    """What a call that does nothing has of a time."""
    empty = measured_text(empty_call)
    if median <= empty_call * 1.02:
        return f"what any call takes ({empty})"
    return f"of which {empty} is what any call takes"


def _bars(figures: Figures) -> Iterator[Span]:
    drawn = histogram(figures.samples.times, figures.summary)
    for line in histogram_lines(drawn, _WIDTH):
        yield Span(f"  {line}\n")
    yield Span("\n")


def _side_by_side(findings: Findings, row: Row) -> Iterator[Span]:
    columns = [summary_texts(figures.summary) for figures in row.figures]
    names = [_cut(escape_line(name), _MOST_NAME) for name in findings.experiment.names]
    width = max(12, *map(len, names))
    yield Span(f"  {'':<12}{''.join(f'{name:>{width}}  ' for name in names).rstrip()}\n", Mark.NAME)
    for key in columns[0]:
        values = "".join(f"{column[key]:>{width}}  " for column in columns).rstrip()
        yield Span(f"  {key:<12}{values}\n")
    yield Span(f"  what any call takes: {measured_text(findings.empty_call)}\n\n", Mark.FAINT)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _verdict(names: Sequence[str], row: Row) -> Iterator[Span]:
    if row.comparison is None:
        return
    yield Span(f"  {comparison_text(names, row.comparison)}\n")
    if row.comparison.interval is not None:
        yield Span(
            f"  in {row.comparison.pairs:,} pairs taken by turns; in brackets the 95 % confidence "
            "interval\n  of the median of their ratios\n\n",
            Mark.FAINT,
        )


def _rows(findings: Findings) -> Iterator[Span]:
    table = scan_table(findings)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for number, fields in enumerate(table):
        line = "  ".join(f"{field:>{width}}" for field, width in zip(fields, widths, strict=True))
        yield Span(f"  {line}\n", Mark.PLAIN if number else Mark.NAME)
    yield Span(f"  what any call takes: {measured_text(findings.empty_call)}\n\n", Mark.FAINT)


def _hints(findings: Findings) -> Iterator[Span]:
    experiment = findings.experiment
    for row in findings.rows:
        for name, figures in zip(experiment.names, row.figures, strict=True):
            subject = [] if row.value is None else [f"{experiment.parameter}={row.value}"]
            subject += [name] if len(experiment.names) > 1 else []
            about = f"{_cut(escape_line(', '.join(subject)), _MOST_SUBJECT)}: " if subject else ""
            for hint in _hints_of(figures):
                yield Span(f"  {about}{hint}\n", Mark.FAINT)
    if findings.interrupted:
        yield Span("  interrupted: these are the samples until then\n", Mark.ERROR)


def _hints_of(figures: Figures) -> Iterator[str]:
    samples, summary = figures.samples, figures.summary
    if samples.times[0] > _SLOW_FIRST_SAMPLE * summary.median and summary.count > FEWEST_SAMPLES:
        yield f"the first sample was slow: {measured_text(samples.times[0])}; try --warmup"
    if summary.outliers > _MANY_OUTLIERS * summary.count:
        yield "many outliers: is the machine busy?"


def _origin(findings: Findings) -> Iterator[Span]:
    """Where the numbers come from, where there is room to say it."""
    if findings.experiment.parameter is not None:
        return
    names, figures = findings.experiment.names, findings.rows[0].figures
    for name, each in zip(names, figures, strict=True):
        samples = each.samples
        about = f"{_cut(escape_line(name), _MOST_NAME)}: " if len(names) > 1 else ""
        batches = "one call" if samples.batch == 1 else f"the mean of {samples.batch:,} calls"
        yield Span(f"  {about}{len(samples.times):,} samples, each {batches}\n", Mark.FAINT)
    if len(names) == 1:
        first = figures[0].samples
        yield Span(
            f"  the first call took {measured_text(first.first_call)}; "
            f"warm-up of {first.warm_up:,} calls\n",
            Mark.FAINT,
        )

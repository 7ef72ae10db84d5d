"""What an experiment found, as text that fits 80 columns."""

from collections.abc import Iterator, Sequence
from itertools import chain

from mrepl.bench.comparison_text import comparison_text
from mrepl.bench.experiment import Figures, Findings, Row
from mrepl.bench.histogram import histogram, histogram_lines
from mrepl.bench.summary import Summary
from mrepl.bench.tables import scan_table, summary_texts
from mrepl.text.display_width import clipped, display_width
from mrepl.text.escaping import escape_line
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.text.measured_times import measured_text

_WIDTH = 78
_WIDEST_NAME = 30  # columns, in a table
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
    yield Span(escape_line(str(experiment.call)), Mark.NAME)
    if len({call.engine for call in experiment.steps[0].calls}) == 1:
        yield Span(f" (engine {experiment.call.engine.value})", Mark.FAINT)
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
    names = [clipped(escape_line(name), _WIDEST_NAME) for name in findings.experiment.names]
    width = max(12, *map(display_width, names))
    heading = "  ".join(_to_the_right(name, width) for name in names)
    yield Span(f"  {'':<12}{heading}\n", Mark.NAME)
    for key in columns[0]:
        values = "  ".join(_to_the_right(column[key], width) for column in columns)
        yield Span(f"  {key:<12}{values}\n")
    yield Span(f"  what any call takes: {measured_text(findings.empty_call)}\n\n", Mark.FAINT)


def _to_the_right(text: str, width: int) -> str:
    return " " * (width - display_width(text)) + text


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
    widths = [max(map(display_width, column)) for column in zip(*table, strict=True)]
    for number, fields in enumerate(table):
        line = "  ".join(map(_to_the_right, fields, widths))
        yield Span(f"  {line}\n", Mark.PLAIN if number else Mark.NAME)
    yield Span(f"  what any call takes: {measured_text(findings.empty_call)}\n\n", Mark.FAINT)


def _hints(findings: Findings) -> Iterator[Span]:
    measured = [figures for row in findings.rows for figures in row.figures]
    for is_so, text, advice in (
        (_has_slow_first_sample, "slow first sample", "there was no warm-up"),
        (_has_many_outliers, "many outliers", "is the machine busy?"),
    ):
        count = sum(map(is_so, measured))
        where = f" in {count} of {len(measured)} measurements" if len(measured) > 1 else ""
        if count:
            yield Span(f"  {text}{where}: {advice}\n", Mark.FAINT)
    if findings.interrupted:
        yield Span("  interrupted: these are the samples until then\n", Mark.ERROR)


def _has_slow_first_sample(figures: Figures) -> bool:
    """Where there was a warm-up, a slow one is no more than an outlier."""
    samples = figures.samples
    is_slow = samples.times[0] > _SLOW_FIRST_SAMPLE * figures.summary.median
    return is_slow and samples.warm_up == 0


def _has_many_outliers(figures: Figures) -> bool:
    return figures.summary.outliers > _MANY_OUTLIERS * figures.summary.count


def _origin(findings: Findings) -> Iterator[Span]:
    """Where the numbers come from, where there is room to say it."""
    if findings.experiment.parameter is not None:
        return
    names, figures = findings.experiment.names, findings.rows[0].figures
    for name, each in zip(names, figures, strict=True):
        samples = each.samples
        about = f"{clipped(escape_line(name), _WIDEST_NAME)}: " if len(names) > 1 else ""
        batches = "one call" if samples.batch == 1 else f"the mean of {samples.batch:,} calls"
        yield Span(f"  {about}{len(samples.times):,} samples, each {batches}\n", Mark.FAINT)
    if len(names) == 1:
        first = figures[0].samples
        yield Span(
            f"  the first call took {measured_text(first.first_call)}; "
            f"warm-up of {first.warm_up:,} calls\n",
            Mark.FAINT,
        )

"""What an experiment found, as JSON (spec mrepl.md, "`--json`")."""

from mrepl.bench.experiment import Figures, Findings, Row
from runtime import JsonValue

_DECIMALS = 3  # of nanoseconds


def findings_json(findings: Findings, *, raw: bool = False) -> dict[str, JsonValue]:
    """The findings.

    Args:
        findings: what was found.
        raw: whether every single time is in it too, as `times_ns`.

    Returns:
        `call`, `engine`, `empty_call_ns`, `interrupted`; without a scan the figures of the call
        (`samples`, `iterations`, `median_ns` …) and `vs`, with one `scan`, whose `rows` have them
        for each value.
    """
    experiment = findings.experiment
    result: dict[str, JsonValue] = {
        "call": str(experiment.call),
        "engine": experiment.call.engine.value,
        "empty_call_ns": _rounded(findings.empty_call),
        "interrupted": findings.interrupted,
        "first_call_ns": _rounded(findings.rows[0].figures[0].samples.first_call),
    }
    other = experiment.names[1] if len(experiment.names) > 1 else None
    if experiment.parameter is None:
        return {**result, **_row(findings.rows[0], other, raw), "scan": None}
    rows: list[JsonValue] = [{"value": row.value, **_row(row, other, raw)} for row in findings.rows]
    return {**result, "scan": {"name": experiment.parameter, "rows": rows}}


def _row(row: Row, other: str | None, raw: bool) -> dict[str, JsonValue]:
    first = _figures(row.figures[0], raw)
    if row.comparison is None:
        return {**first, "vs": None}
    low, high = row.comparison.interval or (None, None)
    compared: dict[str, JsonValue] = {
        "name": other,
        "pairs": row.comparison.pairs,
        "ratio": _rounded(row.comparison.ratio),
        "ratio_low": _rounded(low),
        "ratio_high": _rounded(high),
        **_figures(row.figures[1], raw),
    }
    return {**first, "vs": compared}


def _figures(figures: Figures, raw: bool) -> dict[str, JsonValue]:
    samples, summary = figures.samples, figures.summary
    result: dict[str, JsonValue] = {
        "iterations": summary.count * samples.batch,
        "samples": summary.count,
        "calls_per_sample": samples.batch,
        "min_ns": _rounded(summary.least),
        "median_ns": _rounded(summary.median),
        "mean_ns": _rounded(summary.mean),
        "stddev_ns": _rounded(summary.deviation),
        "p95_ns": _rounded(summary.percentile_95),
        "max_ns": _rounded(summary.greatest),
        "calls_per_second": _rounded(1e9 / summary.mean),
        "outliers": summary.outliers,
        "warmup_calls": samples.warm_up,
    }
    if raw:
        result["times_ns"] = [_rounded(time) for time in samples.times]
    return result


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, _DECIMALS)

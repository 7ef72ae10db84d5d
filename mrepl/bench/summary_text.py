"""A summary's numbers as text."""

from mrepl.bench.summary import Summary
from mrepl.measured_times import measured_text, three_digits


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

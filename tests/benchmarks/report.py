"""The measurements as JSON, for comparing runs."""

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from tests.benchmarks.measuring import Measurement
from tests.benchmarks.table import RATIOS


def own_versions() -> dict[str, str]:
    """The versions of what our own engines consist of."""
    return {
        "Python": platform.python_version(),
        "wasmtime": importlib.metadata.version("wasmtime"),
    }


def report(measurements: Sequence[Measurement], versions: Mapping[str, str]) -> dict[str, object]:
    """Everything measured.

    Returns:
        `versions` by name, and `cases`: each with its name, its quantity (`seconds` or `bytes`),
        `figures` and `reasons` by contestant, and `ratios` by the contestants' names, such as
        `fused/marine-js`.
    """
    return {"versions": dict(versions), "cases": [_case(each) for each in measurements]}


def _case(measurement: Measurement) -> dict[str, object]:
    ratios = {"/".join(names): measurement.ratio(*names) for names in RATIOS}
    return {
        "name": measurement.case.name,
        "quantity": measurement.case.quantity.value,
        "figures": {name: asdict(figure) for name, figure in measurement.figures.items()},
        "reasons": dict(measurement.reasons),
        "ratios": {name: ratio for name, ratio in ratios.items() if ratio is not None},
    }

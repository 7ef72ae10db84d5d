"""The benchmarks' command works; what it measures is nobody's pass or fail."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.cases import CallCase, Case, LoopCase, all_cases
from tests.benchmarks.measuring import CannotRun, Sampler, WrongResult, measure, sampler_of_loop
from tests.support.paths import PROJECT


def run_benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--without-peer", "--time", "0.01", *arguments],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=60,
        check=False,
    )


def test_the_command_prints_a_row_a_case_and_writes_the_same_as_json(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    done = run_benchmarks("--case", "greeting, 10 B", "--json", str(file))
    assert done.stderr == ""
    versions, headings, row = done.stdout.splitlines()
    assert versions.startswith("Python ")
    assert headings.split() == ["case", "interp", "fused", "interp/fused"]
    assert row.startswith("greeting, 10 B ")
    assert row.split()[-1] == "×"
    report = json.loads(file.read_text(encoding="utf-8"))
    assert set(report["versions"]) == {"Python", "wasmtime"}
    (case,) = report["cases"]
    assert (case["name"], case["quantity"]) == ("greeting, 10 B", "seconds")
    for figure in case["figures"].values():
        assert 0 < figure["lower_quartile"] <= figure["median"] <= figure["upper_quartile"]
    medians = {name: figure["median"] for name, figure in case["figures"].items()}
    assert case["ratios"] == {"interp/fused": medians["interp"] / medians["fused"]}


def test_a_profile_shows_the_stages_of_a_call() -> None:
    done = run_benchmarks("--case", "integers", "--profile")
    assert done.stderr == ""
    interp, fused = done.stdout.split("  fused\n")
    for stage in ("JSON in", "adapters and raw calls", "JSON out", "the rest", "whole call"):
        assert stage in interp
        assert stage in fused
    for part in ("arguments packed", "written, raw call", "result unpacked"):
        assert part not in interp
        assert part in fused


def test_a_case_that_is_not_there_is_a_wrong_command_line_that_names_those_that_are() -> None:
    done = run_benchmarks("--case", "no such thing")
    assert done.returncode == 2
    assert "greeting, 1 MB; " in done.stderr


class Fixed:
    """A contestant whose calls always give the same and take no time, or that can run nothing."""

    def __init__(self, name: str, result: object) -> None:
        self.name = name
        self._result = result

    def sampler(self, case: Case) -> Sampler:
        if self._result is None:
            raise CannotRun(f"nothing for {case.name}")
        return Sampler(lambda _seconds: 2.0, result=self._result)


@pytest.fixture
def case(tmp_path: Path) -> CallCase:
    return next(each for each in all_cases(tmp_path, None) if isinstance(each, CallCase))


def test_a_contestant_that_cannot_run_a_case_gives_its_reason(case: CallCase) -> None:
    measurement = measure(case, [Fixed("one", 1), Fixed("other", None)], seconds=0)
    assert measurement.figures["one"].median == 2.0
    assert measurement.reasons == {"other": f"nothing for {case.name}"}
    assert measurement.ratio("one", "other") is None


class Linear:
    """A contestant whose loop takes 3 seconds, and 2 more for each iteration."""

    name = "linear"

    def sampler(self, case: Case) -> Sampler:
        assert isinstance(case, CallCase)
        (iterations,) = json.loads(case.arguments)
        return Sampler(lambda _seconds: 3.0 + 2.0 * iterations, result=iterations)


def test_a_loops_figure_is_that_of_one_iteration_without_the_call_around(tmp_path: Path) -> None:
    for loop in all_cases(tmp_path, None):
        if isinstance(loop, LoopCase):
            sampler = sampler_of_loop(loop, Linear())
            assert sampler.sample(0) == 2.0
            assert sampler.result == loop.iterations


def test_contestants_whose_results_differ_are_not_measured(case: CallCase) -> None:
    with pytest.raises(WrongResult, match="other gives 2, one 1"):
        measure(case, [Fixed("one", 1), Fixed("other", 2)], seconds=0)

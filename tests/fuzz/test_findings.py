"""What the fuzzer found once stays mended, and its targets hold for what it begins with."""

import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Event

import pytest

from tests.fuzz.campaign import Directories, fuzz_target
from tests.fuzz.findings import keep_finding, kept_findings, place_of
from tests.fuzz.state_file import StateFile, read_state
from tests.fuzz.target import TARGETS, Target, check, find_target
from tests.support.paths import PROJECT

SECONDS = 120
"""By the clock on the wall: for a process that hangs."""


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found_stays_mended_and_the_seeds_hold(name: str, tmp_path: Path) -> None:
    target = find_target(name)
    seeds = [seed for seed in target.seeds() if len(seed) <= target.longest]
    every = 8 if name == "modules" else 1  # each module is loaded and called twice
    files = [keep_finding(tmp_path, name, seed) for seed in seeds[::every]]
    files += kept_findings(name)

    replayed = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.replay", *map(str, files)],
        cwd=PROJECT, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert files
    assert replayed.returncode == 0, replayed.stderr[-5_000:]


def test_a_replay_that_fails_shows_the_traceback_and_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "no_such_target" / "file"

    replayed = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.replay", str(path)],
        cwd=PROJECT, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert replayed.returncode == 1
    assert "ModuleNotFoundError" in replayed.stderr
    assert str(path) in replayed.stderr


@pytest.mark.parametrize("name", ["section", "validator", "metadata", "modules"])
def test_changes_of_seeds_are_other_inputs(name: str) -> None:
    target = find_target(name)
    assert target.mutate is not None
    random = Random(1)
    seeds = list(target.seeds())

    changed = [target.mutate(random.choice(seeds), random) for _ in range(200)]

    assert len(set(changed) - set(seeds)) > 100


def test_an_exception_is_known_by_its_place() -> None:
    def fail(data: bytes) -> None:
        raise ValueError(data)

    target = Target(fail, lambda: iter([b""]))
    with pytest.raises(ValueError, match="x") as first:
        check(target, b"x")
    with pytest.raises(ValueError, match="y") as second:
        check(target, b"y")

    assert place_of(first.value).startswith("ValueError ")
    assert Path(__file__).name in place_of(first.value)
    assert place_of(first.value) != place_of(KeyError())
    assert first.value.args != second.value.args


def test_the_input_that_ended_a_process_is_in_its_state_file(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with StateFile.opened(path, 100) as state:
        state.begin(b"first")
        state.end()
        assert read_state(path).data is None
        state.begin(b"second")

    assert read_state(path).data == b"second"
    assert read_state(path).count == 2


def test_an_interrupted_campaign_ends_before_its_time_and_finds_nothing(tmp_path: Path) -> None:
    interrupted = Event()
    interrupted.set()

    fuzzed = fuzz_target("section", SECONDS, Directories(tmp_path, tmp_path / "found"), interrupted)

    assert fuzzed.trouble == "interrupted"
    assert fuzzed.findings == ()
    assert fuzzed.seconds < SECONDS

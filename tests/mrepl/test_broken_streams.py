"""Standard streams that are closed or full when a program starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mrepl.process.streams import abandon
from tests.support.paths import FIXTURES
from tests.support.program import run_process

MODULE = FIXTURES / "greeting" / "artifacts" / "greeting.wasm"
UNBUFFERED = ("", "1")

HELP = "mrepl -q -c help"
PRINTING = (HELP, "mrepl --help", "mrepl --version", f"mrepl.marine it {MODULE}")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")


def _run(command: str, unbuffered: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a program in a shell, where redirections stand as users write them."""
    return run_process("sh", "-c", f"{sys.executable} -m {command}", PYTHONUNBUFFERED=unbuffered)


@pytest.mark.parametrize("unbuffered", UNBUFFERED)
@pytest.mark.parametrize("command", PRINTING)
def test_results_for_a_closed_stdout_are_an_error(command: str, unbuffered: str) -> None:
    done = _run(f"{command} >&-", unbuffered)
    assert done.returncode == 74
    assert len(done.stderr.splitlines()) == 1
    assert "print results" in done.stderr


@FULL
@pytest.mark.parametrize("unbuffered", UNBUFFERED)
@pytest.mark.parametrize("command", PRINTING)
def test_results_for_a_full_disk_are_an_error(command: str, unbuffered: str) -> None:
    done = _run(f"{command} >/dev/full", unbuffered)
    assert done.returncode == 74
    assert len(done.stderr.splitlines()) == 1
    assert "print results" in done.stderr


def test_a_closed_stdout_that_nothing_is_printed_on_does_no_harm() -> None:
    done = _run("mrepl -q >&-")
    assert (done.returncode, done.stderr) == (0, "")


def test_with_stdout_and_stderr_closed_the_status_alone_tells() -> None:
    assert _run(f"{HELP} <&- >&- 2>&-").returncode == 74


@pytest.mark.parametrize("command", PRINTING)
def test_a_closed_stdin_changes_nothing_for_commands_that_do_not_read(command: str) -> None:
    done = _run(f"{command} <&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_closed_stdin_is_an_empty_script() -> None:
    done = _run("mrepl -q <&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("command", PRINTING)
def test_a_closed_stderr_changes_no_result(command: str) -> None:
    assert _run(f"{command} 2>&-").stdout == _run(command).stdout
    assert _run(f"{command} 2>&-").returncode == 0


@FULL
def test_a_full_stderr_ends_the_program_without_a_word() -> None:
    done = _run("mrepl -c help 2>/dev/full")  # the welcome goes to standard error
    assert (done.returncode, done.stdout) == (74, "")


def test_a_stream_that_is_abandoned_takes_no_other_descriptor(tmp_path: Path) -> None:
    with (tmp_path / "output").open("w") as stream:
        free = os.dup(0)
        os.close(free)
        abandon(stream)
        next_free = os.dup(0)
        os.close(next_free)
    assert next_free == free

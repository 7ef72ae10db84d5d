"""What the README says is what happens."""

import os
import subprocess
import sys

import pytest

from tests.support.paths import PROJECT
from tests.support.transcripts import blocks, replay, steady

TRANSCRIPTS = [block.text for block in blocks("console")]
PROGRAMS = [block.text for block in blocks("python")]


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda text: text.partition("\n")[0])
def test_a_transcript_is_what_its_commands_print(transcript: str) -> None:
    assert steady(replay(transcript)) == steady(transcript)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_python_example_runs(program: str) -> None:
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=True,
        timeout=60,
    )


def test_the_first_command_lines_run_the_main_job_and_the_tests() -> None:
    main_job, tests = [block.text.strip() for block in blocks("sh")][:2]
    assert main_job.endswith("mrepl fixtures/greeting/Config.toml")
    assert tests.endswith("python -m pytest")
    for line in (main_job, tests):
        assert line.startswith("python3 -m venv .venv && .venv/bin/pip install")

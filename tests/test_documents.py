"""What the README and the guide say is what happens."""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.record_session import RECORDING, record
from tests.support.paths import PROJECT
from tests.support.program import environment
from tests.support.screen_svg import text_of
from tests.support.transcripts import DOCUMENTS, README, Block, blocks, replay, shown_files, steady


def _name(block: Block) -> str:
    return f"{block.document.name}: {block.text.partition(chr(10))[0]}"


@pytest.mark.parametrize("transcript", blocks("console"), ids=_name)
def test_a_transcript_is_what_its_commands_print(transcript: Block) -> None:
    assert steady(replay(transcript)) == steady(transcript.text)


@pytest.mark.parametrize(
    "program", [block for block in blocks("python") if block.file is None], ids=_name
)
def test_a_python_example_runs(program: Block) -> None:
    subprocess.run(
        [sys.executable, "-c", program.text],
        cwd=PROJECT,
        env=environment(PYTHONPATH=str(PROJECT)),
        check=True,
        timeout=60,
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_shows_is_run_in_it(document: Path) -> None:
    commands = "".join(block.text for block in blocks("console", [document]))
    for name in shown_files(document):
        assert name in commands


def test_the_first_command_lines_run_the_main_job_and_the_tests() -> None:
    main_job, tests = [block.text.strip() for block in blocks("sh", [README])][:2]
    assert main_job.endswith("mrepl fixtures/greeting/Config.toml")
    assert tests.endswith("python -m pytest")
    for line in (main_job, tests):
        assert line.startswith("python3 -m venv .venv && .venv/bin/pip install")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_readme_leads_to_every_page_of_the_guide() -> None:
    text = README.read_text(encoding="utf-8")
    for page in DOCUMENTS[1:]:
        assert f"](mrepl/guide/{page.name})" in text


def test_the_recorded_session_is_what_happens() -> None:
    drawn = re.findall(r"<g .*?>(.*)</g>", RECORDING.read_text(encoding="utf-8"))
    recorded = {html.unescape(re.sub(r"<[^>]*>", "", line)) for line in drawn}
    now = {line for frame in record() for line in text_of(frame).splitlines()}
    assert _prompts(recorded) == _prompts(now)


def _prompts(lines: set[str]) -> set[str]:
    """What stood at the prompt, without blanks, some of which a recording leaves out."""
    return {re.sub(r"\s", "", line) for line in lines if re.match(r"\d+>", line)}

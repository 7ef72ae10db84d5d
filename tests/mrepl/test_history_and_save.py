"""`history` and `save`: a session's commands, shown, kept and run again."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrepl import __version__
from mrepl.command import Reply
from mrepl.settings import Settings
from mrepl.shell import Shell
from runtime import Engine
from tests.support.paths import FIXTURES
from tests.support.program import COMMAND, json_objects, run_mrepl, run_process
from tests.support.shells import text_shell

CONFIG = FIXTURES / "greeting" / "Config.toml"
SHOP = FIXTURES / "shop"
MULTI_LINE = 'call greeting greeting {\n\n  "name": "a\\nb"\n}'

COMMANDS = (
    'call greeting greeting ["John"]',
    "call greeting nope []",
    MULTI_LINE,
    "nonsense",
    "help",
    "?",
    "history",
    "set timeout 3",
    "interface greeting",
)
"""A session's commands; two of them fail."""


@pytest.fixture
def shell() -> Iterator[Shell]:
    with text_shell(CONFIG) as shell:
        yield shell


def _in_a_shell(words: str, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Runs `mrepl` with words that a shell takes apart, after what the shell is to do before."""
    return run_process("sh", "-c", f"{before}{shlex.join(COMMAND)} {words}")


def run_all(shell: Shell) -> None:
    for line in COMMANDS:
        shell.run(line)


def test_history_numbers_the_lines_and_says_what_came_of_each(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    run_all(shell)
    capsys.readouterr()
    shell.run("history")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('1  call greeting greeting ["John"]  (')
    assert lines[1] == (
        "2  call greeting nope []  (failed: module 'greeting' has no public function 'nope' "
        "(it has: greeting))"
    )
    assert lines[2:6] == [
        "3  call greeting greeting {",
        "   ",
        '     "name": "a\\nb"',
        lines[5],
    ]
    assert lines[5].startswith("   }  (")


def test_history_shows_the_last_lines_with_their_own_numbers(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(12):
        shell.run("set timing")
    capsys.readouterr()
    shell.run("history 3")
    shown = [line[:14] for line in capsys.readouterr().out.splitlines()]
    assert shown == ["10  set timing", "11  set timing", "12  set timing", ""]


@pytest.mark.parametrize("count", ["0", "-1", "x", "1.5", "٣", "9" * 10])
def test_history_wants_a_number_of_lines(
    shell: Shell, capsys: pytest.CaptureFixture[str], count: str
) -> None:
    assert not shell.run(f"history {count}").ok
    assert "expected how many lines, at least 1, got" in capsys.readouterr().err


def test_history_as_data(shell: Shell) -> None:
    shell.run("set timing")
    shell.run("nonsense")
    outcome = shell.run("history")
    assert isinstance(outcome.result, Reply)
    first, second = json.loads(outcome.result.result)["commands"]
    assert (first["number"], first["command"], first["ok"]) == (1, "set timing", True)
    assert (second["number"], second["ok"]) == (2, False)
    assert second["error"].startswith("no command 'nonsense'")


def test_a_saved_session_runs_again_with_the_same_results(
    shell: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "session.txt"
    run_all(shell)
    capsys.readouterr()
    shell.run(f"save {shlex.quote(str(file))}")
    assert capsys.readouterr().out.startswith("4 commands saved in ")
    done = run_mrepl("--json", str(CONFIG), stdin=file.read_text())
    assert done.returncode == 0
    objects = json_objects(done.stdout)
    assert [each["command"] for each in objects[1:]] == [
        COMMANDS[0],
        MULTI_LINE,
        "set timeout 3",
        "interface greeting",
    ]
    assert [each["result"] for each in objects[1:3]] == ["Hi, John", "Hi, a\nb"]


def test_a_saved_session_begins_with_how_to_run_it_and_keeps_failures_as_remarks(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "session.txt"
    with text_shell(CONFIG, Settings(engine=Engine.INTERP, timeout=2.5)) as shell:
        shell.run("call greeting nope []")
        shell.run("call greeting greeting [\n1]")
        shell.run(f"save {file}")
    capsys.readouterr()
    assert file.read_text() == (
        f"# A session of mrepl {__version__}; once more: "
        f"mrepl --timeout 2.5 --engine interp {CONFIG} < {file}\n"
        "# call greeting nope []\n"
        "#   failed: module 'greeting' has no public function 'nope' (it has: greeting)\n"
        "# call greeting greeting [\n"
        "# 1]\n"
        "#   failed: wrong arguments for fn greeting(name: string) -> string "
        "of module 'greeting': args[0]: expected string, got 1\n"
    )


def test_a_saved_session_runs_again_as_its_first_line_says(tmp_path: Path) -> None:
    (tmp_path / "a session").mkdir()
    prices, file = tmp_path / "all prices.py", tmp_path / "a session" / "lines"
    prices.write_text((SHOP / "prices.py").read_text())
    config = tmp_path / "Config.toml"
    config.write_text(
        f'mounted = 1\n[[module]]\nname = "shop"\nload_from = "{SHOP / "artifacts"}"\n'
    )
    options = ["--host", str(prices), "--timeout", "1234567.5"]
    options += ["--engine", "interp", "--style", "debug", "--working-dir", str(tmp_path)]
    call = 'call shop sell ["tea", 2]'
    first = run_mrepl("-q", *options, str(config), "-c", call, "-c", f"save '{file}'")
    assert first.returncode == 0, first.stderr

    again = file.read_text().partition("once more: mrepl ")[2].partition("\n")[0]
    second = _in_a_shell(again)
    assert second.returncode == 0, second.stderr
    result, _, _ = first.stdout.partition("elapsed")
    assert second.stdout.startswith(result)
    for option in options:
        assert option in shlex.split(again)
    assert "--strict" not in again


def test_a_saved_session_says_that_it_was_strict(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "session.txt"
    with text_shell(CONFIG, Settings(strict=True)) as shell:
        shell.run(f"save {file}")
    capsys.readouterr()
    assert file.read_text().endswith(f"once more: mrepl --strict {CONFIG} < {file}\n")


def test_a_file_that_is_there_is_overwritten_only_on_demand(
    shell: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "precious"
    file.write_text("precious")
    assert not shell.run(f"save {file}").ok
    assert "is there already; --force overwrites it" in capsys.readouterr().err
    assert file.read_text() == "precious"
    assert shell.run(f"save {file} --force").ok
    assert file.read_text().startswith("# A session of mrepl")


def test_where_the_disk_is_full_the_old_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("precious")
    done = _in_a_shell(f"-q -c 'set timing' -c 'save {file} --force'", before="ulimit -f 0; ")
    assert (done.returncode, done.stderr) == (1, f"save: cannot write {file}: File too large\n\n")
    assert file.read_text() == "precious"
    assert [*tmp_path.iterdir()] == [file]


def test_no_device_is_replaced(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert not shell.run("save /dev/null --force").ok
    assert "cannot write /dev/null: it is no ordinary file" in capsys.readouterr().err
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize("place", ["nowhere/session.txt", ".", "'~nobody-of-this-name/x'"])
def test_a_file_that_cannot_be_written_is_named(
    shell: Shell, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    assert not shell.run(f"save {place} --force").ok
    assert capsys.readouterr().err.startswith("save: cannot write ")


def test_bytes_that_are_no_text_are_saved_as_they_came(shell: Shell, tmp_path: Path) -> None:
    shell.run("load x y\udcff")
    shell.run("set timing on")
    file = tmp_path / "session.txt"
    assert shell.run(f"save {file}").ok
    assert b"# load x y\xff\n" in file.read_bytes()


def test_history_says_why_a_trace_failed_as_for_a_call(capsys: pytest.CaptureFixture[str]) -> None:
    with text_shell(FIXTURES / "faults" / "Config.toml") as shell:
        shell.run("call faults trap")
        shell.run("trace faults trap")
        capsys.readouterr()
        shell.run("history")
    reason = "(failed: faults.trap: trap: unreachable executed)"
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"1  call faults trap  {reason}", f"2  trace faults trap  {reason}"]

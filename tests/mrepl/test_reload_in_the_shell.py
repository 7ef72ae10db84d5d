"""`reload`, and `--watch` which does it by itself."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from mrepl.command import Reply
from mrepl.outcome import Outcome
from mrepl.shell import Shell
from mrepl.watching import Watch
from runtime import ChangedModule
from tests.support.paths import PROJECT
from tests.support.program import COMMAND, environment, run_mrepl
from tests.support.shells import text_shell
from tests.support.versions import asking, counting, write_modules

_DURATION = re.compile(r"\d+(\.\d+)?(ns|µs|ms|s)")

Shown = Callable[[], tuple[str, str]]
"""What was shown since it was last asked: on stdout and on stderr, without durations."""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A session of a service whose `facade` imports `source`."""
    with text_shell(write_modules(tmp_path, source=counting(1), facade=asking("source"))) as shell:
        yield shell


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    def read() -> tuple[str, str]:
        stdout, stderr = capsys.readouterr()
        return _DURATION.sub("…", stdout), _DURATION.sub("…", stderr)

    return read


def version(shell: Shell, shown: Shown) -> str:
    shell.run("call facade version")
    return shown()[0]


def test_reload_says_what_was_reloaded_why_and_how_long_it_took(
    shell: Shell, shown: Shown, tmp_path: Path
) -> None:
    (tmp_path / "source.wasm").write_bytes(counting(2))
    assert shell.run("reload").ok
    assert shown()[0] == (
        "source reloaded (changed), facade reloaded (imports source)\nelapsed time: …\n\n"
    )
    assert version(shell, shown) == "result: 2\n elapsed time: …\n\n"
    shell.run("reload")
    assert shown()[0] == "no module has changed on disk\n\n"
    shell.run("r facade")
    assert shown()[0] == "facade reloaded (asked for)\nelapsed time: …\n\n"


def test_a_reload_that_fails_says_why_and_keeps_the_old_modules(
    shell: Shell, shown: Shown, tmp_path: Path
) -> None:
    (tmp_path / "source.wasm").write_bytes(counting(2, result="U32"))
    assert not shell.run("reload").ok
    assert shown()[1].startswith(
        "reload failed with: module 'facade' imports source.version with another signature"
    )
    assert version(shell, shown).startswith("result: 1\n")


def test_a_watching_shell_reloads_what_changes_and_says_so_once(
    shell: Shell, shown: Shown, tmp_path: Path
) -> None:
    assert shell.reload_changed() is None
    (tmp_path / "source.wasm").write_bytes(counting(2))
    assert shell.reload_changed() is not None
    assert shown() == ("source.wasm changed: reloaded source, facade in …\n\n", "")
    assert shell.reload_changed() is None
    assert shown() == ("", "")
    assert version(shell, shown).startswith("result: 2\n")


def test_a_watching_shell_tells_a_failure_once_for_each_change(
    shell: Shell, shown: Shown, tmp_path: Path
) -> None:
    path = tmp_path / "source.wasm"
    for broken in (b"not Wasm", b"nor this"):
        path.write_bytes(broken)
        outcome = shell.reload_changed()
        assert outcome is not None
        assert not outcome.ok
        assert shown()[1].startswith("source.wasm changed: reload failed with: ")
        assert shell.reload_changed() is None
    assert version(shell, shown).startswith("result: 1\n")
    path.write_bytes(counting(3))
    shell.reload_changed()
    assert shown()[0].startswith("source.wasm changed: reloaded source")
    assert version(shell, shown).startswith("result: 3\n")


def test_a_watching_shell_waits_for_a_file_that_is_being_written(
    shell: Shell, shown: Shown, tmp_path: Path
) -> None:
    path = tmp_path / "source.wasm"
    whole = counting(4)
    path.unlink()
    assert shell.reload_changed() is None
    for length in (0, 5, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert shell.reload_changed() is None
    assert shown() == ("", "")
    path.write_bytes(whole)
    assert shell.reload_changed() is not None
    assert shown()[0].startswith("source.wasm changed: reloaded source")


def test_commands_that_a_watching_shell_runs_by_itself_are_no_lines_of_the_session(
    shell: Shell, shown: Shown, tmp_path: Path
) -> None:
    (tmp_path / "source.wasm").write_bytes(counting(2))
    shell.reload_changed()
    shown()
    shell.run("history")
    assert shown()[0] == "<no commands yet>\n\n"


def test_what_has_changed_anew_is_due_again() -> None:
    watch = Watch()
    first = ChangedModule("m", Path("m.wasm"), 1)
    second = ChangedModule("m", Path("m.wasm"), 2)
    assert watch.due(()) == ()
    assert watch.due((first,)) == (first,)
    watch.refused((first,))
    assert watch.due((first,)) == ()
    assert watch.due((second,)) == (second,)


def test_a_watching_script_looks_before_each_command(tmp_path: Path) -> None:
    config = write_modules(tmp_path, source=counting(1), facade=asking("source"))
    with Script("--json", "--watch", "--keep-going", str(config)) as script:
        assert script.line()["command"] == f"new {config}"
        assert script.run("call facade version")["result"] == 1
        (tmp_path / "source.wasm").write_bytes(counting(2))
        assert script.run("call facade version")["command"] == "reload"
        assert script.line()["result"] == 2
        (tmp_path / "source.wasm").write_bytes(b"broken")
        failed = script.run("call facade version")
        assert (failed["command"], failed["ok"]) == ("reload", False)
        assert script.line()["result"] == 2
        assert script.run("call facade version")["result"] == 2
    assert script.status == 1


def test_a_reload_that_fails_ends_a_watching_script_with_one(tmp_path: Path) -> None:
    config = write_modules(tmp_path, source=counting(1))
    with Script("--json", "--watch", str(config)) as script:
        script.line()
        (tmp_path / "source.wasm").write_bytes(b"broken")
        assert script.run("call source version")["ok"] is False
    assert script.status == 1


class Script:
    """A script that is given its commands one after the other."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env=environment(),
        )
        self.status: int | None = None

    def run(self, line: str) -> dict[str, object]:
        """Gives it a command line and reads one object."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self.line()

    def line(self) -> dict[str, object]:
        """The next object that it prints."""
        assert self._process.stdout is not None
        read: dict[str, object] = json.loads(self._process.stdout.readline())
        return read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)
        self.status = self._process.returncode


def outcome_json(outcome: Outcome) -> object:
    assert isinstance(outcome.result, Reply)
    return json.loads(outcome.result.result)


def test_reload_as_data(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "source.wasm").write_bytes(counting(2))
    assert outcome_json(shell.run("reload")) == {
        "reloaded": [
            {"module": "source", "cause": "changed", "imports": []},
            {"module": "facade", "cause": "imports", "imports": ["source"]},
        ]
    }
    assert outcome_json(shell.run("reload")) == {"reloaded": []}


def test_a_missing_module_is_named_with_its_nearest(tmp_path: Path) -> None:
    config = write_modules(tmp_path, source=counting(1))
    done = run_mrepl("-q", str(config), "-c", "reload sauce")
    assert done.returncode == 1
    assert "reload failed with: no module 'sauce' is loaded; did you mean 'source'?" in done.stderr


def test_a_changed_config_is_told_with_what_reads_it(
    shell: Shell, shown: Shown, tmp_path: Path
) -> None:
    config = tmp_path / "Config.toml"
    config.write_text(f"{config.read_text()}\n# a remark\n")
    shell.run("reload")
    out, err = shown()
    assert out == "no module has changed on disk\n\n"
    assert err.startswith("warning: Config.toml has changed since the service was created: `new ")
    shell.run(f"new {config}")
    shown()
    shell.run("reload")
    assert shown() == ("no module has changed on disk\n\n", "")

"""`it` and `info` show in the shell what `marine` shows of the file."""

import json
from pathlib import Path

import pytest

from tests.support.marine import marine
from tests.support.paths import FIXTURES
from tests.support.program import json_objects, run_mrepl
from tests.support.running import GREETING

CONFIG = str(FIXTURES / "greeting" / "Config.toml")


@pytest.mark.parametrize("command", ["it", "info"])
def test_the_shell_and_the_tool_say_the_same(command: str) -> None:
    shell = run_mrepl("-q", CONFIG, "-c", f"{command} greeting")
    assert (shell.returncode, shell.stderr) == (0, "")
    assert shell.stdout == marine(command, GREETING).stdout + "\n"


@pytest.mark.parametrize("command", ["it", "info"])
def test_as_data_too(command: str) -> None:
    shell = run_mrepl("-q", "--json", CONFIG, "-c", f"{command} greeting")
    result = json_objects(shell.stdout)[-1]["result"]
    assert result == json.loads(marine(command, "--json", GREETING).stdout)


def test_they_tell_of_the_loaded_module_whatever_became_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "greeting.wasm"
    path.write_bytes(GREETING.read_bytes())
    script = f"load greeting {path}\nload again {path}\nit greeting\ninfo again"
    assert marine("set", "version", "-i", path, "-v", "0.18.2").status == 0
    shell = run_mrepl("-q", "--json", stdin=script)
    assert json_objects(shell.stdout)[-1]["result"] == {
        "it_version": "0.27.0",
        "sdk_version": "0.18.2",
        "manifest": None,
    }


@pytest.mark.parametrize("command", ["it", "info"])
def test_an_unknown_module_is_told(command: str) -> None:
    shell = run_mrepl("-q", CONFIG, "-c", f"{command} greetin")
    assert shell.returncode == 1
    assert shell.stderr.startswith(f"{command} failed with: no module 'greetin' is loaded; did you")

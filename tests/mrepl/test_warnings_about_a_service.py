"""What is odd about a config or the environment, as the user of a script sees it."""

from pathlib import Path

import pytest

from tests.support.paths import FIXTURES
from tests.support.program import json_objects, run_mrepl

GREETING = FIXTURES / "greeting"
CALL = 'call greeting greeting ["x"]'


@pytest.fixture
def misspelt(tmp_path: Path) -> str:
    """A config with a key that is unknown."""
    path = tmp_path / "Config.toml"
    path.write_text(
        f'modules_dir = "{GREETING / "artifacts"}"\n[[module]]\nname = "greeting"\nmem_page = 1\n',
        encoding="utf-8",
    )
    return str(path)


def test_a_misspelt_key_is_a_warning(misspelt: str) -> None:
    done = run_mrepl("-q", misspelt, "-c", CALL)
    assert done.returncode == 0
    assert done.stderr.startswith("warning: ")


def test_strictly_it_is_an_error_and_nothing_runs(misspelt: str) -> None:
    done = run_mrepl("-q", "--strict", misspelt, "-c", CALL)
    assert (done.returncode, done.stdout) == (2, "")
    assert "since warnings count as errors:\n  warning: module[0].mem_page: " in done.stderr


def test_strictly_it_is_an_error_as_json_too(misspelt: str) -> None:
    done = run_mrepl("--json", "--strict", misspelt, "-c", CALL)
    assert done.returncode == 2
    (only,) = json_objects(done.stdout)
    assert only["ok"] is False


def test_a_config_without_warnings_passes_strictly() -> None:
    done = run_mrepl("-q", "--strict", str(GREETING / "Config.toml"), "-c", CALL)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_log_directive_for_no_module_of_the_service_is_a_warning() -> None:
    config = str(GREETING / "Config.toml")
    done = run_mrepl("-q", config, "-c", CALL, WASM_LOG="greting=info")
    assert done.returncode == 0
    assert "'greting' is in the config; did you mean 'greeting'?" in done.stderr


def test_a_missing_working_directory_ends_the_program() -> None:
    done = run_mrepl("-q", "-w", "no/such/directory", "-c", "i")
    assert (done.returncode, done.stdout) == (2, "")
    assert "argument -w/--working-dir: " in done.stderr

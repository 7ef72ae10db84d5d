"""A home that cannot be written, a full disk, and a cache of compiled modules that is broken."""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import COMMAND, environment
from tests.support.terminal import CTRL_D, Terminal

GREETING = str(FIXTURES / "greeting" / "Config.toml")
CALL = 'call greeting greeting "x"'
PLACES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
LARGEST_FILE = 4096
"""Bytes, of which a compiled module has more."""


def _call(
    home: str | Path, *, prepare: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in environment().items() if name not in PLACES}
    return subprocess.run(
        [*COMMAND, "-q", GREETING, "-c", CALL],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**variables, "HOME": str(home)},
        preexec_fn=prepare,
        timeout=60,
        check=False,
    )


def _assert_right(done: subprocess.CompletedProcess[str]) -> None:
    assert done.stdout.startswith('result: "Hi, x"\n'), done.stderr
    assert (done.stderr, done.returncode) == ("", 0)


def _files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose cache holds what the call needs."""
    path = tmp_path_factory.mktemp("home")
    _assert_right(_call(path))
    if not any(file.stat().st_size > LARGEST_FILE for file in _files(path)):
        pytest.skip("there is no cache on disk here")
    return path


@pytest.mark.parametrize("home", ["", "relative", "/dev/null", "/proc/no/such"])
def test_a_home_that_cannot_be_written_changes_nothing(home: str) -> None:
    _assert_right(_call(home))


def test_a_home_of_another_user_that_is_read_only_changes_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        _assert_right(_call(tmp_path))
        if os.geteuid() != 0:  # who may write everywhere
            assert not _files(tmp_path)
    finally:
        tmp_path.chmod(0o755)


def test_a_disk_that_fills_while_the_cache_is_written_changes_nothing(tmp_path: Path) -> None:
    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))

    _assert_right(_call(tmp_path, prepare=bound))
    _assert_right(_call(tmp_path))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _fill_with_rubbish(path: Path) -> None:
    path.write_bytes(Random(path.name).randbytes(path.stat().st_size))


def _make_a_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _lead_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


@pytest.mark.parametrize(
    "break_file", [_empty, _halve, _fill_with_rubbish, _make_a_directory, _lead_nowhere]
)
def test_of_a_broken_cache_nothing_is_used(
    home: Path, tmp_path: Path, break_file: Callable[[Path], None]
) -> None:
    broken = tmp_path / "home"
    shutil.copytree(home, broken)
    for path in _files(broken):
        break_file(path)
    _assert_right(_call(broken))
    _assert_right(_call(broken))


@pytest.mark.parametrize("text", [b"[cache\n", b"\xff\x00", b"[cache]\ndirectory = 'here'\n"])
def test_a_broken_config_of_the_engines_cache_changes_nothing(tmp_path: Path, text: bytes) -> None:
    config = tmp_path / ".config" / "wasmtime" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_bytes(text)
    _assert_right(_call(tmp_path))


def test_a_session_whose_history_is_broken_goes_on_with_it(tmp_path: Path) -> None:
    history = tmp_path / "mrepl" / "history"
    history.parent.mkdir()
    history.write_bytes(bytes(range(256)) * 40)
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run(CALL)
        terminal.wait_for_line("2>")
        assert 'result: "Hi, x"' in terminal.lines
        terminal.type(CTRL_D)
        assert terminal.wait_for_end() == 0
    assert f"+{CALL}\n".encode() in history.read_bytes()


def test_a_session_that_cannot_keep_its_history_says_so_once_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Terminal("-q", GREETING, state=tmp_path / "file") as terminal:
        terminal.wait_for_line("1>")
        for number in (1, 2):
            terminal.run(CALL)
            terminal.wait_for_line(f"{number + 1}>")
        assert terminal.drawn.count(b"the history is not kept") == 1
        assert terminal.lines.count('result: "Hi, x"') == 2
        terminal.type(CTRL_D)
        assert terminal.wait_for_end() == 0


def test_a_current_directory_that_was_removed_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", f'rmdir "$PWD"; exec "$@" -q {GREETING} -c i', "sh", *COMMAND],
        capture_output=True,
        text=True,
        cwd=gone,
        env=environment(PYTHONPATH=str(PROJECT)),
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("app service creation failed with: cannot tell where")
    assert "change to one that exists" in done.stderr

"""Compiled code on disk: kept for other processes, and never run when it is damaged."""

import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import environment, json_objects, run_mrepl

_LIMITED = FIXTURES / "memory" / "Config.toml"  # has a total_memory_limit
_SHARED = FIXTURES / "greeting" / "Config.toml"


def _greet(caches: Path) -> None:
    """Makes a call in a new process that keeps its code below a directory."""
    done = run_mrepl(
        *("-q", "--json", str(_SHARED), "-c", 'call greeting greeting ["you"]'),
        XDG_CACHE_HOME=str(caches),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json_objects(done.stdout)[-1]["result"] == "Hi, you"


def _load(caches: Path, config: Path) -> None:
    """Loads a service in a new process that keeps its code below a directory."""
    done = run_mrepl("-q", str(config), "-c", "i", XDG_CACHE_HOME=str(caches))
    assert done.returncode == 0, done.stderr


def _kept(caches: Path) -> dict[Path, int]:
    """The files of the cache, with their inodes, which others have that are written anew."""
    directory = caches / "mrepl" / "compiled"
    return {file: file.stat().st_ino for file in directory.iterdir() if file.name != "cleaned"}


def test_what_one_process_compiled_others_use(tmp_path: Path) -> None:
    _greet(tmp_path)
    kept = _kept(tmp_path)
    assert any(file.stat().st_size > 1000 for file in kept)
    _greet(tmp_path)
    assert _kept(tmp_path) == kept


def test_services_with_memory_limits_use_what_others_compiled(tmp_path: Path) -> None:
    for _ in range(2):
        _load(tmp_path, _LIMITED)
        kept = _kept(tmp_path)
    assert any(file.name.endswith("-limited") for file in kept)
    _load(tmp_path, _LIMITED)
    assert _kept(tmp_path) == kept


def _flip_each_page(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for place in range(len(content) // 2, len(content), 4096):
        content[place] ^= 1
    file.write_bytes(content)


def _flip_the_first_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[0] ^= 1
    file.write_bytes(content)


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _empty(file: Path) -> None:
    os.truncate(file, 0)


def _make_zeros(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def _make_a_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "damage",
    [_flip_each_page, _flip_the_first_byte, _cut, _empty, _make_zeros, Path.unlink],
    ids=lambda damage: damage.__name__.strip("_"),
)
def test_damaged_files_are_compiled_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    _greet(tmp_path)
    kept = _kept(tmp_path)
    contents = {file: file.read_bytes() for file in kept}
    for file in kept:
        damage(file)
    _greet(tmp_path)
    assert {file: file.read_bytes() for file in kept} == contents
    healed = _kept(tmp_path)
    _greet(tmp_path)
    assert _kept(tmp_path) == healed


@pytest.mark.parametrize("config", [_SHARED, _LIMITED], ids=["shared", "limited"])
def test_what_another_engine_has_made_is_compiled_anew(tmp_path: Path, config: Path) -> None:
    _load(tmp_path, config)
    contents = {file: file.read_bytes() for file in _kept(tmp_path)}
    for file in contents:
        file.write_bytes(hashlib.sha256(b"another").digest() + b"another")
    _load(tmp_path, config)
    assert {file: file.read_bytes() for file in _kept(tmp_path)} == contents


def test_services_with_memory_limits_look_for_code_once_in_a_process(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from runtime import Service
kept = Path({str(tmp_path)!r}, "mrepl", "compiled")
for attempt in range(2):
    Service.from_config(Path({str(_LIMITED)!r})).close()
    for file in kept.iterdir():
        assert attempt == 0, file
        file.unlink()
"""
    variables = environment(XDG_CACHE_HOME=str(tmp_path))
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=variables, check=True)


def test_directories_in_place_of_files_are_no_obstacle(tmp_path: Path) -> None:
    _greet(tmp_path)
    for file in _kept(tmp_path):
        _make_a_directory(file)
    _greet(tmp_path)


def test_a_cache_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    directory = tmp_path / "mrepl" / "compiled"
    directory.mkdir(parents=True)
    directory.chmod(0o777)
    _greet(tmp_path)
    assert not list(directory.iterdir())


def test_files_are_for_their_user_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        _greet(tmp_path)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(file.stat().st_mode) for file in _kept(tmp_path)} == {0o600}


def test_files_that_others_can_write_to_are_written_anew(tmp_path: Path) -> None:
    _greet(tmp_path)
    kept = _kept(tmp_path)
    for file in kept:
        file.chmod(0o666)
    _greet(tmp_path)
    assert not kept.items() & _kept(tmp_path).items()
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}


def test_without_a_place_for_a_cache_modules_are_compiled(tmp_path: Path) -> None:
    caches = tmp_path / "file"
    caches.touch()
    _greet(caches)


def test_a_home_whose_name_is_not_utf_8_holds_a_cache_too(tmp_path: Path) -> None:
    caches = tmp_path / os.fsdecode(b"caf\xe9")
    try:
        caches.mkdir()
    except OSError:
        pytest.skip("this file system allows UTF-8 names only")
    _greet(caches)
    kept = _kept(caches)
    _greet(caches)
    assert _kept(caches) == kept


def test_what_was_not_used_for_the_longest_time_leaves_first(tmp_path: Path) -> None:
    _greet(tmp_path)
    used = set(_kept(tmp_path))
    directory = tmp_path / "mrepl" / "compiled"
    for age, name in enumerate(("recent", "older", "oldest"), start=1):
        file = directory / name
        with file.open("wb") as sparse:
            sparse.truncate(300 * 1024 * 1024)
        os.utime(file, (1e9 - age, 1e9 - age))
    os.utime(directory / "cleaned", (0, 0))
    next(file for file in used if file.name.endswith("-shared")).unlink()
    _greet(tmp_path)
    assert set(_kept(tmp_path)) == used | {directory / "recent"}

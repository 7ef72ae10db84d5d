"""Compiled code on disk: kept for other processes, and never run when it is damaged."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES
from tests.support.program import json_objects, run_mrepl

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
        done = run_mrepl("-q", str(_LIMITED), "-c", "i", XDG_CACHE_HOME=str(tmp_path))
        assert done.returncode == 0, done.stderr
        kept = _kept(tmp_path)
    assert any(file.name.endswith("-limited") for file in kept)
    run_mrepl("-q", str(_LIMITED), "-c", "i", XDG_CACHE_HOME=str(tmp_path))
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

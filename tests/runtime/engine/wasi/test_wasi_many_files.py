"""Modules open many files, and the process can still open its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime import ConfigError, ModuleConfig, Service, ServiceConfig, WasiConfig
from tests.support.running import GREETING
from tests.support.wasi_guest import (
    CREATE,
    SUCCESS,
    TOO_MANY_FILES,
    settings,
    single_guest,
    wasi_store,
)

resource = pytest.importorskip("resource")

OPEN_IN_PROCESS = Path("/proc/self/fd")


def open_in_process() -> int:
    return len(list(OPEN_IN_PROCESS.iterdir())) if OPEN_IN_PROCESS.exists() else 0


def directories_of(folders: dict[str, Path]) -> ServiceConfig:
    wasi = WasiConfig(mapped_dirs=folders)
    return ServiceConfig((ModuleConfig("m", GREETING, wasi=wasi),))


@contextmanager
def may_open(files: int) -> Iterator[None]:
    """Let the process have so many files open, if the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < files:
        pytest.skip(f"the process may open {hard} files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("limit", [200, 600])
def test_modules_that_open_all_they_can_leave_some_for_the_process(
    tmp_path: Path, limit: int
) -> None:
    modules = {name: settings(directories={"data": tmp_path}) for name in ("a", "b")}
    with may_open(limit), wasi_store(modules) as opened:
        first, second = opened.guest("a"), opened.guest("b")
        files = []
        while (file := first.open(3, "file", CREATE)) >= 0:
            files.append(file)
        assert file == -TOO_MANY_FILES
        assert len(files) > limit // 4  # the tests themselves have some open
        assert second.open(3, "file") == -TOO_MANY_FILES
        assert first.open(3, "new", CREATE) == -TOO_MANY_FILES
        assert not (tmp_path / "new").exists()

        own = [os.open(os.devnull, os.O_RDONLY) for _ in range(40)]
        for descriptor in own:
            os.close(descriptor)
        done = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True)
        assert done.stdout == b"1\n"

        assert first.write(files[-1], b"text") == 4
        assert first.call("fd_close", files[-1]) == SUCCESS
        assert second.open(3, "file") >= 0
        assert first.open(3, "file") == -TOO_MANY_FILES


def test_a_service_whose_directories_take_all_is_refused(tmp_path: Path) -> None:
    folders = {f"d{number}": tmp_path / f"d{number}" for number in range(200)}
    for folder in folders.values():
        folder.mkdir()
    before = open_in_process()
    with may_open(before + 150), pytest.raises(ConfigError) as refused:
        Service(directories_of(folders))
    assert "cannot be opened: check its permissions and how many" in str(refused.value)
    assert open_in_process() == before


@pytest.mark.skipif(not OPEN_IN_PROCESS.exists(), reason="/proc counts the open files")
def test_ten_modules_have_ten_thousand_files_open_and_none_once_the_service_is_closed(
    tmp_path: Path,
) -> None:
    names = [f"module_{number}" for number in range(10)]
    modules = {name: settings(directories={"data": tmp_path}) for name in names}
    before = open_in_process()
    with may_open(11_000):
        with wasi_store(modules) as opened:
            guests = [opened.guest(name) for name in names]
            for guest in guests:
                assert [guest.open(3, "file", CREATE) for _ in range(1_000)][-1] == 1_004
            assert open_in_process() > before + 10_000
            assert guests[0].write(1_004, b"first") == 5
            assert guests[9].read(5) == b"first"
            guests[0].wasi.close()
            assert guests[0].read(5) == -8
            assert guests[1].read(5) == b"first"
        assert open_in_process() == before


def test_what_a_directory_holds_is_listed_in_parts_each_name_once(tmp_path: Path) -> None:
    names = {f"file_{number}" for number in range(500)}
    for name in names:
        (tmp_path / name).touch()
    listed, cookie = [], 0
    with single_guest(settings(directories={"data": tmp_path})) as guest:
        while True:
            assert guest.call("fd_readdir", 3, 4096, 1_000, cookie, 64) == SUCCESS
            data = guest.memory.read(4096, guest.number())
            at = 0
            while at + 24 <= len(data):
                length = int.from_bytes(data[at + 16 : at + 20], "little")
                if at + 24 + length > len(data):
                    break
                cookie = int.from_bytes(data[at : at + 8], "little")
                listed.append(data[at + 24 : at + 24 + length].decode())
                at += 24 + length
            if len(data) < 1_000:
                break
    assert sorted(listed) == sorted({*names, ".", ".."})

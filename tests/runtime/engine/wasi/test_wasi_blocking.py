"""No WASI function waits for something that may never come, or works for long at once."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import wasmtime

from runtime.engine.wasi.signatures import SIGNATURES
from tests.support.wasi_guest import (
    CREATE,
    DIRECTORY,
    FAULT,
    SUCCESS,
    Guest,
    settings,
    single_guest,
    wasi_store,
)

NAME_TOO_LONG = 37
NOT_A_DIRECTORY = 54
NOT_SUPPORTED = 58
FILE_STAT = 256
RESULT = 64
DATA = 1024

EXCLUSIVE = 4
TRUNCATE = 8


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Guest]:
    with single_guest(settings(directories={"data": tmp_path})) as opened:
        yield opened


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe that nobody else opens, and links to it."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    (tmp_path / "inner").mkdir()
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "link_to_link").symlink_to("inner/../link")
    return path


@pytest.mark.usefixtures("pipe")
@pytest.mark.parametrize("flags", [0, CREATE, TRUNCATE, CREATE | TRUNCATE])
@pytest.mark.parametrize("rights", [0, 0x2, 0x40, 0x42])
def test_a_named_pipe_is_refused_instead_of_waited_for(
    guest: Guest, flags: int, rights: int
) -> None:
    for name in (b"pipe", b"./pipe", b"inner/../pipe", b"link", b"link_to_link"):
        for nonblocking in (0, 4):
            error = guest.call(
                "path_open", 3, 1, *guest.put(name), flags, rights, 0, nonblocking, RESULT
            )
            assert error == NOT_SUPPORTED, name


@pytest.mark.usefixtures("pipe")
def test_a_named_pipe_is_refused_in_whatever_way_it_is_named(guest: Guest) -> None:
    assert guest.open(3, "pipe", CREATE | EXCLUSIVE) < 0
    assert guest.open(3, "pipe", DIRECTORY) < 0
    assert guest.open(3, "link", 0, 0) < 0
    assert guest.open(3, "pipe/") < 0
    assert guest.open(3, "pipe/file", CREATE) == -NOT_A_DIRECTORY


@pytest.mark.usefixtures("pipe")
@pytest.mark.parametrize("follow", [0, 1])
@pytest.mark.parametrize("name", [b"pipe", b"link"])
def test_setting_the_times_of_a_named_pipe_does_not_wait(
    guest: Guest, name: bytes, follow: int
) -> None:
    error = guest.call("path_filestat_set_times", 3, follow, *guest.put(name), 1, 1, 5)
    assert error == (NOT_SUPPORTED if follow or name == b"pipe" else SUCCESS)


def test_a_named_pipe_is_still_listed_moved_linked_and_removed(guest: Guest, pipe: Path) -> None:
    path, other = guest.put(b"pipe"), guest.put(b"moved", 2048)
    assert guest.call("path_filestat_get", 3, 1, *path, FILE_STAT) == SUCCESS
    assert guest.call("path_link", 3, 0, *path, 3, *other) == SUCCESS
    assert guest.call("path_unlink_file", 3, *path) == SUCCESS
    assert guest.call("path_rename", 3, *other, 3, *path) == SUCCESS
    assert guest.call("fd_readdir", 3, 4096, 4096, 0, RESULT) == SUCCESS
    assert b"pipe" in guest.memory.read(4096, guest.number())
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_devices_and_sockets_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        socket.socket(socket.AF_UNIX) as listening,
        single_guest(settings(directories={"devices": Path("/dev"), "data": tmp_path})) as guest,
    ):
        monkeypatch.chdir(tmp_path)  # addresses of sockets are short
        listening.bind("socket")
        for path in ("null", "zero", "tty", "random"):
            assert guest.open(3, path) == -NOT_SUPPORTED, path
        assert guest.open(4, "socket") == -NOT_SUPPORTED


def test_a_symbolic_link_that_is_not_followed_is_refused_as_before(
    guest: Guest, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    assert guest.open(3, "link", 0, 0) == -32  # a loop
    assert guest.open(3, "link", 0, 1) == 5


LARGE_PAGES = 3_000
LARGE = (LARGE_PAGES - 1) * 65536


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Guest]:
    """A guest with some 190 MiB of memory."""
    modules = {"guest": settings(directories={"data": tmp_path})}
    with wasi_store(modules) as opened:
        yield opened.guest("guest", pages=LARGE_PAGES)


@pytest.mark.parametrize("name", ["fd_write", "fd_pwrite"])
def test_a_long_write_is_taken_in_part_and_goes_on_from_there(
    large: Guest, tmp_path: Path, name: str
) -> None:
    file = large.open(3, "file", CREATE)
    text = os.urandom(200_000)
    large.put(text, 65536)
    written, offset = 0, [0] if name == "fd_pwrite" else []
    while written < len(text):
        vectors = large.vector_list([(0, 0), (65536 + written, LARGE - written), (0, 10)])
        assert large.call(name, file, *vectors, *offset, RESULT) == SUCCESS
        assert 0 < large.number() <= LARGE
        written += large.number()
        offset = [written] if offset else []
    assert (tmp_path / "file").read_bytes()[: len(text)] == text


@pytest.mark.parametrize("name", ["fd_read", "fd_pread"])
def test_a_long_read_is_given_in_part_and_goes_on_from_there(
    large: Guest, tmp_path: Path, name: str
) -> None:
    text = os.urandom(200_000)
    (tmp_path / "file").write_bytes(text)
    file = large.open(3, "file")
    read, offset = b"", [0] if name == "fd_pread" else []
    while True:
        vectors = large.vector_list([(0, 0), (65536, LARGE), (0, 10)])
        assert large.call(name, file, *vectors, *offset, RESULT) == SUCCESS
        if not large.number():
            break
        read += large.memory.read(65536, large.number())
        offset = [len(read)] if offset else []
    assert read == text


def _refused(guest: Guest, name: str, *arguments: int) -> bool:
    """With an error or, as native functions do for some pointers, with a trap."""
    try:
        return guest.call(name, *arguments) != SUCCESS
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        return "out of bounds" in str(error)


@pytest.mark.parametrize("name", ["fd_read", "fd_write"])
def test_long_transfers_with_bad_vectors_and_results_are_refused(large: Guest, name: str) -> None:
    file = large.open(3, "file", CREATE)
    end = LARGE + 65536
    for entry in ((65536, end), (end, LARGE), (0xFFFFFFFF, LARGE)):
        assert _refused(large, name, file, *large.vector_list([entry]), RESULT)
    assert _refused(large, name, file, *large.vector_list([(65536, LARGE)]), end - 3)
    assert large.call(name, 999, *large.vector_list([(65536, LARGE)]), RESULT) == 8
    assert large.seek(file, 0, 1) == 0


def test_empty_vectors_are_passed_over_however_many_they_are(large: Guest, tmp_path: Path) -> None:
    file = large.open(3, "file", CREATE)
    count = 20_000_000  # native functions give up earlier
    vectors = 65536, count + 1
    large.put(b"text", 1024)
    large.memory.write(65536 + 8 * count, (1024).to_bytes(4, "little") + b"\4\0\0\0")
    for name, offset in (("fd_write", []), ("fd_pwrite", [4]), ("fd_pread", [0]), ("fd_read", [])):
        assert large.call(name, file, *vectors, *offset, RESULT) == SUCCESS
        assert large.number() == 4
    assert (tmp_path / "file").read_text() == "texttext"
    assert large.call("fd_write", file, 65536, count, RESULT) == SUCCESS
    assert large.number() == 0


PATHS = [
    (name, position)
    for name, signature in SIGNATURES.items()
    if name.startswith("path_")
    for position, parameter in enumerate(signature.parameters)
    if parameter.name.endswith("path")
]


@pytest.mark.parametrize(("name", "position"), PATHS)
def test_paths_that_no_system_takes_are_refused_unread(
    guest: Guest, name: str, position: int
) -> None:
    numbers = {"fd": 3, "old_fd": 3, "new_fd": 3, "flags": 1, "buf_len": 8}
    arguments = [numbers.get(each.name, 0) for each in SIGNATURES[name].parameters]
    for each, parameter in enumerate(SIGNATURES[name].parameters):
        if parameter.name.endswith("path"):
            arguments[each : each + 2] = guest.put(b"name", 512)
    arguments[position : position + 2] = guest.put(b"/" * 65_537, 65536)
    assert guest.call(name, *arguments) == NAME_TOO_LONG


def test_random_bytes_may_be_many(large: Guest) -> None:
    size = 70 * 1024 * 1024  # more than the native function gives at once
    assert large.call("random_get", 65536, size) == SUCCESS
    for offset in range(0, size, size // 100):
        assert large.memory.read(65536 + offset, 32) != bytes(32)
    assert large.memory.read(65536 + size - 32, 64)[:32] != bytes(32)
    assert large.memory.read(65536 + size, 32) == bytes(32)


def test_random_bytes_end_with_the_memory(large: Guest) -> None:
    end = LARGE + 65536
    assert large.call("random_get", end - 5, 5) == SUCCESS
    assert large.call("random_get", end, 0) == SUCCESS
    for pointer, length in ((end - 5, 6), (end, 1), (-1, 1), (0, -1), (-1, -1), (16, -16)):
        assert large.call("random_get", pointer, length) == FAULT


def test_a_time_limit_ends_the_making_of_many_random_bytes(tmp_path: Path) -> None:
    with wasi_store({"guest": settings(directories={"data": tmp_path})}) as opened:
        guest = opened.guest("guest", pages=32_768)
        with opened.interruption.running(0.05):
            with pytest.raises(wasmtime.WasmtimeError, match="interrupted"):
                guest.call("random_get", 0, 2**31 - 1)  # 2 GiB take some 6 s
            assert opened.interruption.error() is not None
        assert guest.memory.read(2**30, 64) == bytes(64)
        assert guest.call("random_get", 0, 8) == SUCCESS

"""Modules built for the older `wasi_unstable` find their own numbers and structures."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import wasmtime

from runtime.engine.wasi.signatures import PREVIEW1, SIGNATURES, UNSTABLE
from runtime.errors import LinkError
from tests.support.wasi_guest import (
    BAD_DESCRIPTOR,
    CREATE,
    MEMORY_SIZE,
    SUCCESS,
    Guest,
    settings,
    single_guest,
    wasi_store,
)

FROM_HERE = 0
FROM_END = 1
FROM_START = 2
STAT = 2048
STAT_SIZE = 56
REGULAR_FILE = 4


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Guest]:
    with single_guest(settings(directories={"data": tmp_path}), namespace=UNSTABLE) as opened:
        yield opened


def test_seeking_counts_from_where_the_older_numbers_say(guest: Guest) -> None:
    file = guest.open(3, "file", CREATE)
    assert guest.write(file, b"0123456789") == 10
    assert guest.seek(file, 3, FROM_START) == 3
    assert guest.seek(file, 2, FROM_HERE) == 5
    assert guest.seek(file, -1, FROM_END) == 9
    for unknown in (3, 255, -1):
        with pytest.raises(wasmtime.WasmtimeError, match="Whence"):
            guest.seek(file, 0, unknown)
    assert guest.seek(77, 0, FROM_HERE) == -BAD_DESCRIPTOR


def _stat(guest: Guest, at: int = STAT) -> tuple[int, int, int, int]:
    """Kind, links, size and the time of the last change, in seconds."""
    kind, links, size, modified = struct.unpack_from(
        "<16xB3xIQ8xQ", guest.memory.read(at, STAT_SIZE)
    )
    return kind, links, size, modified // 1_000_000_000


def test_a_files_status_has_the_older_layout(guest: Guest, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"01234")
    (tmp_path / "second_name").hardlink_to(path)
    expected = (REGULAR_FILE, 2, 5, int(path.stat().st_mtime))
    guest.memory.write(STAT, b"\xee" * 64)
    file = guest.open(3, "file")
    assert guest.call("fd_filestat_get", file, STAT) == SUCCESS
    assert _stat(guest) == expected
    assert guest.memory.read(STAT + STAT_SIZE, 8) == b"\xee" * 8
    guest.memory.write(STAT, b"\xee" * 64)
    assert guest.call("path_filestat_get", 3, 1, *guest.put(b"file"), STAT) == SUCCESS
    assert _stat(guest) == expected
    assert guest.memory.read(STAT + STAT_SIZE, 8) == b"\xee" * 8


def test_a_files_status_fits_at_the_end_of_the_memory(guest: Guest) -> None:
    file = guest.open(3, "file", CREATE)
    assert guest.call("fd_filestat_get", file, MEMORY_SIZE - STAT_SIZE) == SUCCESS
    assert _stat(guest, MEMORY_SIZE - STAT_SIZE)[0] == REGULAR_FILE


def test_the_status_of_what_is_not_there_is_an_error(guest: Guest) -> None:
    assert guest.path("path_create_directory", 3, "made") == SUCCESS
    assert guest.call("path_filestat_get", 3, 1, *guest.put(b"missing"), STAT) == 44
    assert guest.call("path_filestat_get", 9, 1, *guest.put(b"made"), STAT) == BAD_DESCRIPTOR
    assert guest.call("path_filestat_get", 3, 1, *guest.put(b"../made"), STAT) != SUCCESS
    assert guest.call("path_filestat_get", 3, 1, 1024, 70_000, STAT) == 37
    assert guest.call("fd_filestat_get", 9, STAT) == BAD_DESCRIPTOR


def test_waiting_reads_subscriptions_of_the_older_layout(guest: Guest) -> None:
    file = guest.open(3, "file", CREATE)
    read = struct.pack("<QB7xI36x", 5, 1, file)
    clock = struct.pack("<QB7xQIxxxxQQH6x", 6, 0, 99, 1, 3_600_000_000_000, 0, 0)
    assert (len(read), len(clock)) == (56, 56)
    guest.put(clock + read)
    assert guest.call("poll_oneoff", 1024, 4096, 2, 64) == SUCCESS
    assert guest.number() == 1
    assert struct.unpack("<QHB", guest.memory.read(4096, 11)) == (5, 0, 1)
    soon = struct.pack("<QB7xQIxxxxQQH6x", 7, 0, 99, 1, 1_000, 0, 0)
    guest.put(clock + soon)
    assert guest.call("poll_oneoff", 1024, 4096, 2, 64) == SUCCESS
    assert struct.unpack("<QHB", guest.memory.read(4096, 11)) == (7, 0, 0)


def test_everything_else_is_the_same(guest: Guest) -> None:
    assert guest.mapped() == ["data", "/data"]
    assert guest.write(1, b"text") == 4
    assert guest.output.writes == [(1, b"text")]


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        (PREVIEW1, "fd_fly"),
        (PREVIEW1, "table"),
        (PREVIEW1, f"{UNSTABLE}.fd_seek"),
        (UNSTABLE, "sock_accept"),
        ("wasi_snapshot_preview2", "fd_read"),
    ],
)
def test_a_function_that_wasi_does_not_have_is_named(namespace: str, name: str) -> None:
    with wasi_store({"guest": settings()}) as opened:
        wasi = opened.wasi.prepare("guest", lambda _descriptor, _data: None, settings())
        with pytest.raises(LinkError, match=f"'guest' imports {namespace}.{name}"):
            wasi.function(name, namespace)


def test_every_function_of_preview_1_is_there() -> None:
    assert len(SIGNATURES) == 46
    with wasi_store({"guest": settings()}) as opened:
        wasi = opened.wasi.prepare("guest", lambda _descriptor, _data: None, settings())
        for name in SIGNATURES:
            assert wasi.function(name) is not None

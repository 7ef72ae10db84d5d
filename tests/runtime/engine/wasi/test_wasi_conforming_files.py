"""What WASI says of open files, clocks and ends: the public test-suite's cases, as our own."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import wasmtime

from tests.support.wasi_guest import (
    BAD_DESCRIPTOR,
    CREATE,
    DIRECTORY,
    INVALID,
    MEMORY_SIZE,
    SUCCESS,
    Guest,
    settings,
    single_guest,
)

IS_DIRECTORY = 31
NOT_A_SOCKET = 57
NOT_SUPPORTED = 58
FILE_TOO_LARGE = 22

APPEND = 1
READ = 0x2
WRITE = 0x40
LARGEST = 2**63 - 1

RESULT = 64
STAT = 256
PATH = 1024


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Guest]:
    (tmp_path / "dir").mkdir()
    with single_guest(settings({"A": "1"}, {"data": tmp_path})) as opened:
        yield opened


@pytest.fixture
def file(guest: Guest) -> int:
    descriptor = guest.open(3, "file", CREATE)
    assert guest.write(descriptor, b"0123456789") == 10
    return descriptor


def opened(guest: Guest, path: bytes, rights: int, flags: int = 0) -> int:
    place = guest.put(path, PATH)
    error = guest.call("path_open", 3, 1, *place, 0, rights, 0, flags, RESULT)
    return guest.number() if error == SUCCESS else -error


def read_at(guest: Guest, file: int, offset: int, *sizes: int) -> bytes | int:
    place = 4096
    entries = []
    for size in sizes:
        entries.append((place, size))
        place += size
    error = guest.call("fd_pread", file, *guest.vector_list(entries), offset, RESULT)
    return guest.memory.read(4096, guest.number()) if error == SUCCESS else -error


def write_at(guest: Guest, file: int, offset: int, *pieces: bytes) -> int:
    error = guest.call("fd_pwrite", file, *guest.vectors(pieces), offset, RESULT)
    return guest.number() if error == SUCCESS else -error


def test_reading_and_writing_at_offsets_leaves_the_position(guest: Guest, file: int) -> None:
    assert guest.seek(file, 3) == 3
    assert read_at(guest, file, 2, 4) == b"2345"
    assert read_at(guest, file, 8, 4) == b"89"
    assert read_at(guest, file, 10, 4) == b""
    assert read_at(guest, file, 10_000, 4) == b""
    assert read_at(guest, file, 0) == b""
    assert read_at(guest, file, 0, 0, 3) == b"012"
    assert write_at(guest, file, 1, b"AB") == 2
    assert write_at(guest, file, 12, b"xy") == 2
    assert guest.seek(file, 0, 1) == 3
    assert guest.seek(file, 0) == 0
    assert guest.read(file) == b"0AB3456789\0\0xy"


def test_positions_are_told_and_never_negative(guest: Guest, file: int) -> None:
    assert guest.seek(file, 0, 1) == 10
    assert guest.seek(file, -4, 1) == 6
    assert guest.seek(file, -7, 1) == -INVALID
    assert guest.seek(file, -11, 2) == -INVALID
    assert guest.seek(file, -1, 0) == -INVALID
    assert guest.seek(file, -(2**63), 2) == -INVALID
    assert guest.seek(file, 0, 1) == 6
    assert guest.seek(file, 100, 2) == 110
    assert guest.read(file) == b""


@pytest.mark.parametrize("offset", [LARGEST, LARGEST - 1, 2**62, -1, -(2**63)])
def test_offsets_past_all_files_are_refused(guest: Guest, file: int, offset: int) -> None:
    assert write_at(guest, file, offset, b"x") in (-INVALID, -FILE_TOO_LARGE)
    assert read_at(guest, file, offset, 10) in (-INVALID, b"")
    assert guest.seek(file, 0) == 0
    assert guest.read(file) == b"0123456789"


def test_a_position_past_the_largest_number_writes_nothing(guest: Guest, file: int) -> None:
    assert guest.seek(file, LARGEST) == LARGEST
    guest.seek(file, LARGEST, 1)
    guest.seek(file, 5, 1)
    assert guest.write(file, b"x") < 0
    assert guest.read(file) in (-INVALID, b"")
    assert guest.seek(file, 0) == 0
    assert guest.read(file) == b"0123456789"


def test_sparse_files_take_no_more_room_than_is_written(
    guest: Guest, file: int, tmp_path: Path
) -> None:
    terabyte = 2**40
    assert guest.call("fd_filestat_set_size", file, terabyte) == SUCCESS
    assert write_at(guest, file, terabyte - 1, b"x") == 1
    status = (tmp_path / "file").stat()
    assert status.st_size == terabyte
    assert status.st_blocks * 512 < 2**20
    for size in (LARGEST, 2**62):
        assert guest.call("fd_filestat_set_size", file, size) in (INVALID, FILE_TOO_LARGE)
    for size in (-1, -(2**63)):
        assert guest.call("fd_filestat_set_size", file, size) == INVALID
    assert guest.call("fd_filestat_set_size", file, 0) == SUCCESS


@pytest.mark.parametrize(("offset", "length"), [(0, 100), (0, LARGEST), (LARGEST, 1), (-1, -1)])
def test_no_room_is_allocated(
    guest: Guest, file: int, tmp_path: Path, offset: int, length: int
) -> None:
    assert guest.call("fd_allocate", file, offset, length) in (NOT_SUPPORTED, INVALID)
    assert (tmp_path / "file").stat().st_size == 10


def test_advice_on_files_is_taken_and_changes_nothing(guest: Guest, file: int) -> None:
    for advice in range(6):
        assert guest.call("fd_advise", file, 0, 10, advice) == SUCCESS
        assert guest.call("fd_advise", file, LARGEST, LARGEST, advice) in (SUCCESS, INVALID)
    assert read_at(guest, file, 0, 10) == b"0123456789"


def test_what_is_appended_goes_to_the_end(guest: Guest, file: int, tmp_path: Path) -> None:
    appending = opened(guest, b"file", READ | WRITE, APPEND)
    assert guest.seek(appending, 2) == 2
    assert guest.write(appending, b"abc") == 3
    assert (tmp_path / "file").read_bytes() == b"0123456789abc"
    assert guest.call("fd_fdstat_get", appending, STAT) == SUCCESS
    assert guest.number(STAT + 2, "<H") & APPEND
    assert guest.call("fd_fdstat_set_flags", appending, 0) == SUCCESS
    assert guest.seek(appending, 0) == 0
    assert guest.write(appending, b"start") == 5
    assert guest.call("fd_fdstat_set_flags", file, APPEND) == SUCCESS
    assert guest.seek(file, 0) == 0
    assert guest.write(file, b"!") == 1
    assert (tmp_path / "file").read_bytes() == b"start56789abc!"


def test_files_are_used_only_as_they_were_opened(guest: Guest, file: int) -> None:
    reading, writing = opened(guest, b"file", READ), opened(guest, b"file", WRITE)
    assert guest.write(reading, b"x") == -BAD_DESCRIPTOR
    assert write_at(guest, reading, 0, b"x") == -BAD_DESCRIPTOR
    assert guest.call("fd_filestat_set_size", reading, 0) in (BAD_DESCRIPTOR, INVALID)
    assert guest.read(writing) == -BAD_DESCRIPTOR
    assert read_at(guest, writing, 0, 5) == -BAD_DESCRIPTOR
    assert read_at(guest, file, 0, 10) == b"0123456789"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fd_read", (96, 1, RESULT)),
        ("fd_pread", (96, 1, 0, RESULT)),
        ("fd_write", (96, 1, RESULT)),
        ("fd_pwrite", (96, 1, 0, RESULT)),
        ("fd_seek", (0, 0, RESULT)),
        ("fd_tell", (RESULT,)),
        ("fd_filestat_set_size", (0,)),
        ("fd_allocate", (0, 1)),
        ("fd_advise", (0, 1, 0)),
    ],
)
@pytest.mark.parametrize("is_mapped", [True, False])
def test_directories_are_not_used_as_files(
    guest: Guest, name: str, arguments: tuple[int, ...], is_mapped: bool
) -> None:
    directory = 3 if is_mapped else guest.open(3, "dir", DIRECTORY)
    guest.vector_list([(4096, 10)])
    error = guest.call(name, directory, *arguments)
    assert error in (BAD_DESCRIPTOR, IS_DIRECTORY, NOT_SUPPORTED, INVALID)


def test_files_are_not_used_as_directories(guest: Guest, file: int) -> None:
    assert guest.call("fd_readdir", file, 4096, 100, 0, RESULT) in (BAD_DESCRIPTOR, 54)
    assert guest.call("fd_prestat_get", file, RESULT) == BAD_DESCRIPTOR
    assert guest.call("fd_prestat_dir_name", file, 4096, 10) in (BAD_DESCRIPTOR, 54)


def test_the_name_of_a_mapped_directory_needs_its_room(guest: Guest) -> None:
    assert guest.call("fd_prestat_dir_name", 3, 4096, 3) in (INVALID, 37)
    assert guest.call("fd_prestat_dir_name", 3, 4096, 4) == SUCCESS
    assert guest.memory.read(4096, 5) == b"data\0"


def test_an_unlinked_file_is_still_used_and_its_name_is_free(guest: Guest, file: int) -> None:
    assert guest.path("path_unlink_file", 3, "file") == SUCCESS
    other = guest.open(3, "file", CREATE)
    assert guest.read(other) == b""
    assert read_at(guest, file, 0, 10) == b"0123456789"
    assert guest.call("fd_filestat_get", file, STAT) == SUCCESS
    assert guest.number(STAT + 24, "<Q") == 0  # links


def test_the_times_of_an_open_file_are_set(guest: Guest, file: int, tmp_path: Path) -> None:
    assert guest.call("fd_filestat_set_times", file, 1_000, 2_000, 5) == SUCCESS
    assert (tmp_path / "file").stat().st_mtime_ns == 2_000
    assert guest.call("fd_filestat_set_times", file, 1_000, 2_000, 3) == INVALID
    assert guest.call("fd_filestat_set_times", file, 1_000, 2_000, 12) == INVALID
    assert guest.call("fd_filestat_set_times", file, 1_000, 2_000, 10) == SUCCESS
    assert (tmp_path / "file").stat().st_mtime_ns > 2_000


def test_a_mapped_directory_is_closed_and_replaced_as_any_descriptor(
    guest: Guest, file: int
) -> None:
    directory = guest.open(3, "dir", DIRECTORY)
    assert guest.call("fd_renumber", directory, 3) == SUCCESS
    assert guest.open(3, "file") == -44
    assert guest.call("fd_close", 3) == SUCCESS
    assert guest.open(3, "file") == -BAD_DESCRIPTOR
    assert guest.call("fd_prestat_get", 3, RESULT) == BAD_DESCRIPTOR
    assert guest.open(4, "file") == 3
    assert read_at(guest, file, 0, 1) == b"0"


def test_a_directory_lists_itself_its_parent_and_numbers_that_stay(guest: Guest) -> None:
    assert guest.call("fd_readdir", 3, 4096, 1000, 0, RESULT) == SUCCESS
    data, entries, at = guest.memory.read(4096, guest.number()), {}, 0
    while at < len(data):
        cookie, inode, length, kind = struct.unpack_from("<QQIB", data, at)
        entries[data[at + 24 : at + 24 + length].decode()] = (inode, kind)
        at += 24 + length
        assert cookie == len(entries)
    assert set(entries) == {".", "..", "dir"}
    assert all(kind == 3 for _, kind in entries.values())
    assert guest.call("path_filestat_get", 3, 1, *guest.put(b"dir", PATH), STAT) == SUCCESS
    assert guest.number(STAT + 8, "<Q") == entries["dir"][0]
    for cookie in (4, 1_000, 2**31, 2**62):
        assert guest.call("fd_readdir", 3, 4096, 1000, cookie, RESULT) == SUCCESS
        assert guest.number() == 0


@pytest.mark.parametrize("function", ["sock_accept", "sock_recv", "sock_send", "sock_shutdown"])
def test_nothing_is_a_socket(guest: Guest, file: int, function: str) -> None:
    arguments = {
        "sock_accept": (0, RESULT),
        "sock_recv": (96, 1, 0, RESULT, RESULT + 4),
        "sock_send": (96, 1, 0, RESULT),
        "sock_shutdown": (1,),
    }[function]
    guest.vector_list([(4096, 10)])
    for descriptor in (0, 1, 2, 3, file):
        assert guest.call(function, descriptor, *arguments) in (NOT_A_SOCKET, NOT_SUPPORTED, 8)


def test_clocks_go_forward_and_tell_their_precision(guest: Guest) -> None:
    times = []
    for _ in range(3):
        assert guest.call("clock_time_get", 1, 0, RESULT) == SUCCESS
        times.append(guest.number(code="<Q"))
    assert times == sorted(times)
    for clock in (0, 1):
        assert guest.call("clock_res_get", clock, RESULT) == SUCCESS
        assert 0 < guest.number(code="<Q") <= 1_000_000_000
    for clock in (2, 3):  # of the process and the thread
        assert guest.call("clock_time_get", clock, 0, RESULT) in (BAD_DESCRIPTOR, INVALID, 58)
        assert guest.call("clock_res_get", clock, RESULT) in (BAD_DESCRIPTOR, INVALID, 58)


def _refused(guest: Guest, name: str, *arguments: int) -> bool:
    """With an error, or with a trap in the function itself."""
    try:
        return guest.call(name, *arguments) != SUCCESS
    except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
        return f"wasi_shim!{name}" in str(error)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("clock_time_get", (4, 0, RESULT)),
        ("clock_time_get", (-1, 0, RESULT)),
        ("clock_res_get", (77, RESULT)),
        ("fd_seek", (3, 0, 3, RESULT)),
        ("fd_advise", (3, 0, 0, 6)),
        ("fd_fdstat_set_flags", (3, 255)),
        ("fd_filestat_set_times", (3, 0, 0, 255)),
        ("path_open", (3, 2, PATH, 1, 0, 0, 0, 0, RESULT)),
        ("path_open", (3, -1, PATH, 1, 0, 0, 0, 0, RESULT)),
        ("path_open", (3, 0, PATH, 1, 65_535, 0, 0, 0, RESULT)),
        ("path_open", (3, 0, PATH, 1, 0, 0, 0, 65_535, RESULT)),
        ("path_filestat_get", (3, -2, PATH, 1, STAT)),
        ("path_filestat_set_times", (3, 0, PATH, 1, 0, 0, 1_000)),
        ("path_link", (3, 9, PATH, 1, 3, PATH, 1)),
        ("proc_raise", (77,)),
        ("sock_shutdown", (3, 77)),
    ],
)
def test_numbers_without_a_meaning_end_the_call_or_are_errors(
    guest: Guest, name: str, arguments: tuple[int, ...]
) -> None:
    guest.put(b"x", PATH)
    assert _refused(guest, name, *arguments)
    assert guest.open(3, "file", CREATE) == 5


@pytest.mark.parametrize("pointer", [MEMORY_SIZE - 1, MEMORY_SIZE, -1, -8])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("clock_time_get", (0, 0, None)),
        ("clock_res_get", (0, None)),
        ("fd_tell", (5, None)),
        ("fd_seek", (5, 0, 0, None)),
        ("fd_fdstat_get", (5, None)),
        ("fd_filestat_get", (5, None)),
        ("fd_prestat_get", (3, None)),
        ("fd_prestat_dir_name", (3, None, 9)),
        ("fd_readdir", (3, None, 100, 0, RESULT)),
        ("fd_read", (5, None, 1, RESULT)),
        ("fd_pread", (5, None, 1, 0, RESULT)),
        ("fd_write", (5, None, 1, RESULT)),
        ("fd_pwrite", (5, None, 1, 0, RESULT)),
        ("fd_write", (1, None, 1, RESULT)),
        ("path_open", (3, 0, None, 8, 0, 0, 0, 0, RESULT)),
        ("path_create_directory", (3, None, 8)),
        ("path_filestat_get", (3, 0, PATH, 4, None)),
        ("path_filestat_get", (3, 0, None, 8, STAT)),
        ("path_filestat_set_times", (3, 0, None, 8, 0, 0, 5)),
        ("path_link", (3, 0, PATH, 4, 3, None, 8)),
        ("path_readlink", (3, None, 8, STAT, 9, RESULT)),
        ("path_rename", (3, PATH, 4, 3, None, 8)),
        ("path_symlink", (None, 8, 3, PATH, 4)),
        ("path_unlink_file", (3, None, 8)),
        ("random_get", (None, 8)),
        ("args_sizes_get", (None, STAT)),
        ("environ_get", (STAT, None)),
    ],
)
def test_pointers_outside_the_memory_end_the_call_or_are_errors(
    guest: Guest, file: int, name: str, arguments: tuple[int | None, ...], pointer: int
) -> None:
    assert file == 5
    guest.put(b"file", PATH)
    given = [pointer if argument is None else argument for argument in arguments]
    assert _refused(guest, name, *given)
    assert read_at(guest, file, 0, 10) == b"0123456789"


@pytest.mark.parametrize("number", range(31))
def test_no_signal_is_raised(guest: Guest, number: int) -> None:
    assert guest.call("proc_raise", number) == NOT_SUPPORTED


@pytest.mark.parametrize("status", [0, 1, 125, 126, 255, -1, 2**31 - 1])
def test_an_exit_ends_the_call_and_not_the_process(guest: Guest, status: int) -> None:
    with pytest.raises((wasmtime.ExitTrap, wasmtime.WasmtimeError), match="exit"):
        guest.call("proc_exit", status)
    assert guest.call("sched_yield") == SUCCESS

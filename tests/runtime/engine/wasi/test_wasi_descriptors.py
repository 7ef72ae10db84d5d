"""Each guest has its own descriptors, numbered as on any Unix system."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import wasmtime
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runtime.engine.wasi.descriptors import FileSystemView, MappedDirectory, OpenDescriptor
from runtime.engine.wasi.signatures import SIGNATURES
from tests.support.wasi_guest import (
    BAD_DESCRIPTOR,
    CREATE,
    DIRECTORY,
    MEMORY_SIZE,
    SUCCESS,
    TOO_MANY_FILES,
    Guest,
    settings,
    single_guest,
)

HIGHEST = 1023
DESCRIPTORS_OF_PROCESS = Path("/proc/self/fd")


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Guest]:
    with single_guest(settings(directories={"data": tmp_path})) as opened:
        yield opened


def test_an_opened_file_gets_the_lowest_free_number(guest: Guest) -> None:
    assert [guest.open(3, name, CREATE) for name in "abc"] == [5, 6, 7]
    assert guest.call("fd_close", 6) == SUCCESS
    assert guest.call("fd_close", 0) == SUCCESS
    assert [guest.open(3, name, CREATE) for name in "def"] == [0, 6, 8]


def test_a_renumbered_file_is_found_under_its_new_number_only(guest: Guest, tmp_path: Path) -> None:
    first, second = guest.open(3, "first", CREATE), guest.open(3, "second", CREATE)
    assert guest.call("fd_renumber", first, second) == SUCCESS
    assert guest.write(second, b"text") == 4
    assert guest.write(first, b"text") == -BAD_DESCRIPTOR
    assert (tmp_path / "first").read_text() == "text"
    assert (tmp_path / "second").read_text() == ""
    assert guest.call("fd_renumber", second, second) == SUCCESS
    assert guest.write(second, b" more") == 5
    assert guest.call("fd_renumber", second, 900) == BAD_DESCRIPTOR
    assert guest.call("fd_renumber", 900, second) == BAD_DESCRIPTOR
    assert guest.open(3, "third", CREATE) == first


@pytest.mark.skipif(not DESCRIPTORS_OF_PROCESS.exists(), reason="counted by Linux's /proc")
def test_what_is_closed_or_replaced_is_closed_in_the_process_too(guest: Guest) -> None:
    before = _open_in_process()
    first, second = guest.open(3, "first", CREATE), guest.open(3, "second", CREATE)
    assert _open_in_process() == before + 2
    assert guest.call("fd_renumber", first, second) == SUCCESS
    assert _open_in_process() == before + 1
    assert guest.call("fd_close", second) == SUCCESS
    assert _open_in_process() == before


def test_a_closed_file_stays_closed(guest: Guest) -> None:
    file = guest.open(3, "file", CREATE)
    assert guest.call("fd_close", file) == SUCCESS
    assert guest.call("fd_close", file) == BAD_DESCRIPTOR
    assert guest.write(file, b"text") == -BAD_DESCRIPTOR


TAKING_DESCRIPTORS = [
    (name, position)
    for name, signature in SIGNATURES.items()
    for position, parameter in enumerate(signature.parameters)
    if parameter.is_descriptor
]


@pytest.mark.parametrize(("name", "position"), TAKING_DESCRIPTORS)
def test_every_function_refuses_unknown_descriptors(guest: Guest, name: str, position: int) -> None:
    for unknown in (5, HIGHEST, HIGHEST + 1, 5_000, 2**30, 2**31 - 1, -1, -3, -(2**31)):
        arguments = [
            3 if parameter.is_descriptor else 64 for parameter in SIGNATURES[name].parameters
        ]
        arguments[position] = unknown
        assert guest.call(name, *arguments) == BAD_DESCRIPTOR


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.integers(-(2**31), 2**31 - 1))
def test_no_descriptor_at_all_is_unsafe(descriptor: int) -> None:
    with single_guest() as guest:
        for name in ("fd_close", "fd_sync", "fd_datasync"):
            expected = BAD_DESCRIPTOR
            if name == "fd_close" and 0 <= descriptor <= 2:
                expected = SUCCESS
            assert guest.call(name, descriptor) == expected


def test_a_guest_has_1024_descriptors_and_opens_nothing_past_them(
    guest: Guest, tmp_path: Path
) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4_096), hard))
    try:
        opened = [guest.open(3, "file", CREATE) for _ in range(5, HIGHEST + 1)]
        assert opened == list(range(5, HIGHEST + 1))
        before = _open_in_process()
        assert guest.open(3, "file", CREATE) == -TOO_MANY_FILES
        assert guest.open(3, "not_made", CREATE) == -TOO_MANY_FILES
        assert _open_in_process() == before
        assert not (tmp_path / "not_made").exists()
        assert guest.call("fd_close", 700) == SUCCESS
        assert guest.open(3, "file") == 700
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _open_in_process() -> int:
    return len(list(DESCRIPTORS_OF_PROCESS.iterdir())) if DESCRIPTORS_OF_PROCESS.exists() else 0


@pytest.mark.parametrize("result", [MEMORY_SIZE - 3, MEMORY_SIZE, -4])
def test_a_result_outside_the_memory_opens_nothing(
    guest: Guest, tmp_path: Path, result: int
) -> None:
    pointer, length = guest.put(b"not_made")
    with pytest.raises(wasmtime.Trap):
        guest.call("path_open", 3, 0, pointer, length, CREATE, 0x1FFFFFFF, 0, 0, result)
    assert not (tmp_path / "not_made").exists()
    assert guest.open(3, "made", CREATE) == 5


def test_files_are_read_written_and_moved_in(guest: Guest, tmp_path: Path) -> None:
    file = guest.open(3, "file", CREATE)
    assert guest.write(file, b"0123456789") == 10
    assert guest.seek(file, 4) == 4
    assert guest.read(file, 3) == b"456"
    assert guest.seek(file, -2, 2) == 8
    assert guest.read(file) == b"89"
    assert guest.call("fd_tell", file, 64) == SUCCESS
    assert guest.number(code="<Q") == 10
    assert guest.call("fd_filestat_set_size", file, 3) == SUCCESS
    assert (tmp_path / "file").read_bytes() == b"012"
    vectors = guest.vector_list([(1024, 2)])
    assert guest.call("fd_pread", file, *vectors, 1, 64) == SUCCESS
    assert guest.memory.read(1024, guest.number()) == b"12"


def test_a_directory_is_listed(guest: Guest, tmp_path: Path) -> None:
    (tmp_path / "a_file").touch()
    assert guest.call("fd_readdir", 3, 1024, 4096, 0, 64) == SUCCESS
    assert b"a_file" in guest.memory.read(1024, guest.number())


def test_the_file_system_shows_directories_once_and_what_is_open(
    guest: Guest, tmp_path: Path
) -> None:
    (tmp_path / "inner").mkdir()
    inner = guest.open(3, "inner", DIRECTORY)
    file = guest.open(inner, "file", CREATE)
    assert guest.write(file, b"0123456789") == 10
    assert guest.seek(file, 4) == 4
    assert guest.wasi.file_system() == FileSystemView(
        (MappedDirectory("data", tmp_path, 3),),
        (
            OpenDescriptor(inner, "data/inner", "directory", None, None),
            OpenDescriptor(file, "data/inner/file", "file", 4, 10),
        ),
    )


def test_the_file_system_follows_renumbering_and_closing(guest: Guest, tmp_path: Path) -> None:
    first, second = guest.open(3, "first", CREATE), guest.open(4, "second", CREATE)
    guest.call("fd_renumber", first, second)
    guest.call("fd_close", 3)
    directories = guest.wasi.file_system().directories
    assert directories == (MappedDirectory("data", tmp_path, 4),)
    guest.call("fd_close", 4)
    assert guest.wasi.file_system() == FileSystemView(
        (MappedDirectory("data", tmp_path, None),),
        (OpenDescriptor(second, "data/first", "file", 0, 0),),
    )


def test_a_file_that_was_removed_is_still_shown(guest: Guest) -> None:
    file = guest.open(3, "file", CREATE)
    guest.write(file, b"text")
    assert guest.path("path_unlink_file", 3, "file") == SUCCESS
    assert guest.wasi.file_system().descriptors == (
        OpenDescriptor(file, "data/file", "file", 4, 4),
    )


def test_a_long_path_is_shown_in_part(guest: Guest) -> None:
    descriptor = 3
    for letter in "abc":
        guest.path("path_create_directory", descriptor, letter * 120)
        descriptor = guest.open(descriptor, letter * 120, DIRECTORY)
    file = guest.open(descriptor, "file", CREATE)
    paths = {each.descriptor: each.path for each in guest.wasi.file_system().descriptors}
    whole = f"data/{'a' * 120}/{'b' * 120}/{'c' * 120}/file"
    assert paths[file].endswith("…")
    assert whole.startswith(paths[file][:-1])
    assert len(paths[file]) > 240


def test_a_path_that_is_no_utf_8_opens_nothing(guest: Guest) -> None:
    pointer, length = guest.put(b"\xff\xfe")
    assert guest.call("path_open", 3, 0, pointer, length, CREATE, 64, 0, 0, 64) != SUCCESS
    assert guest.wasi.file_system().descriptors == ()


def test_a_module_without_directories_has_nothing_open() -> None:
    with single_guest() as guest:
        assert guest.wasi.file_system() == FileSystemView((), ())


def test_standard_streams_look_like_a_terminal_so_that_libraries_write_line_by_line() -> None:
    with single_guest() as guest:
        for stream in (1, 2):
            assert guest.call("fd_fdstat_get", stream, 1024) == SUCCESS
            kind, rights = struct.unpack_from("<B7xQ", guest.memory.read(1024, 24))
            assert kind == 2
            assert rights & 0x24 == 0  # neither seek nor tell

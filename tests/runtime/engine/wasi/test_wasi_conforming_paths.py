"""What WASI says of paths: the cases that the public test-suite of preview 1 checks, as our own."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wasi_guest import (
    BAD_DESCRIPTOR,
    CREATE,
    DIRECTORY,
    INVALID,
    SUCCESS,
    Guest,
    settings,
    single_guest,
)

EXISTS = 20
IS_DIRECTORY = 31
LOOP = 32
NAME_TOO_LONG = 37
NO_ENTRY = 44
NOT_A_DIRECTORY = 54
NOT_EMPTY = 55
NOT_PERMITTED = 63
ILLEGAL_BYTES = 25

EXCLUSIVE = 4
TRUNCATE = 8

STAT = 256
RESULT = 64
FIRST = 1024
SECOND = 8192


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Guest]:
    (tmp_path / "dir" / "nested").mkdir(parents=True)
    (tmp_path / "dir" / "nested" / "file").write_text("text")
    (tmp_path / "file").write_text("text")
    (tmp_path / "empty").mkdir()
    with single_guest(settings(directories={"data": tmp_path})) as opened:
        yield opened


def two_paths(guest: Guest, old: str, new: str) -> tuple[tuple[int, int], tuple[int, int]]:
    return guest.put(old.encode(), FIRST), guest.put(new.encode(), SECOND)


def rename(guest: Guest, old: str, new: str) -> int:
    first, second = two_paths(guest, old, new)
    return guest.call("path_rename", 3, *first, 3, *second)


def link(guest: Guest, old: str, new: str, follow: int = 0) -> int:
    first, second = two_paths(guest, old, new)
    return guest.call("path_link", 3, follow, *first, 3, *second)


def symlink(guest: Guest, target: str, new: str) -> int:
    first, second = two_paths(guest, target, new)
    return guest.call("path_symlink", *first, 3, *second)


def stat(guest: Guest, path: str, follow: int = 1) -> tuple[int, int, int] | int:
    """Kind, number of links and size, or the error number made negative."""
    error = guest.call("path_filestat_get", 3, follow, *guest.put(path.encode()), STAT)
    kind, links, size = struct.unpack_from("<16xB7xQQ", guest.memory.read(STAT, 64))
    return -error if error else (kind, links, size)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("dir/nested/file", SUCCESS),
        ("dir/.//nested/../../dir/nested/../nested///./file", SUCCESS),
        ("dir/nested/file/", NOT_A_DIRECTORY),
        ("dir/nested/file///", NOT_A_DIRECTORY),
        ("dir/nested/file/.", NOT_A_DIRECTORY),
        ("/dir/nested/file", NOT_PERMITTED),
        ("//dir/nested/file", NOT_PERMITTED),
        ("/", NOT_PERMITTED),
        ("dir/nested/../../../dir/nested/file", NOT_PERMITTED),
        ("..", NOT_PERMITTED),
        ("../", NOT_PERMITTED),
        ("dir/../..", NOT_PERMITTED),
        ("../" * 200 + "etc/passwd", NOT_PERMITTED),
        ("", NO_ENTRY),
        ("missing", NO_ENTRY),
        ("missing/../file", NO_ENTRY),
        ("file/../file", NOT_A_DIRECTORY),
        ("FILE", NO_ENTRY),
        ("x" * 255, NO_ENTRY),
        ("x" * 256, NAME_TOO_LONG),
        ("x/" * 2_100 + "x", NAME_TOO_LONG),
        ("./" * 2_100 + "file", NAME_TOO_LONG),
        ("x" * 70_000, NAME_TOO_LONG),
    ],
)
def test_paths_lead_where_they_say(guest: Guest, path: str, error: int) -> None:
    found = guest.open(3, path)
    assert (found == 5) if error == SUCCESS else (found == -error)


@pytest.mark.parametrize("path", ["dir/nested", "dir/nested/", "dir/nested////", "dir/nested/."])
def test_directories_may_be_named_with_slashes_at_the_end(guest: Guest, path: str) -> None:
    descriptor = guest.open(3, path, DIRECTORY)
    assert guest.open(descriptor, "file") == 6


@pytest.mark.parametrize(
    "path", [b"file\0", b"fi\0le", b"\0", b"dir/nested\0/file", b"file\0/../../../etc/passwd"]
)
def test_no_path_has_a_null_character(guest: Guest, path: bytes) -> None:
    place = guest.put(path)
    refused = (INVALID, ILLEGAL_BYTES)
    assert guest.call("path_open", 3, 0, *place, 0, 2, 0, 0, RESULT) in refused
    assert guest.call("path_open", 3, 0, *place, CREATE, 2, 0, 0, RESULT) in refused
    assert guest.call("path_filestat_get", 3, 0, *place, STAT) in refused
    for name in ("path_create_directory", "path_unlink_file", "path_remove_directory"):
        assert guest.call(name, 3, *place) in refused
    new = guest.put(b"new", SECOND)
    assert guest.call("path_rename", 3, *place, 3, *new) in refused
    assert guest.call("path_rename", 3, *new, 3, *place) != SUCCESS
    assert guest.call("path_symlink", *place, 3, *new) in refused
    assert guest.call("path_symlink", *new, 3, *place) in refused
    assert guest.call("path_link", 3, 0, *place, 3, *new) in refused


def test_names_with_composed_and_decomposed_letters_are_different(guest: Guest) -> None:
    composed, decomposed = "\u00e9", "e\u0301"
    assert guest.open(3, composed, CREATE | EXCLUSIVE) >= 0
    assert guest.open(3, decomposed) in (-NO_ENTRY, 6)  # one and the same on some systems
    assert guest.open(3, composed) >= 0


@pytest.mark.parametrize(
    ("path", "flags", "error"),
    [
        ("file", CREATE | EXCLUSIVE, EXISTS),
        ("dir", CREATE | EXCLUSIVE, EXISTS),
        ("file", DIRECTORY, NOT_A_DIRECTORY),
        ("file", DIRECTORY | CREATE, INVALID),
        ("dir", TRUNCATE, IS_DIRECTORY),
        ("new/", CREATE, IS_DIRECTORY),
        ("missing/new", CREATE, NO_ENTRY),
    ],
)
def test_opening_keeps_to_its_flags(guest: Guest, path: str, flags: int, error: int) -> None:
    assert guest.open(3, path, flags) == -error


def test_a_path_is_relative_to_directories_only(guest: Guest) -> None:
    file = guest.open(3, "file")
    for descriptor in (file, 0, 1):
        assert guest.open(descriptor, "file") in (-NOT_A_DIRECTORY, -BAD_DESCRIPTOR)
        assert guest.path("path_create_directory", descriptor, "new") in (
            NOT_A_DIRECTORY,
            BAD_DESCRIPTOR,
        )


def test_truncating_needs_no_more_than_opening_and_empties_the_file(guest: Guest) -> None:
    file = guest.open(3, "file", TRUNCATE)
    assert guest.read(file) == b""
    assert stat(guest, "file") == (4, 1, 0)


def test_directories_are_made_once_and_removed_when_empty(guest: Guest) -> None:
    assert guest.path("path_create_directory", 3, "new") == SUCCESS
    assert guest.path("path_create_directory", 3, "new") == EXISTS
    assert guest.path("path_create_directory", 3, "file") == EXISTS
    assert guest.path("path_create_directory", 3, "missing/new") == NO_ENTRY
    assert guest.path("path_create_directory", 3, "other/") == SUCCESS
    assert guest.path("path_create_directory", 3, "third") == SUCCESS
    assert guest.path("path_remove_directory", 3, "other/") == SUCCESS
    assert guest.path("path_remove_directory", 3, "third///") == SUCCESS
    assert guest.path("path_remove_directory", 3, "new") == SUCCESS
    assert guest.path("path_remove_directory", 3, "new") == NO_ENTRY
    assert guest.path("path_remove_directory", 3, "dir") == NOT_EMPTY
    assert guest.path("path_remove_directory", 3, "file") == NOT_A_DIRECTORY
    assert guest.path("path_remove_directory", 3, "file/") == NOT_A_DIRECTORY


def test_files_are_unlinked_and_directories_are_not(guest: Guest) -> None:
    assert guest.path("path_unlink_file", 3, "dir") in (IS_DIRECTORY, NOT_PERMITTED)
    assert guest.path("path_unlink_file", 3, "dir/") in (IS_DIRECTORY, NOT_PERMITTED)
    assert guest.path("path_unlink_file", 3, "file/") == NOT_A_DIRECTORY
    assert guest.path("path_unlink_file", 3, "missing") == NO_ENTRY
    assert guest.path("path_unlink_file", 3, "file") == SUCCESS
    assert guest.path("path_unlink_file", 3, "file") == NO_ENTRY


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("file", "new", SUCCESS),
        ("file", "file", SUCCESS),
        ("file", "dir/nested/file", SUCCESS),
        ("dir", "new", SUCCESS),
        ("dir", "new/", SUCCESS),
        ("dir/", "new", SUCCESS),
        ("dir", "empty", SUCCESS),
        ("empty", "dir", NOT_EMPTY),
        ("dir", "file", NOT_A_DIRECTORY),
        ("file", "empty", IS_DIRECTORY),
        ("file/", "new", NOT_A_DIRECTORY),
        ("file", "new/", NOT_A_DIRECTORY),
        ("missing", "new", NO_ENTRY),
        ("file", "missing/new", NO_ENTRY),
        ("dir", "dir/nested/inside", INVALID),
    ],
)
def test_renaming(guest: Guest, tmp_path: Path, old: str, new: str, error: int) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert rename(guest, old, new) == error
    assert (sorted(tmp_path.rglob("*")) == before) == (error != SUCCESS or old == new)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("file", "new", SUCCESS),
        ("file", "file", EXISTS),
        ("file", "dir", EXISTS),
        ("dir", "new", NOT_PERMITTED),
        ("missing", "new", NO_ENTRY),
        ("file", "new/", NO_ENTRY),
        ("file/", "new", NOT_A_DIRECTORY),
        ("file", "dangling", EXISTS),
        ("dangling", "new", SUCCESS),
    ],
)
def test_hard_links(guest: Guest, old: str, new: str, error: int) -> None:
    assert symlink(guest, "nowhere", "dangling") == SUCCESS
    assert link(guest, old, new) == error
    assert link(guest, old, new, follow=1) == INVALID
    if (old, error) == ("file", SUCCESS):
        assert stat(guest, new) == stat(guest, old) == (4, 2, 4)


def test_symbolic_links_are_made_read_and_followed_where_asked(guest: Guest) -> None:
    assert symlink(guest, "file", "link") == SUCCESS
    assert symlink(guest, "file", "link") == EXISTS
    assert symlink(guest, "file", "dir") == EXISTS
    assert symlink(guest, "file", "file/") in (NOT_A_DIRECTORY, EXISTS, NO_ENTRY)
    assert symlink(guest, "", "nothing") == NO_ENTRY
    assert stat(guest, "link") == (4, 1, 4)
    assert stat(guest, "link", follow=0) == (7, 1, len("file"))
    path = guest.put(b"link")
    assert guest.call("path_readlink", 3, *path, SECOND, 100, RESULT) == SUCCESS
    assert guest.memory.read(SECOND, guest.number()) == b"file"
    assert guest.call("path_readlink", 3, *path, SECOND, 2, RESULT) == SUCCESS
    assert guest.memory.read(SECOND, guest.number()) == b"fi"
    assert guest.call("path_readlink", 3, *path, SECOND, 0, RESULT) == SUCCESS
    assert guest.number() == 0
    assert guest.call("path_readlink", 3, *guest.put(b"file"), SECOND, 9, RESULT) == INVALID


@pytest.mark.parametrize("target", ["/", "/etc/passwd", "//file"])
def test_no_symbolic_link_is_absolute(guest: Guest, tmp_path: Path, target: str) -> None:
    assert symlink(guest, target, "link") == NOT_PERMITTED
    assert not (tmp_path / "link").is_symlink()


def test_links_that_are_not_followed_are_no_files_and_no_directories(guest: Guest) -> None:
    assert symlink(guest, "file", "to_file") == SUCCESS
    assert symlink(guest, "dir", "to_dir") == SUCCESS
    assert symlink(guest, "nowhere", "dangling") == SUCCESS
    assert symlink(guest, "loop", "loop") == SUCCESS
    for name in ("to_file", "to_dir", "dangling", "loop"):
        assert guest.open(3, name, 0, 0) == -LOOP
        assert guest.open(3, name, DIRECTORY, 0) in (-LOOP, -NOT_A_DIRECTORY)
    assert guest.open(3, "to_file") >= 0
    assert guest.open(3, "to_dir", DIRECTORY) >= 0
    assert guest.open(3, "to_dir/nested/file", 0, 0) >= 0
    assert guest.open(3, "dangling") == -NO_ENTRY
    assert guest.open(3, "loop") == -LOOP
    assert guest.path("path_remove_directory", 3, "to_dir") == NOT_A_DIRECTORY
    for name in ("to_file", "to_dir", "dangling", "loop"):
        assert guest.path("path_unlink_file", 3, name) == SUCCESS


def test_times_are_set_of_links_or_of_what_they_lead_to(guest: Guest, tmp_path: Path) -> None:
    assert symlink(guest, "file", "link") == SUCCESS
    second = 1_000_000_000
    for follow, path in ((1, tmp_path / "file"), (0, tmp_path / "link")):
        times = (5 * second + follow, 7 * second + follow)
        place = guest.put(b"link")
        assert guest.call("path_filestat_set_times", 3, follow, *place, *times, 5) == SUCCESS
        status = path.lstat()
        assert (status.st_atime_ns, status.st_mtime_ns) == times
    both = guest.call("path_filestat_set_times", 3, 0, *guest.put(b"file"), 1, 1, 3)
    assert both == INVALID  # to a time, and to now


def test_a_removed_directory_that_is_still_open_holds_nothing(guest: Guest) -> None:
    empty = guest.open(3, "empty", DIRECTORY)
    assert guest.path("path_remove_directory", 3, "empty") == SUCCESS
    assert guest.open(empty, "file", CREATE) == -NO_ENTRY
    assert guest.call("fd_readdir", empty, SECOND, 1000, 0, RESULT) == SUCCESS
    assert guest.number() in (0, 51)  # or itself and its parent
    assert guest.path("path_create_directory", 3, "empty") == SUCCESS
    assert guest.call("fd_close", empty) == SUCCESS
    assert guest.open(3, "empty", DIRECTORY) == empty

"""Guests see their own mapped directories and nothing else of the host's files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wasi_guest import CREATE, DIRECTORY, SUCCESS, Guest, settings, single_guest

SECRET = "not for guests"


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text(SECRET)
    return folder


@pytest.fixture
def mapped(tmp_path: Path, outside: Path) -> Path:
    folder = tmp_path / "mapped"
    (folder / "inner").mkdir(parents=True)
    (folder / "own").write_text("own")
    (folder / "inner" / "file").write_text("inner")
    (folder / "link_to_file").symlink_to(outside / "secret")
    (folder / "relative_link").symlink_to(Path("..", "outside", "secret"))
    (folder / "link_to_folder").symlink_to(outside, target_is_directory=True)
    (folder / "link_inside").symlink_to("own")
    (folder / "link_to_link").symlink_to("link_to_file")
    return folder


@pytest.fixture
def guest(mapped: Path) -> Iterator[Guest]:
    with single_guest(settings(directories={"data": mapped})) as opened:
        yield opened


WAYS_OUT = [
    "../outside/secret",
    "inner/../../outside/secret",
    "./inner/./../../outside/secret",
    "/etc/passwd",
    "//etc/passwd",
    "link_to_file",
    "relative_link",
    "link_to_link",
    "link_to_folder/secret",
    "link_to_folder/../outside/secret",
    "..",
    "/",
]


@pytest.mark.parametrize("path", WAYS_OUT)
def test_no_path_opens_what_lies_outside(guest: Guest, path: str) -> None:
    for flags in (0, CREATE, DIRECTORY):
        for follow in (0, 1):
            assert guest.open(3, path, flags, follow) < 0


def test_no_absolute_host_path_opens_what_lies_outside(guest: Guest, outside: Path) -> None:
    assert guest.open(3, str(outside / "secret")) < 0


def test_paths_inside_work(guest: Guest) -> None:
    for path in ("own", "./own", "inner/../own", "inner/file", "link_inside"):
        assert guest.open(3, path) >= 0, path


def test_nothing_is_made_or_removed_outside(guest: Guest, outside: Path) -> None:
    for path in ("../outside/new", "link_to_folder/new", str(outside / "new")):
        assert guest.path("path_create_directory", 3, path) != SUCCESS
        assert guest.open(3, path, CREATE) < 0
    for path in ("../outside/secret", "link_to_folder/secret", str(outside / "secret")):
        assert guest.path("path_unlink_file", 3, path) != SUCCESS
        assert guest.path("path_remove_directory", 3, path) != SUCCESS
    assert _names(outside) == ["secret"]


def test_nothing_is_told_about_files_outside(guest: Guest, outside: Path) -> None:
    for path in ("../outside/secret", "link_to_file", "link_to_folder/secret", str(outside)):
        pointer, length = guest.put(path.encode())
        assert guest.call("path_filestat_get", 3, 1, pointer, length, 256) != SUCCESS
        times = (0, 0, 5)
        assert guest.call("path_filestat_set_times", 3, 1, pointer, length, *times) != SUCCESS
    pointer, length = guest.put(b"link_to_folder/secret")
    assert guest.call("path_readlink", 3, pointer, length, 2048, 100, 64) != SUCCESS


@pytest.mark.parametrize("target", ["../outside/new", "/tmp/new", "link_to_folder/new"])
def test_nothing_is_moved_or_linked_across_the_border(
    guest: Guest, mapped: Path, outside: Path, target: str
) -> None:
    own = guest.put(b"own", 1024)
    other = guest.put(target.encode(), 2048)
    assert guest.call("path_rename", 3, *own, 3, *other) != SUCCESS
    assert guest.call("path_link", 3, 0, *own, 3, *other) != SUCCESS
    assert guest.call("path_symlink", *own, 3, *other) != SUCCESS
    secret = guest.put(b"../outside/secret", 3072)
    inside = guest.put(b"stolen", 4096)
    assert guest.call("path_rename", 3, *secret, 3, *inside) != SUCCESS
    assert guest.call("path_link", 3, 0, *secret, 3, *inside) != SUCCESS
    assert (mapped / "own").read_text() == "own"
    assert not (mapped / "stolen").exists()
    assert _names(outside) == ["secret"]


@pytest.mark.parametrize("target", ["../outside", "/etc", "../outside/secret"])
def test_a_symbolic_link_that_the_guest_makes_leads_nowhere_outside(
    guest: Guest, target: str
) -> None:
    guest.call("path_symlink", *guest.put(target.encode(), 1024), 3, *guest.put(b"way", 2048))
    for path in ("way", "way/secret", "way/passwd"):
        assert guest.open(3, path) < 0
        assert guest.open(3, path, DIRECTORY) < 0


def test_a_link_into_an_opened_directory_leads_nowhere_outside(guest: Guest) -> None:
    inner = guest.open(3, "inner", DIRECTORY)
    assert inner >= 0
    assert guest.open(inner, "file") >= 0
    for path in ("../own", "../../outside/secret", ".."):
        assert guest.open(inner, path) < 0


def test_both_paths_of_two_path_functions_are_relative_to_their_own_directories(
    tmp_path: Path,
) -> None:
    folders = {name: tmp_path / name for name in ("first", "second")}
    for folder in folders.values():
        folder.mkdir()
    (folders["first"] / "file").write_text("moved")
    with single_guest(settings(directories=folders)) as guest:
        file, moved = guest.put(b"file", 1024), guest.put(b"moved", 2048)
        linked, symbolic = guest.put(b"linked", 3072), guest.put(b"symbolic", 4096)
        assert guest.call("path_link", 3, 0, *file, 4, *linked) == SUCCESS
        assert guest.call("path_rename", 3, *file, 4, *moved) == SUCCESS
        assert guest.call("path_symlink", *moved, 4, *symbolic) == SUCCESS
    assert _names(folders["first"]) == []
    assert _names(folders["second"]) == ["linked", "moved", "symbolic"]
    assert (folders["second"] / "symbolic").read_text() == "moved"

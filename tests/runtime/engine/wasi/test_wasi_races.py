"""What is swapped behind a module's back, or by another module, leads no module out."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.wasi_guest import (
    CREATE,
    DIRECTORY,
    SUCCESS,
    Guest,
    settings,
    single_guest,
    wasi_store,
)

SECRET = "not for guests"
ROUNDS = 400
TRUNCATE = 8


@pytest.fixture
def mapped(tmp_path: Path) -> Path:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text(SECRET)
    folder = tmp_path / "mapped"
    (folder / "inside").mkdir(parents=True)
    (folder / "inside" / "file").write_text("own")
    return folder


def _swap(mapped: Path) -> None:
    """Let `way` and `file` lead inside, then outside, each in one step."""
    for way, file in (("inside", "inside/file"), ("../outside", "../outside/file")):
        for name, target in (("way", way), ("file", file)):
            (mapped / "next").symlink_to(target)
            (mapped / "next").replace(mapped / name)


@contextmanager
def swapping(mapped: Path) -> Iterator[None]:
    """Swap all the time, on another thread."""
    _swap(mapped)
    ended = threading.Event()

    def swap_until_ended() -> None:
        while not ended.is_set():
            _swap(mapped)

    thread = threading.Thread(target=swap_until_ended)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _reads(guest: Guest, path: str) -> bool:
    file = guest.open(3, path)
    if file < 0:
        return False
    assert guest.read(file) == b"own"
    assert guest.call("fd_close", file) == SUCCESS
    return True


def _truncates(guest: Guest, path: str) -> bool:
    file = guest.open(3, path, CREATE | TRUNCATE)
    if file < 0:
        return False
    assert guest.write(file, b"own") == 3
    assert guest.call("fd_close", file) == SUCCESS
    return True


def _sets_times(guest: Guest, path: str) -> bool:
    return guest.call("path_filestat_set_times", 3, 1, *guest.put(path.encode()), 1, 1, 5) == 0


def _looks(guest: Guest, path: str) -> bool:
    if guest.call("path_filestat_get", 3, 1, *guest.put(path.encode()), 256) != SUCCESS:
        return False
    assert guest.number(256 + 32, "<Q") == len("own")
    return True


def _makes_and_removes(guest: Guest, path: str) -> bool:
    folder = path.replace("file", "new")
    if guest.path("path_create_directory", 3, folder) != SUCCESS:
        return False
    while guest.path("path_remove_directory", 3, folder) != SUCCESS:
        pass
    return True


@pytest.mark.parametrize("path", ["way/file", "file"])
@pytest.mark.parametrize("use", [_reads, _truncates, _sets_times, _looks])
def test_no_swapped_link_leads_out(
    mapped: Path, path: str, use: Callable[[Guest, str], bool]
) -> None:
    outside = mapped.parent / "outside" / "file"
    before = outside.stat()
    with single_guest(settings(directories={"data": mapped})) as guest, swapping(mapped):
        met = {use(guest, path) for _ in range(ROUNDS)}
        for _ in range(100 * ROUNDS):
            if len(met) == 2:
                break
            met.add(use(guest, path))
    assert met == {True, False}  # the link has led inside, and outside
    assert outside.read_text() == SECRET
    assert outside.stat().st_mtime_ns == before.st_mtime_ns


def test_nothing_is_made_behind_a_swapped_link(mapped: Path) -> None:
    outside = mapped.parent / "outside"
    with single_guest(settings(directories={"data": mapped})) as guest, swapping(mapped):
        for _ in range(ROUNDS):
            _makes_and_removes(guest, "way/file")
            assert [each.name for each in outside.iterdir()] == ["file"]


def test_a_directory_that_another_module_replaces_stays_what_it_was(tmp_path: Path) -> None:
    """One module sees a directory, another one all of the directory that this lies in."""
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "secret").write_text(SECRET)
    modules = {
        "all": settings(directories={"data": tmp_path / "outer"}),
        "part": settings(directories={"data": inner}),
    }
    with wasi_store(modules) as opened:
        every, part = opened.guest("all"), opened.guest("part")
        assert part.open(3, "file", CREATE) >= 0
        moved = (*every.put(b"inner", 1024), 3, *every.put(b"moved", 2048))
        assert every.call("path_rename", 3, *moved) == SUCCESS
        link = (*every.put(b"..", 1024), 3, *every.put(b"inner", 2048))
        assert every.call("path_symlink", *link) == SUCCESS
        assert part.open(3, "file") >= 0
        for path in ("secret", "../secret", "moved/file", "../moved/file", "outer"):
            assert part.open(3, path) < 0
            assert every.open(3, f"inner/{path}") < 0
        again = opened.guest("part")
        assert again.open(3, "file") >= 0
        assert again.open(3, "secret") < 0


def test_a_directory_that_is_removed_is_empty_and_takes_nothing_in(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    modules = {
        "all": settings(directories={"data": tmp_path / "outer"}),
        "part": settings(directories={"data": inner}),
    }
    with wasi_store(modules) as opened:
        every, part = opened.guest("all"), opened.guest("part")
        assert every.path("path_remove_directory", 3, "inner") == SUCCESS
        assert part.open(3, "file", CREATE) < 0
        assert every.path("path_create_directory", 3, "inner") == SUCCESS
        assert part.open(3, "file", CREATE) < 0
        # Neither does one that another is renamed over.
        assert every.path("path_create_directory", 3, "other") == SUCCESS
        over = (*every.put(b"other", 1024), 3, *every.put(b"inner", 2048))
        assert every.call("path_rename", 3, *over) == SUCCESS
        assert every.open(3, "inner/file", CREATE) >= 0
        assert part.open(3, "file") < 0


@pytest.mark.parametrize("name", [".", "./", "..", "", "/", "inside/..", "./."])
def test_a_mapped_directory_itself_is_neither_moved_nor_removed_nor_replaced(
    mapped: Path, name: str
) -> None:
    with single_guest(settings(directories={"data": mapped})) as guest:
        itself, other = guest.put(name.encode(), 1024), guest.put(b"other", 2048)
        inside, file = guest.put(b"inside", 3072), guest.put(b"inside/file", 4096)
        assert guest.call("path_remove_directory", 3, *itself) != SUCCESS
        assert guest.call("path_unlink_file", 3, *itself) != SUCCESS
        assert guest.call("path_create_directory", 3, *itself) != SUCCESS
        assert guest.call("path_rename", 3, *itself, 3, *other) != SUCCESS
        assert guest.call("path_rename", 3, *inside, 3, *itself) != SUCCESS
        assert guest.call("path_rename", 3, *file, 3, *itself) != SUCCESS
        assert guest.call("path_link", 3, 0, *file, 3, *itself) != SUCCESS
        assert guest.call("path_symlink", *other, 3, *itself) != SUCCESS
        assert guest.open(3, "inside", DIRECTORY) >= 0
    assert (mapped / "inside" / "file").read_text() == "own"
    assert sorted(each.name for each in mapped.parent.iterdir()) == ["mapped", "outside"]


def test_hard_links_are_not_made_through_symbolic_ones(mapped: Path) -> None:
    (mapped / "way").symlink_to("../outside")
    (mapped / "link").symlink_to("../outside/file")
    with single_guest(settings(directories={"data": mapped})) as guest:
        new = guest.put(b"new", 2048)
        for source in (b"way/file", b"../outside/file", b"inside/../../outside/file"):
            for follow in (0, 1):
                assert guest.call("path_link", 3, follow, *guest.put(source), 3, *new) != SUCCESS
        assert guest.call("path_link", 3, 1, *guest.put(b"link"), 3, *new) != SUCCESS
        assert guest.call("path_link", 3, 0, *guest.put(b"link"), 3, *new) == SUCCESS
        assert guest.open(3, "new") < 0
    assert (mapped / "new").is_symlink()
    assert (mapped.parent / "outside" / "file").stat().st_nlink == 1


def test_two_modules_on_one_directory_share_its_files_and_nothing_else(tmp_path: Path) -> None:
    modules = {name: settings(directories={"data": tmp_path}) for name in ("a", "b")}
    with wasi_store(modules) as opened:
        first, second = opened.guest("a"), opened.guest("b")
        files = first.open(3, "file", CREATE), second.open(3, "file", CREATE)
        assert files == (5, 5)
        assert first.write(5, b"of the first") == 12
        assert second.read(5, 6) == b"of the"
        assert first.seek(5, 0, 1) == 12
        assert first.call("fd_filestat_set_size", 5, 8) == SUCCESS
        assert second.read(5) == b" f"
        assert first.path("path_unlink_file", 3, "file") == SUCCESS
        assert second.open(3, "file") == -44
        assert second.seek(5, 0) == 0
        assert second.read(5) == b"of the f"
        assert second.open(3, "file", CREATE) == 6
        assert second.read(6) == b""
        first.wasi.close()
        assert second.write(6, b"kept") == 4
    assert (tmp_path / "file").read_bytes() == b"kept"


@pytest.mark.parametrize("length", [2, 30])
def test_a_chain_of_links_is_followed_to_its_end(mapped: Path, length: int) -> None:
    for number in range(length):
        (mapped / f"link{number + 1}").symlink_to(f"link{number}")
    (mapped / "link0").symlink_to("inside/file")
    with single_guest(settings(directories={"data": mapped})) as guest:
        file = guest.open(3, f"link{length}")
        assert guest.read(file) == b"own"
        (mapped / "link0").unlink()
        (mapped / "link0").symlink_to("../outside/file")
        assert guest.open(3, f"link{length}") < 0


def test_chains_without_an_end_are_refused(mapped: Path) -> None:
    for number in range(300):
        (mapped / f"link{number + 1}").symlink_to(f"link{number}")
    (mapped / "link0").symlink_to("inside/file")
    (mapped / "a").symlink_to("b")
    (mapped / "b").symlink_to("a")
    (mapped / "itself").symlink_to("itself/itself")
    (mapped / "double").symlink_to("double/../double/x")
    with single_guest(settings(directories={"data": mapped})) as guest:
        for path in ("link300", "a", "b", "itself", "a/x", "double", "a/../inside/file"):
            assert guest.open(3, path) == -32, path
            assert guest.call("path_filestat_get", 3, 1, *guest.put(path.encode()), 512) == 32

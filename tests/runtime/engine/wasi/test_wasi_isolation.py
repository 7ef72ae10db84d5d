"""Modules that share a store share nothing of WASI."""

from pathlib import Path

import pytest

from tests.support.wasi_guest import (
    BAD_DESCRIPTOR,
    CREATE,
    MEMORY_SIZE,
    SUCCESS,
    settings,
    single_guest,
    wasi_store,
)


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def test_ten_modules_keep_their_environments_and_files_apart(tmp_path: Path) -> None:
    names = [f"module_{number}" for number in range(10)]
    modules = {
        name: settings({"NAME": name, f"ONLY_{name}": "1"}, {"data": _folder(tmp_path, name)})
        for name in names
    }
    with wasi_store(modules) as opened:
        guests = {name: opened.guest(name) for name in names}
        files = {name: guest.open(3, "own.txt", CREATE) for name, guest in guests.items()}
        for name, guest in guests.items():
            assert guest.write(files[name], f"of {name}".encode()) == len(f"of {name}")
        for name, guest in guests.items():
            assert guest.texts("environ") == [f"NAME={name}", f"ONLY_{name}=1"]
            assert guest.texts("args") == []
            assert guest.mapped() == ["data", "/data"]
            assert files[name] == 5
            assert guest.seek(files[name], 0) == 0
            assert guest.read(files[name]) == f"of {name}".encode()
    for name in names:
        assert (tmp_path / name / "own.txt").read_text() == f"of {name}"


def test_no_number_reaches_a_descriptor_of_another_module(tmp_path: Path) -> None:
    modules = {
        "rich": settings(directories={f"d{n}": _folder(tmp_path, f"d{n}") for n in range(10)}),
        "poor": settings(),
    }
    with wasi_store(modules) as opened:
        rich, poor = opened.guest("rich"), opened.guest("poor")
        for number in range(50):
            assert rich.open(3, f"file_{number}", CREATE) >= 0
        for descriptor in [*range(3, 5_000), -1, -2, 2**31 - 1, -(2**31)]:
            assert poor.call("fd_fdstat_get", descriptor, 64) == BAD_DESCRIPTOR
            assert poor.call("fd_close", descriptor) == BAD_DESCRIPTOR
        assert poor.mapped() == []
        assert rich.write(23, b"still open") == 10


def test_a_module_that_closes_everything_takes_nothing_from_the_others(tmp_path: Path) -> None:
    modules = {name: settings(directories={"data": _folder(tmp_path, name)}) for name in ("a", "b")}
    with wasi_store(modules) as opened:
        first, second = opened.guest("a"), opened.guest("b")
        file = second.open(3, "file", CREATE)
        for descriptor in range(10):
            first.call("fd_close", descriptor)
        assert first.write(1, b"gone") == -BAD_DESCRIPTOR
        assert second.write(file, b"kept") == 4
        assert second.write(1, b"shown") == 5
        assert second.output.writes == [(1, b"shown")]
        # Nor does a directory that is closed get replaced by what others open.
        assert second.open(3, "more", CREATE) == 6
        again = opened.guest("a")
        assert again.mapped() == ["data", "/data"]
        assert again.open(3, "mine", CREATE) == 5
    assert (tmp_path / "a" / "mine").exists()


def test_closing_the_wasi_of_a_module_closes_its_files_only(tmp_path: Path) -> None:
    modules = {name: settings(directories={"data": _folder(tmp_path, name)}) for name in ("a", "b")}
    with wasi_store(modules) as opened:
        first, second = opened.guest("a"), opened.guest("b")
        file, other = first.open(3, "file", CREATE), second.open(3, "file", CREATE)
        first.wasi.close()
        assert first.write(file, b"late") == -BAD_DESCRIPTOR
        assert first.write(1, b"late") == -BAD_DESCRIPTOR
        assert second.write(other, b"kept") == 4
        assert opened.guest("a").open(3, "file") == 5


def test_a_module_is_loaded_later_with_settings_of_its_own() -> None:
    with wasi_store({"first": settings({"A": "1"})}) as opened:
        late = opened.guest("late", late=settings({"B": "2"}))
        assert late.texts("environ") == ["B=2"]
        assert late.mapped() == []


@pytest.mark.parametrize(
    ("configured", "names"),
    [
        ("sites", ["sites", "/sites"]),
        ("/sites", ["/sites", "sites"]),
        ("./sites", ["./sites", "sites", "/sites"]),
        ("a/b/", ["a/b/", "a/b", "/a/b"]),
        (".", [".", "/"]),
        ("/", ["/", "."]),
    ],
)
def test_a_directory_is_found_with_and_without_a_leading_slash(
    tmp_path: Path, configured: str, names: list[str]
) -> None:
    with single_guest(settings(directories={configured: tmp_path})) as guest:
        assert guest.mapped() == names
        for number in range(len(names)):
            assert guest.open(3 + number, f"file_{number}", CREATE) == 3 + len(names) + number
    assert len(list(tmp_path.iterdir())) == len(names)


def test_names_that_the_settings_give_come_before_second_forms(tmp_path: Path) -> None:
    folders = {
        "a": _folder(tmp_path, "a"),
        "/a": _folder(tmp_path, "slash_a"),
        "b": _folder(tmp_path, "b"),
    }
    with single_guest(settings(directories=folders)) as guest:
        assert guest.mapped() == ["a", "/a", "b", "/b"]
        assert guest.open(4, "file", CREATE) == 7
    assert (tmp_path / "slash_a" / "file").exists()


def test_a_large_environment_arrives_whole() -> None:
    environment = {f"VARIABLE_{number}": "é" * 60 for number in range(1_500)}
    with single_guest(settings(environment)) as guest:
        assert guest.texts("environ") == [f"{name}={text}" for name, text in environment.items()]


def test_a_module_without_environment_and_arguments_sees_none() -> None:
    with single_guest() as guest:
        assert guest.texts("environ") == []
        assert guest.texts("args") == []


@pytest.mark.parametrize("pointer", [MEMORY_SIZE - 2, MEMORY_SIZE, -1, -8])
def test_pointers_outside_the_memory_trap(pointer: int) -> None:
    with single_guest(settings({"A": "1"})) as guest:
        for name in ("environ_get", "environ_sizes_get"):
            for arguments in ((pointer, 64), (64, pointer)):
                with pytest.raises(Exception, match="out of bounds memory access"):
                    guest.call(name, *arguments)
        assert guest.texts("environ") == ["A=1"]


def test_standard_input_is_at_its_end() -> None:
    with single_guest() as guest:
        assert guest.read(0) == b""


def test_clocks_and_random_numbers_come_from_the_host() -> None:
    with single_guest() as guest:
        assert guest.call("clock_time_get", 0, 0, 64) == SUCCESS
        assert guest.number(64, "<Q") > 1_600_000_000_000_000_000
        guest.put(bytes(64))
        assert guest.call("random_get", 1024, 64) == SUCCESS
        assert guest.memory.read(1024, 64) != bytes(64)
        assert guest.call("sched_yield") == SUCCESS

"""Whatever a module calls with whatever numbers: an error or a trap, and all stays where it is."""

from pathlib import Path

import pytest
import wasmtime
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runtime.engine.wasi.signatures import SIGNATURES
from tests.support.wasi_guest import CREATE, MEMORY_SIZE, WasiStore, settings, wasi_store

SECRET = "not for guests"

# Names, one after the other, that calls may point into.
NAMES = b"dir/../dir/file\0../outside/secret\0/etc/passwd\0link/secret\0new/pipe\0." * 3
NAMES_AT = 1_024

DESCRIPTORS = st.integers(-1, 12) | st.sampled_from([1_023, 1_024, 5_000, -(2**31)])
POINTERS = st.integers(NAMES_AT, NAMES_AT + len(NAMES)) | st.sampled_from(
    [0, 7, 16, 4_096, MEMORY_SIZE - 1, MEMORY_SIZE - 8, MEMORY_SIZE, -1, -8, -(2**31)]
)
SMALL = st.integers(0, 40) | st.sampled_from([255, 65_535, 65_536, 2**31 - 1, -1, -(2**31)])
LARGE = st.integers(0, 100) | st.sampled_from([2**29 - 1, 2**40, 2**62, 2**63 - 1, -1, -(2**63)])


def _number(type_name: str, *, is_descriptor: bool) -> st.SearchStrategy[int]:
    if is_descriptor:
        return DESCRIPTORS
    return LARGE if type_name == "i64" else POINTERS | SMALL


CALLS = st.one_of(
    [
        st.tuples(
            st.just(name),
            st.tuples(
                *(
                    _number(parameter.type, is_descriptor=parameter.is_descriptor)
                    for parameter in signature.parameters
                )
            ),
        )
        for name, signature in SIGNATURES.items()
    ]
)


@hypothesis_settings(max_examples=100, deadline=None)
@given(calls=st.lists(CALLS, min_size=1, max_size=12))
def test_any_calls_are_survived_by_the_process_the_other_module_and_the_files_outside(
    calls: list[tuple[str, tuple[int, ...]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("random")
    (folder / "outside").mkdir()
    (folder / "outside" / "secret").write_text(SECRET)
    mapped = folder / "mapped"
    (mapped / "dir").mkdir(parents=True)
    (mapped / "dir" / "file").write_text("own")
    (mapped / "link").symlink_to("../outside")
    (folder / "other").mkdir()
    modules = {
        "hostile": settings({"A": "1"}, {"data": mapped}),
        "other": settings(directories={"data": folder / "other"}),
    }
    with wasi_store(modules) as opened:
        other = opened.guest("other")
        file = other.open(3, "file", CREATE)
        _call_all(opened, calls)
        assert other.write(file, b"kept") == 4
        assert other.write(1, b"shown") == 5
    assert sorted(each.name for each in folder.iterdir()) == ["mapped", "other", "outside"]
    assert [each.name for each in (folder / "outside").iterdir()] == ["secret"]
    assert (folder / "outside" / "secret").read_text() == SECRET
    assert _texts(folder / "other") == {"file": "kept"}


def _call_all(opened: WasiStore, calls: list[tuple[str, tuple[int, ...]]]) -> None:
    guest = opened.guest("hostile")
    guest.put(NAMES, NAMES_AT)
    guest.put(b"\x00\x04\x00\x00\x40\x00\x00\x00" * 4, 16)  # vectors
    guest.open(3, "dir/file")
    for name, arguments in calls:
        try:
            with opened.interruption.running(0.2):  # for long waits
                guest.call(name, *arguments)
        except (wasmtime.Trap, wasmtime.ExitTrap, wasmtime.WasmtimeError):
            continue


def _texts(folder: Path) -> dict[str, str]:
    return {each.name: each.read_text() for each in folder.iterdir()}

"""What a module writes to its standard streams goes to its own sink, whole and in order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runtime.errors import HostFunctionError, Trap
from tests.support.wasi_guest import (
    BAD_DESCRIPTOR,
    CREATE,
    FAULT,
    INVALID,
    MEMORY_SIZE,
    SUCCESS,
    Guest,
    settings,
    single_guest,
    wasi_store,
)


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Guest]:
    with single_guest(settings(directories={"data": tmp_path})) as opened:
        yield opened


def test_each_module_writes_to_its_own_sink_and_the_process_shows_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    names = ("a", "b", "c")
    with wasi_store({name: settings() for name in names}) as opened:
        guests = {name: opened.guest(name) for name in names}
        for name, guest in guests.items():
            assert guest.write(1, f"{name} out".encode()) == 5
            assert guest.write(2, f"{name} err".encode()) == 5
        for name, guest in guests.items():
            assert guest.output.writes == [
                (1, f"{name} out".encode()),
                (2, f"{name} err".encode()),
            ]
    assert capfd.readouterr() == ("", "")


def test_pieces_of_one_write_arrive_together(guest: Guest) -> None:
    assert guest.write(1, b"one ", b"", b"two ", b"three") == 13
    assert guest.output.writes == [(1, b"one two three")]


def test_an_empty_write_reaches_no_sink(guest: Guest) -> None:
    assert guest.write(1) == 0
    assert guest.write(1, b"", b"") == 0
    assert guest.output.writes == []


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 150_000), max_size=8))
def test_writes_of_any_size_arrive_whole(sizes: list[int]) -> None:
    with single_guest() as guest:
        text = bytes(range(251)) * 600
        guest.put(text)
        vectors = guest.vector_list([(1024 + size % 7, size) for size in sizes])
        assert guest.call("fd_write", 1, *vectors, 64) == SUCCESS
        assert guest.number() == sum(sizes)
        expected = b"".join(text[size % 7 :][:size] for size in sizes)
        assert b"".join(data for _, data in guest.output.writes) == expected


@pytest.mark.parametrize(
    "vector",
    [
        (MEMORY_SIZE - 4, 5),
        (MEMORY_SIZE, 1),
        (MEMORY_SIZE + 1, 0),
        (0xFFFFFFFF, 1),
        (0, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
    ],
)
def test_a_piece_outside_the_memory_is_refused_and_nothing_arrives(
    guest: Guest, vector: tuple[int, int]
) -> None:
    vectors = guest.vector_list([(1024, 3), vector])
    assert guest.call("fd_write", 1, *vectors, 64) == FAULT
    assert guest.output.writes == []


@pytest.mark.parametrize(
    "vectors", [(MEMORY_SIZE - 4, 1), (MEMORY_SIZE, 1), (0, 2**31 - 1), (96, -1), (-8, 1), (-8, 2)]
)
def test_a_list_of_pieces_outside_the_memory_is_refused(
    guest: Guest, vectors: tuple[int, int]
) -> None:
    assert guest.call("fd_write", 1, *vectors, 64) == FAULT
    assert guest.output.writes == []


@pytest.mark.parametrize("result", [MEMORY_SIZE - 3, MEMORY_SIZE, -1, -4])
def test_a_result_outside_the_memory_is_refused_and_nothing_arrives(
    guest: Guest, result: int
) -> None:
    assert guest.call("fd_write", 1, *guest.vectors([b"text"]), result) == FAULT
    assert guest.output.writes == []


def test_pieces_that_overlap_cannot_hold_more_than_a_result_can_say(guest: Guest) -> None:
    count = 2**32 // MEMORY_SIZE
    guest.memory.write(8, (0).to_bytes(4, "little") + MEMORY_SIZE.to_bytes(4, "little"))
    guest.memory.write(1024, guest.memory.read(8, 8) * count)
    assert guest.call("fd_write", 1, 1024, count, 64) == INVALID
    assert guest.output.writes == []


def test_a_renumbered_stream_keeps_its_sink(guest: Guest, tmp_path: Path) -> None:
    file = guest.open(3, "file", CREATE)
    assert guest.call("fd_renumber", 1, file) == SUCCESS
    assert guest.write(file, b"to the sink") == 11
    assert guest.write(1, b"nowhere") == -BAD_DESCRIPTOR
    assert guest.output.writes == [(1, b"to the sink")]
    assert (tmp_path / "file").read_bytes() == b""


def test_a_file_in_the_place_of_a_stream_gets_what_is_written(guest: Guest, tmp_path: Path) -> None:
    file = guest.open(3, "file", CREATE)
    assert guest.call("fd_renumber", file, 1) == SUCCESS
    assert guest.write(1, b"to the file") == 11
    assert guest.write(2, b"to the sink") == 11
    assert guest.output.writes == [(2, b"to the sink")]
    assert (tmp_path / "file").read_bytes() == b"to the file"


def test_nothing_is_written_to_standard_input(guest: Guest) -> None:
    assert guest.write(0, b"text") == -BAD_DESCRIPTOR
    assert guest.output.writes == []


def test_what_a_sink_raises_is_the_error_of_the_call(guest: Guest) -> None:
    guest.output.failure = OSError("no space left")
    with pytest.raises(HostFunctionError, match=r"'guest'.*standard error.*no space") as caught:
        guest.write(2, b"lost")
    assert caught.value.__cause__ is guest.output.failure
    assert caught.value.module == caught.value.torn_module == "guest"
    guest.output.failure = None
    assert guest.write(1, b"goes on") == 7
    assert guest.output.writes == [(1, b"goes on")]


def test_an_error_of_another_service_is_no_error_of_the_module_that_wrote(guest: Guest) -> None:
    other = Trap("unreachable", trap="unreachable", module="other")
    other.torn_module = "other"
    guest.output.failure = other
    with pytest.raises(HostFunctionError, match=r"'guest' .*: Trap: unreachable") as caught:
        guest.write(1, b"lost")
    assert caught.value.__cause__ is other
    assert caught.value.module == caught.value.torn_module == "guest"


def test_even_a_keyboard_interrupt_comes_out_of_a_sink(guest: Guest) -> None:
    guest.output.failure = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        guest.write(1, b"lost")

"""Guests wait for their own descriptors and clocks, and can be interrupted while they wait."""

import struct
import time
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
    wasi_store,
)

IN = 1024
OUT = 200_000
COUNT = 64

CLOCK = 0
READ = 1
WRITE = 2
REALTIME = 0
MONOTONIC = 1
ABSOLUTE = 1
HOUR = 3_600_000_000_000


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Guest]:
    with single_guest(settings(directories={"data": tmp_path})) as opened:
        yield opened


def clock(userdata: int, timeout: int, clock_id: int = MONOTONIC, flags: int = 0) -> bytes:
    return struct.pack("<QB7xIxxxxQQH6x", userdata, CLOCK, clock_id, timeout, 0, flags)


def ready(userdata: int, kind: int, descriptor: int) -> bytes:
    return struct.pack("<QB7xI28x", userdata, kind, descriptor)


def poll(guest: Guest, *subscriptions: bytes, out: int = OUT) -> list[tuple[int, int, int]] | int:
    """Userdata, error and kind of each event, or the error number."""
    guest.put(b"".join(subscriptions), IN)
    error = guest.call("poll_oneoff", IN, out, len(subscriptions), COUNT)
    if error != SUCCESS:
        return error
    events = guest.memory.read(out, 32 * guest.number(COUNT))
    return [struct.unpack_from("<QHB", events, at) for at in range(0, len(events), 32)]


@pytest.mark.parametrize("clock_id", [MONOTONIC, REALTIME])
def test_a_guest_sleeps_as_long_as_it_asked(guest: Guest, clock_id: int) -> None:
    before = time.monotonic_ns()
    assert poll(guest, clock(2**64 - 1, 50_000_000, clock_id)) == [(2**64 - 1, 0, CLOCK)]
    assert time.monotonic_ns() - before >= 50_000_000


@pytest.mark.parametrize("clock_id", [MONOTONIC, REALTIME])
def test_a_point_in_time_that_is_over_comes_at_once(guest: Guest, clock_id: int) -> None:
    assert poll(guest, clock(7, 1, clock_id, ABSOLUTE)) == [(7, 0, CLOCK)]


def test_a_point_in_time_is_waited_for(guest: Guest) -> None:
    guest.call("clock_time_get", MONOTONIC, 0, 64)
    until = guest.number(64, "<Q") + 30_000_000
    assert poll(guest, clock(7, until, MONOTONIC, ABSOLUTE)) == [(7, 0, CLOCK)]
    guest.call("clock_time_get", MONOTONIC, 0, 64)
    assert guest.number(64, "<Q") >= until


def test_the_first_of_several_clocks_ends_the_wait(guest: Guest) -> None:
    events = poll(guest, clock(1, HOUR), clock(2, 30_000_000), clock(3, 2**64 - 1))
    assert events == [(2, 0, CLOCK)]


def test_descriptors_are_the_guests_own(guest: Guest) -> None:
    file = guest.open(3, "file", CREATE)
    assert guest.call("fd_renumber", 1, 9) == BAD_DESCRIPTOR
    assert guest.call("fd_renumber", 1, 2) == SUCCESS
    assert poll(guest, ready(10, READ, file), clock(12, HOUR)) == [(10, 0, READ)]
    assert poll(guest, ready(11, WRITE, 2), clock(12, HOUR)) == [(11, 0, WRITE)]
    for unknown in (1, 6, 1_023, 1_024, 5_000, -1):
        subscription = ready(13, READ, unknown & 0xFFFFFFFF)
        assert poll(guest, clock(12, 0), subscription) == BAD_DESCRIPTOR


def test_a_descriptor_of_another_module_is_unknown(tmp_path: Path) -> None:
    modules = {"a": settings(directories={"data": tmp_path}), "b": settings()}
    with wasi_store(modules) as opened:
        first, second = opened.guest("a"), opened.guest("b")
        file = first.open(3, "file", CREATE)
        assert poll(first, ready(1, READ, file)) == [(1, 0, READ)]
        for descriptor in range(3, 100):
            assert poll(second, ready(1, READ, descriptor)) == BAD_DESCRIPTOR


def test_the_same_number_in_two_modules_means_what_each_of_them_opened(tmp_path: Path) -> None:
    modules = {name: settings(directories={"data": tmp_path}) for name in ("a", "b")}
    (tmp_path / "inner").mkdir()
    with wasi_store(modules) as opened:
        first, second = opened.guest("a"), opened.guest("b")
        assert first.open(3, "file", CREATE) == second.open(3, "inner", DIRECTORY) == 5
        assert poll(first, ready(1, READ, 5)) == [(1, 0, READ)]
        assert poll(second, ready(1, READ, 5)) == BAD_DESCRIPTOR  # it is a directory


def test_the_subscriptions_of_a_guest_stay_as_they_were(guest: Guest) -> None:
    file = guest.open(3, "file", CREATE)
    subscriptions = [ready(5, READ, file), clock(6, 1_000)]
    poll(guest, *subscriptions)
    assert guest.memory.read(IN, 96) == b"".join(subscriptions)


@pytest.mark.parametrize("out", [IN, IN + 8, IN - 16])
def test_events_may_overwrite_the_subscriptions(guest: Guest, out: int) -> None:
    past = clock(6, 1, flags=ABSOLUTE)
    events = poll(guest, clock(5, HOUR), past, clock(7, HOUR), out=out)
    assert events == [(6, 0, CLOCK)]


def test_many_subscriptions_are_taken_and_too_many_refused(guest: Guest) -> None:
    file = guest.open(3, "file", CREATE)
    many = [ready(number, READ, file) for number in range(2_048)]
    events = poll(guest, *many)
    assert isinstance(events, list)
    assert events  # how many of those that are ready come at once is the engine's choice
    assert len(set(events)) == len(events)
    assert set(events) <= {(number, 0, READ) for number in range(2_048)}
    assert guest.call("poll_oneoff", IN, OUT, 2_049, COUNT) == INVALID
    assert guest.call("poll_oneoff", IN, OUT, -1, COUNT) == INVALID
    assert guest.call("poll_oneoff", IN, OUT, 0, COUNT) == INVALID


@pytest.mark.parametrize("kind", [3, 255])
def test_an_unknown_kind_of_event_is_refused(guest: Guest, kind: int) -> None:
    assert poll(guest, ready(1, kind, 0)) == INVALID


@pytest.mark.parametrize("clock_id", [2, 3, 4, 2**32 - 1])
def test_clocks_that_cannot_be_waited_for_are_refused(guest: Guest, clock_id: int) -> None:
    assert poll(guest, clock(1, 1, clock_id)) == INVALID


@pytest.mark.parametrize(
    ("subscriptions", "events", "count"),
    [
        (MEMORY_SIZE - 47, OUT, COUNT),
        (-48, OUT, COUNT),
        (IN, MEMORY_SIZE - 31, COUNT),
        (IN, -32, COUNT),
        (IN, OUT, MEMORY_SIZE - 3),
        (IN, OUT, -4),
    ],
)
def test_pointers_outside_the_memory_trap_before_any_wait(
    subscriptions: int, events: int, count: int
) -> None:
    with wasi_store({"guest": settings()}) as opened:
        guest = opened.guest("guest")
        guest.put(clock(1, HOUR), IN)
        with opened.interruption.running(5), pytest.raises(wasmtime.Trap):
            guest.call("poll_oneoff", subscriptions, events, 1, count)


def test_a_sleeping_guest_is_interrupted_and_answers_the_next_call() -> None:
    with wasi_store({"guest": settings()}) as opened:
        guest = opened.guest("guest")
        with opened.interruption.running(0.05):
            with pytest.raises(wasmtime.WasmtimeError, match="interrupted"):
                poll(guest, clock(1, HOUR))
            assert opened.interruption.error() is not None
        assert poll(guest, clock(2, 0)) == [(2, 0, CLOCK)]

"""Stores that were closed leave nothing behind."""

import gc
from pathlib import Path

import pytest

from tests.support.wasi_guest import CREATE, settings, wasi_store

STATUS = Path("/proc/self/status")
DESCRIPTORS = Path("/proc/self/fd")

pytestmark = pytest.mark.skipif(
    not STATUS.exists(), reason="address space and descriptors are counted by Linux's /proc"
)


def _address_space() -> int:
    """In kB."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmSize"))
    return int(line.split()[1])


def _use_a_store(folder: Path) -> None:
    modules = {name: settings({"A": "1"}, {"data": folder}) for name in ("a", "b")}
    with wasi_store(modules) as opened:
        for name in modules:
            guest = opened.guest(name)
            assert guest.open(3, f"left_open_{name}", CREATE) == 5
            assert guest.write(1, b"text") == 4


def test_300_stores_leave_address_space_and_descriptors_as_they_were(tmp_path: Path) -> None:
    for _ in range(5):
        _use_a_store(tmp_path)
    gc.collect()
    before, descriptors = _address_space(), len(list(DESCRIPTORS.iterdir()))
    for _ in range(300):
        _use_a_store(tmp_path)
    assert len(list(DESCRIPTORS.iterdir())) == descriptors
    # One memory alone reserves 4 GB; a leak of one a store would be 1,200 GB.
    assert _address_space() - before < 1_000_000


def test_stores_that_nobody_closes_are_freed_by_the_garbage_collector(tmp_path: Path) -> None:
    def leave_a_store_open() -> None:
        opened = wasi_store({"a": settings(directories={"data": tmp_path})})
        guest = opened.__enter__().guest("a")
        assert guest.write(1, b"text") == 4

    leave_a_store_open()
    gc.collect()
    before = _address_space()
    for _ in range(20):
        leave_a_store_open()
        gc.collect()
    assert _address_space() - before < 1_000_000

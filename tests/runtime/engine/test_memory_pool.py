"""A service's memories together never exceed their limit, to the byte."""

import gc
import signal
import subprocess
import sys
import textwrap
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import wasmtime
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runtime.engine import memory_pool
from runtime.engine.memory_pool import (
    MemoryPool,
    pooled_engine,
)
from runtime.engine.raw import RawStore
from runtime.engine.wasi.settings import WasiSettings
from runtime.engine.wasi.store_wasi import StoreWasi
from runtime.errors import MemoryLimitExceeded
from runtime.keyboard_interrupts import keyboard_interrupts_deferred

PAGE = 65_536
STATUS = Path("/proc/self/status")

pytestmark = pytest.mark.skipif(
    not memory_pool.EXACT, reason="this system allows no exact memory limit"
)

needs_proc = pytest.mark.skipif(
    not STATUS.exists(), reason="address space is counted by Linux's /proc"
)

PROGRAM = """(module
  (memory (export "memory") 1 {maximum})
  (data (i32.const 8) "from the module")
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load_behind") (param i32) (result i32) (i32.load8_u offset=16 (local.get 0)))
  (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1))))"""


class Program:
    """An instance of the program above."""

    def __init__(self, store: wasmtime.Store, module: wasmtime.Module) -> None:
        self._store = store
        self._exports = wasmtime.Instance(store, module, []).exports(store)

    def _call(self, name: str, *arguments: int) -> int:
        function = self._exports[name]
        assert isinstance(function, wasmtime.Func)
        result = function(self._store, *arguments)
        assert result is None or isinstance(result, int)
        return result or 0

    def grow(self, pages: int) -> int:
        return self._call("grow", pages)

    def load(self, address: int) -> int:
        return self._call("load", address)

    def load_behind(self, address: int) -> int:
        return self._call("load_behind", address)

    def store(self, address: int, byte: int) -> None:
        self._call("store", address, byte)


class Programs:
    """A store whose engine takes memory from a pool."""

    def __init__(self, pool: MemoryPool, maximum: int | None = None) -> None:
        self.engine = pooled_engine(lambda _config: None, pool)
        self.store = wasmtime.Store(self.engine)
        text = PROGRAM.format(maximum="" if maximum is None else maximum)
        self._module = wasmtime.Module(self.engine, text)

    def load(self) -> Program:
        return Program(self.store, self._module)


@contextmanager
def programs(pool: MemoryPool, maximum: int | None = None) -> Iterator[Programs]:
    made = Programs(pool, maximum)
    try:
        yield made
    finally:
        made.store.close()


def test_three_modules_that_grow_in_turn_share_the_limit_exactly() -> None:
    pool = MemoryPool(10 * PAGE)
    with programs(pool) as made:
        first, second, third = made.load(), made.load(), made.load()
        assert pool.used == 3 * PAGE
        assert [first.grow(2), second.grow(2), third.grow(2)] == [1, 1, 1]
        assert pool.used == 9 * PAGE
        assert first.grow(2) == -1
        assert second.grow(1) == 3
        assert third.grow(1) == -1
        assert (pool.used, pool.rejected) == (10 * PAGE, 2)
        assert third.grow(0) == 3
        assert pool.rejected == 2
    assert (pool.used, pool.rejected) == (0, 2)


@hypothesis_settings(max_examples=50, deadline=None)
@given(
    st.integers(3 * PAGE, 40 * PAGE),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 70_000)), max_size=20),
)
def test_every_growth_is_granted_exactly_as_long_as_it_fits(
    limit: int, growths: list[tuple[int, int]]
) -> None:
    pool = MemoryPool(limit)
    with programs(pool) as made:
        loaded = [made.load() for _ in range(3)]
        sizes, rejected = [1, 1, 1], 0
        for which, pages in growths:
            before = sizes[which]
            if (sum(sizes) + pages) * PAGE <= limit:
                assert loaded[which].grow(pages) == before
                sizes[which] += pages
            else:
                # Past 4 GiB the engine itself says no, and no pool is asked.
                rejected += before + pages <= 65_536
                assert loaded[which].grow(pages) == -1
            assert (pool.used, pool.rejected) == (sum(sizes) * PAGE, rejected)


def test_a_module_for_which_there_is_no_room_is_refused_with_the_reason() -> None:
    pool = MemoryPool(2 * PAGE + 100)
    with programs(pool) as made:
        made.load(), made.load()
        with pytest.raises(wasmtime.WasmtimeError) as caught:
            made.load()
        assert str(caught.value) == (
            f"out of memory: {PAGE} bytes wanted, {2 * PAGE} of {2 * PAGE + 100} are used"
        )
        assert (pool.used, pool.rejected) == (2 * PAGE, 1)


def test_growth_past_a_modules_own_maximum_is_not_counted() -> None:
    pool = MemoryPool(10 * PAGE)
    with programs(pool, maximum=2) as made:
        program = made.load()
        assert program.grow(1) == 1
        assert program.grow(1) == -1
        assert (pool.used, pool.rejected) == (2 * PAGE, 0)


def test_memory_keeps_its_content_starts_with_zeros_and_ends_where_it_ends() -> None:
    with programs(MemoryPool(10 * PAGE)) as made:
        program, neighbour = made.load(), made.load()
        assert bytes(program.load(8 + at) for at in range(15)) == b"from the module"
        program.store(PAGE - 1, 7)
        with pytest.raises(wasmtime.Trap, match="out of bounds memory access"):
            program.load(PAGE)
        assert program.grow(3) == 1
        assert program.load(PAGE - 1) == 7
        assert {program.load(address) for address in range(PAGE, 4 * PAGE, 997)} == {0}
        program.store(4 * PAGE - 1, 9)
        assert program.load(4 * PAGE - 1) == 9
        for outside in (4 * PAGE, 2**31 - 1, -1):
            with pytest.raises(wasmtime.Trap, match="out of bounds memory access"):
                program.load(outside)
        # Offsets reach past 4 GiB, where a neighbour's memory would begin if no guard lay between.
        for reader in (program, neighbour):
            for outside in (-16, -8, -1):
                with pytest.raises(wasmtime.Trap, match="out of bounds memory access"):
                    reader.load_behind(outside)
        assert neighbour.load(PAGE - 1) == 0


def test_memory_of_the_runtime_itself_does_not_count() -> None:
    pool = MemoryPool(PAGE)
    with programs(pool) as made:
        raw_store = RawStore(made.store)
        settings = WasiSettings({"LARGE": "x" * 300_000}, ())
        wasi = StoreWasi(made.engine, raw_store, {"a": settings}, uncounted=pool.uncounted)
        module_wasi = wasi.prepare("a", lambda _descriptor, _data: None, settings)
        guest = wasmtime.Instance(
            made.store, wasmtime.Module(made.engine, '(module (memory (export "memory") 1))'), []
        )
        memory = raw_store.export(guest, "memory")
        assert isinstance(memory, wasmtime.Memory)
        module_wasi.attach(memory)
        assert (pool.used, pool.rejected) == (PAGE, 0)
        with pytest.raises(wasmtime.WasmtimeError, match="out of memory"):
            made.load()


def test_the_limit_is_the_pools_even_when_nobody_keeps_the_pool() -> None:
    made = Programs(MemoryPool(3 * PAGE))
    program = made.load()
    gc.collect()
    assert program.grow(2) == 1
    assert program.grow(1) == -1
    made.store.close()


def test_a_pool_is_freed_with_its_engine() -> None:
    def use_a_pool() -> "weakref.ref[MemoryPool]":
        pool = MemoryPool(4 * PAGE)
        with programs(pool) as made:
            made.load().grow(1)
        return weakref.ref(pool)

    pool = use_a_pool()
    gc.collect()
    assert pool() is None


def test_memories_that_the_system_refuses_are_given_back_to_the_pool() -> None:
    pool = MemoryPool(2**63)
    with pytest.raises(MemoryError, match="cannot reserve"):
        pool.create_memory(2**60, 0).grow(PAGE)
    memory = pool.create_memory(2 * PAGE, PAGE)
    memory.grow(PAGE)
    with pytest.raises(MemoryError, match="address space is reserved for 131072"):
        memory.grow(3 * PAGE)
    assert pool.used == PAGE
    memory.free()
    assert pool.used == 0


def test_a_refusal_carries_limit_and_count() -> None:
    pool = MemoryPool(PAGE)
    for count in (1, 2):
        with pytest.raises(MemoryLimitExceeded) as caught:
            pool.create_memory(2 * PAGE, 0).grow(2 * PAGE)
        assert (caught.value.limit, caught.value.rejected) == (PAGE, count)
    assert pool.used == 0


def test_threads_that_grow_at_once_never_get_more_than_the_limit() -> None:
    pool = MemoryPool(100 * PAGE)
    granted: list[int] = []

    def grow() -> None:
        with programs(pool) as made:
            program = made.load()
            together.wait()
            granted.append(1 + sum(program.grow(1) != -1 for _ in range(60)))
            together.wait()

    together = threading.Barrier(4, timeout=60)
    threads = [threading.Thread(target=grow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 100
    assert (pool.used, pool.rejected) == (0, 4 * 61 - 100)


def test_ctrl_c_waits_until_the_engine_has_returned() -> None:
    grown = []
    with programs(MemoryPool(10 * PAGE)) as made:
        program = made.load()

        def grow() -> None:
            with keyboard_interrupts_deferred():
                signal.raise_signal(signal.SIGINT)
                grown.append(program.grow(1))

        with pytest.raises(KeyboardInterrupt):
            grow()
        assert grown == [1]
        assert program.grow(1) == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_exact_limit_needs_no_note() -> None:
    assert MemoryPool(PAGE).notes == ()


def test_where_no_exact_limit_is_possible_memories_are_the_engines_and_a_note_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory_pool, "EXACT", False)
    pool = MemoryPool(PAGE)
    with programs(pool) as made:
        made.store.set_limits(memory_size=pool.limit)
        assert made.load().grow(1) == -1
        assert made.load().grow(0) == 1
    assert (pool.used, pool.rejected) == (0, 0)
    assert "each module's memory by itself" in " ".join(pool.notes)


def _address_space() -> int:
    """In kB."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmSize"))
    return int(line.split()[1])


@needs_proc
def test_300_engines_leave_nothing_behind() -> None:
    def use_an_engine() -> MemoryPool:
        pool = MemoryPool(4 * PAGE)
        with programs(pool) as made:
            program = made.load()
            assert program.grow(3) == 1
            assert program.grow(1) == -1
            with pytest.raises(wasmtime.WasmtimeError):
                made.load()
        return pool

    for _ in range(5):
        use_an_engine()
    gc.collect()
    before = _address_space()
    mappings = len(Path("/proc/self/maps").read_text().splitlines())
    for _ in range(300):
        assert use_an_engine().used == 0
    gc.collect()
    # One memory alone reserves 4 GB; a leak of one an engine would be 1,200 GB.
    assert _address_space() - before < 1_000_000
    assert len(Path("/proc/self/maps").read_text().splitlines()) - mappings < 100


def test_a_process_may_end_while_an_engine_is_in_use() -> None:
    script = """
        import wasmtime
        from runtime.engine.memory_pool import MemoryPool, pooled_engine

        engine = pooled_engine(lambda config: None, MemoryPool(10 * 65536))
        store = wasmtime.Store(engine)
        module = wasmtime.Module(engine, '(module (memory (export "memory") 1))')
        instance = wasmtime.Instance(store, module, [])
        keep = [engine, store, module, instance]
        keep.append(keep)
        print("ends")
    """
    finished = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "ends\n", "")

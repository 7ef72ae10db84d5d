"""A wasmtime store as services use it: interruptible, limited, with WASI for each module."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

import wasmtime

from runtime.engine.instance_count import InstanceCount
from runtime.engine.memory_pool import EXACT, MemoryPool
from runtime.engine.module_binary import MOST_TABLE_ELEMENTS
from runtime.engine.raw import RawStore, free
from runtime.engine.wasi.settings import WasiSettings
from runtime.engine.wasi.store_wasi import StoreWasi

_MOST_INSTANCES = 1_000_000
"""Instances in a store, unloaded ones too; by default the engine stops at 10,000."""

_NO_LIMIT = -1


@dataclass(slots=True)
class EngineStore:
    """A wasmtime store, and what belongs to it alone.

    Attributes:
        store: itself.
        raw: the fast access to it.
        wasi: the modules' own WASI.
        instances: how many modules have had in it.
        running: gives the module and the function of the raw call that runs, where glue made it.
    """

    store: wasmtime.Store
    raw: RawStore
    wasi: StoreWasi
    instances: InstanceCount
    running: Callable[[], tuple[str, str] | None]

    def close(self) -> None:
        """Free all instances; nothing of this store may be used afterwards."""
        free(self.store)
        self.instances.forget()


def make_engine_store(
    engine: wasmtime.Engine,
    pool: MemoryPool | None,
    *,
    may_continue: Callable[[], bool],
    wasi: Mapping[str, WasiSettings],
) -> EngineStore:
    """Make an empty store.

    Args:
        engine: its memories come from the pool, if there is one.
        pool: counts the memory of all modules, or None where there is no limit.
        may_continue: asked at every tick of the engine's epoch.
        wasi: what each module will see.

    Raises:
        ConfigError: what a module shall see cannot be had.
    """
    store = wasmtime.Store(engine)
    try:
        store.set_limits(
            memory_size=_NO_LIMIT if pool is None or EXACT else pool.limit,
            table_elements=MOST_TABLE_ELEMENTS,
            instances=_MOST_INSTANCES,
            tables=_MOST_INSTANCES,
            memories=_MOST_INSTANCES,
        )
        raw = RawStore(store)
        raw.on_epoch(may_continue)
        uncounted = nullcontext if pool is None else pool.uncounted
        store_wasi = StoreWasi(engine, raw, wasi, uncounted=uncounted)
        return EngineStore(store, raw, store_wasi, InstanceCount(), _no_raw_call)
    except BaseException:
        free(store)  # nobody else can: stores are not freed by themselves
        raise


def _no_raw_call() -> None:
    """No glue made the raw call."""

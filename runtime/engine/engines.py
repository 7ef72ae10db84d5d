"""Engines, and modules compiled for them.

All services without a memory limit share one engine. A service with a limit has an engine of its
own; these engines are alike, so what is compiled once is code for all of them. Compiled code is
kept on disk too, by wasmtime's own cache.

An engine compiles on threads of its own, which a process forked from this one has not: it would
wait for them for ever. There an engine that needs no threads compiles, for all of them.
"""

import weakref
from contextlib import suppress
from functools import lru_cache

import wasmtime

from runtime.engine.memory_pool import MemoryPool, pooled_config, pooled_engine
from runtime.engine.native_stack import WASM_STACK
from runtime.forking import renew_after_fork

_KEPT_CODES = 64

_limited_engines: "weakref.WeakSet[wasmtime.Engine]" = weakref.WeakSet()


def configure(config: wasmtime.Config) -> None:
    """What every engine needs, whatever its memory."""
    config.epoch_interruption = True
    config.wasm_multi_memory = True  # the WASI shim reads the guest's memory and its own
    config.wasm_memory64 = False
    config.wasm_threads = False
    # A thrown exception would pass through glue, which keeps count of calls and of staging.
    config.wasm_exceptions = False
    config.memory_may_move = False  # staging's address stays what it was
    config.max_wasm_stack = WASM_STACK


@lru_cache(maxsize=1)
def shared_engine() -> wasmtime.Engine:
    """The engine of all services without a memory limit."""
    return _compiling_engine(_shared_config())


def limited_engine(pool: MemoryPool) -> wasmtime.Engine:
    """An engine for one service, whose memories come from a pool."""
    engine = pooled_engine(configure, pool)
    _limited_engines.add(engine)
    return engine


def compile_binary(engine: wasmtime.Engine, binary: bytes) -> wasmtime.Module:
    """Compile a module in binary form.

    Raises:
        wasmtime.WasmtimeError: it is not valid.
    """
    if engine in _limited_engines:
        return wasmtime.Module.deserialize(engine, _code_for_limited_engines(binary))
    if _compilers.have_lost_their_threads:
        code = wasmtime.Module(_compiler_for_shared_engine(), binary).serialize()
        return wasmtime.Module.deserialize(engine, code)
    return wasmtime.Module(engine, binary)


@lru_cache(maxsize=_KEPT_CODES)
def _code_for_limited_engines(binary: bytes) -> bytes:
    return bytes(wasmtime.Module(_compiler_for_limited_engines(), binary).serialize())


@lru_cache(maxsize=1)
def _compiler_for_limited_engines() -> wasmtime.Engine:
    return _compiling_engine(pooled_config(configure))


@lru_cache(maxsize=1)
def _compiler_for_shared_engine() -> wasmtime.Engine:
    return _compiling_engine(_shared_config())


def _shared_config() -> wasmtime.Config:
    config = wasmtime.Config()
    configure(config)
    return config


def _compiling_engine(config: wasmtime.Config) -> wasmtime.Engine:
    if _compilers.have_lost_their_threads:
        config.parallel_compilation = False
    _compilers.have_threads = True
    # Without a place for a cache, such as a read-only home, modules are compiled in each process.
    with suppress(wasmtime.WasmtimeError):
        config.cache = True
    return wasmtime.Engine(config)


class _Compilers:
    """What is known of the engines that compile, in this process.

    Attributes:
        have_threads: whether there may be threads that compile.
        have_lost_their_threads: whether the process was forked from one that had them.
    """

    have_threads = False
    have_lost_their_threads = False

    def renew(self) -> None:
        """In a forked process."""
        if self.have_threads:
            self.have_lost_their_threads = True
            _compiler_for_limited_engines.cache_clear()
            _compiler_for_shared_engine.cache_clear()


_compilers = _Compilers()
renew_after_fork(_compilers)

"""Engines, and modules compiled for them.

All services without a memory limit share one engine. A service with a limit has an engine of its
own; these engines are alike, so what is compiled once is code for all of them. Compiled code is
kept on disk too (`code_cache`).

An engine compiles on threads of its own, which a process forked from this one has not: it would
wait for them for ever. There an engine that needs no threads compiles, for all of them.
"""

import weakref
from collections.abc import Callable
from functools import lru_cache

import wasmtime

from runtime.engine.memory_pool import MemoryPool, pooled_config, pooled_engine
from runtime.engine.native_stack import WASM_STACK
from runtime.forking import renew_after_fork

_KEPT_CODES = 64

_engines: dict[str, wasmtime.Engine] = {}
_limited_engines: "weakref.WeakSet[wasmtime.Engine]" = weakref.WeakSet()


def configure(config: wasmtime.Config) -> None:
    """What every engine needs, whatever its memory."""
    config.epoch_interruption = True
    config.wasm_multi_memory = True  # the WASI shim reads the guest's memory and its own
    config.wasm_memory64 = False
    config.wasm_threads = False
    # A thrown exception would pass through glue, which keeps count of calls and of staging.
    config.wasm_exceptions = False
    config.wasm_gc = False  # no limit bounds the heap of collected objects
    config.wasm_function_references = False
    config.memory_may_move = False  # staging's address stays what it was
    config.max_wasm_stack = WASM_STACK


def shared_engine() -> wasmtime.Engine:
    """The engine of all services without a memory limit."""
    return _one("shared", lambda: _compiling_engine(_shared_config()))


def limited_engine(pool: MemoryPool) -> wasmtime.Engine:
    """An engine for one service, whose memories come from a pool."""
    engine = pooled_engine(configure, pool)
    _limited_engines.add(engine)
    return engine


def compile_binary(engine: wasmtime.Engine, binary: bytes) -> wasmtime.Module:
    """Compile a module in binary form, or take its code from the cache on disk.

    Raises:
        wasmtime.WasmtimeError: it is not valid.
    """
    if engine in _limited_engines:
        code = _code_for_limited_engines(binary)
    else:
        lost = _compilers.have_lost_their_threads
        code = _Code(binary, "shared", _compiler_for_shared_engine if lost else lambda: engine)
    try:
        return wasmtime.Module.deserialize(engine, code.content)
    except wasmtime.WasmtimeError:
        # It was on disk, from another release of the engine or another machine.
        code.compile_anew()
        return wasmtime.Module.deserialize(engine, code.content)


class _Code:
    """A module's machine code for all engines of one kind, from the disk or else compiled.

    Attributes:
        content: what such an engine deserializes.
    """

    def __init__(self, binary: bytes, kind: str, compiler: Callable[[], wasmtime.Engine]) -> None:
        """Args: compiler: gives an engine of the kind that can compile, where it must."""
        # Its libraries take 10 ms to import, which `import runtime` need not.
        from runtime.engine.code_cache import code_key, find_code  # noqa: PLC0415

        self._binary = binary
        self._compiler = compiler
        self._key = code_key(binary, kind=kind)
        found = find_code(self._key)
        if found is None:
            self.compile_anew()
        else:
            self.content = found

    def compile_anew(self) -> None:
        """Compile it, in place of what is on disk."""
        from runtime.engine.code_cache import keep_code  # noqa: PLC0415

        self.content = bytes(wasmtime.Module(self._compiler(), self._binary).serialize())
        keep_code(self._key, self.content)


@lru_cache(maxsize=_KEPT_CODES)
def _code_for_limited_engines(binary: bytes) -> _Code:
    return _Code(binary, "limited", _compiler_for_limited_engines)


def _compiler_for_limited_engines() -> wasmtime.Engine:
    return _one("limited compiler", lambda: _compiling_engine(pooled_config(configure)))


def _compiler_for_shared_engine() -> wasmtime.Engine:
    return _one("shared compiler", lambda: _compiling_engine(_shared_config()))


def _one(name: str, make: Callable[[], wasmtime.Engine]) -> wasmtime.Engine:
    """The engine of a name, whichever thread has made it first: others throw theirs away."""
    engine = _engines.get(name)
    return _engines.setdefault(name, make()) if engine is None else engine


def _shared_config() -> wasmtime.Config:
    config = wasmtime.Config()
    configure(config)
    return config


def _compiling_engine(config: wasmtime.Config) -> wasmtime.Engine:
    if _compilers.have_lost_their_threads:
        config.parallel_compilation = False
    _compilers.have_threads = True
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
            _engines.pop("limited compiler", None)
            _engines.pop("shared compiler", None)


_compilers = _Compilers()
renew_after_fork(_compilers)

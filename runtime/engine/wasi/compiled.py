"""Stub, scratch and shim modules, compiled once an engine and only where a module wants WASI."""

import functools
import threading
import weakref

import wasmtime

from runtime.engine.compilation import assemble
from runtime.engine.engines import compile_binary
from runtime.engine.wasi.scratch import scratch_text
from runtime.engine.wasi.shim import shim_text
from runtime.engine.wasi.stub import stub_text
from runtime.forking import hold_during_fork
from runtime.frozen_dataclass import frozen_dataclass


@frozen_dataclass
class CompiledWasi:
    """The three modules that stand between guests and native WASI."""

    stub: wasmtime.Module
    scratch: wasmtime.Module
    shim: wasmtime.Module


_by_engine: "weakref.WeakKeyDictionary[wasmtime.Engine, CompiledWasi]" = weakref.WeakKeyDictionary()
_lock = threading.RLock()  # a signal handler may come in while it is held
hold_during_fork(_lock)


def compiled_wasi(engine: wasmtime.Engine) -> CompiledWasi:
    """The three modules for an engine; the first request for one compiles them (about 15 ms)."""
    with _lock:
        compiled = _by_engine.get(engine)
        if compiled is None:
            compiled = CompiledWasi(*(compile_binary(engine, binary) for binary in _binaries()))
            _by_engine[engine] = compiled
        return compiled


@functools.cache
def _binaries() -> tuple[bytes, bytes, bytes]:
    return assemble(stub_text()), assemble(scratch_text()), assemble(shim_text())

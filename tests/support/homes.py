"""Instantiated modules to run single adapters and lifters against."""

from collections.abc import Callable

import wasmtime

from runtime.engine.store import ServiceStore
from runtime.interface.metadata import ModuleMetadata
from runtime.interface.validated import ValidatedInterface
from runtime.linked_module import LinkedModule
from runtime.module import Module
from tests.support.modules import ABI


def instantiate(body: str = "", *, abi: str = ABI) -> tuple[LinkedModule, Callable[[], None]]:
    """A module of WAT without imports, outside of any service; and what closes its store."""
    store = ServiceStore(memory_limit=None, wasi={})
    wasm = bytes(wasmtime.wat2wasm(f"(module {abi} {body})"))
    compiled = store.compile(wasm, name="m", memory_limit=None)
    interface = ValidatedInterface("0.27.0", {}, (), ())
    home = LinkedModule(
        Module("m", None, ModuleMetadata((), None, None), compiled, interface), store
    )
    home.instantiated(store.instantiate(compiled, [], module="m"))
    return home, store.close

"""Compiling modules, and what their binaries say of imports and exports.

For services without a memory limit a module is compiled once in a process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import wasmtime

from runtime.engine.engines import compile_binary, shared_engine
from runtime.engine.failures import last_cause
from runtime.engine.module_binary import with_memory_limit, with_module_name, with_table_limit
from runtime.engine.raw import number_type
from runtime.errors import ModuleFileError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import Scalar
from runtime.interface.validated import CoreSignature

_SHARED_PROGRAMS = 64


@frozen_dataclass
class CoreImport:
    """A Wasm import.

    Attributes:
        namespace: the module, host interface or system interface it comes from.
        name: its name there.
        kind: `func`, `memory`, `table` or `global`.
        signature: of a function of numbers; None for anything else.
    """

    namespace: str
    name: str
    kind: str
    signature: CoreSignature | None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class CompiledModule:
    """A compiled module and what its binary says of imports and exports; compared by identity.

    Attributes:
        module: wasmtime's, for one engine.
        imports: in the order in which instantiation wants them.
        functions: the exported functions of numbers.
        has_memory: whether it exports a memory under the name `memory`.
    """

    module: wasmtime.Module
    imports: tuple[CoreImport, ...]
    functions: dict[str, CoreSignature]
    has_memory: bool


def assemble(text: str) -> bytes:
    """The binary form of a module of our own in WebAssembly's text form."""
    return bytes(wasmtime.wat2wasm(text))


def compile_own(engine: wasmtime.Engine, text: str) -> wasmtime.Module:
    """Compile a module of the runtime's own.

    Args:
        engine: whose store it is for.
        text: in WebAssembly's text form.
    """
    if engine is shared_engine():
        return _compile_own_shared(text)
    return compile_binary(engine, _assembled(text))


@lru_cache(maxsize=_SHARED_PROGRAMS)
def _assembled(text: str) -> bytes:
    return assemble(text)


@lru_cache(maxsize=_SHARED_PROGRAMS)
def _compile_own_shared(text: str) -> wasmtime.Module:
    return compile_binary(shared_engine(), _assembled(text))


def compile_module(
    engine: wasmtime.Engine, wasm: bytes, *, name: str, memory_limit: int | None
) -> CompiledModule:
    """Compile a module.

    Args:
        engine: whose store it is for.
        wasm: a core module in binary form.
        name: what backtraces call it.
        memory_limit: the most bytes its memory may reach, or None.

    Raises:
        ModuleFileError: it is no valid module, or needs more memory than its limit, or larger
            tables than modules may have.
    """
    if engine is shared_engine():
        return _compile_shared(wasm, name, memory_limit)
    return _compile(engine, wasm, name, memory_limit)


@lru_cache(maxsize=_SHARED_PROGRAMS)
def _compile_shared(wasm: bytes, name: str, memory_limit: int | None) -> CompiledModule:
    return _compile(shared_engine(), wasm, name, memory_limit)


def _compile(
    engine: wasmtime.Engine, wasm: bytes, name: str, memory_limit: int | None
) -> CompiledModule:
    binary = with_table_limit(with_module_name(wasm, name), module=name)
    if memory_limit is not None:
        binary = with_memory_limit(binary, memory_limit, module=name)
    try:
        module = compile_binary(engine, binary)
    except wasmtime.WasmtimeError as error:
        raise ModuleFileError(
            f"module {name!r} is no valid WebAssembly module: {last_cause(str(error))}", module=name
        ) from None
    imports = tuple(
        CoreImport(entry.module, entry.name or "", _kind(entry.type), _signature(entry.type))
        for entry in module.imports
    )
    functions: dict[str, CoreSignature] = {}
    has_memory = False
    for export in module.exports:
        signature = _signature(export.type)
        if signature is not None:
            functions[export.name] = signature
        elif export.name == "memory" and isinstance(export.type, wasmtime.MemoryType):
            has_memory = True
    return CompiledModule(module, imports, functions, has_memory)


_ExternType: TypeAlias = (
    wasmtime.FuncType
    | wasmtime.GlobalType
    | wasmtime.MemoryType
    | wasmtime.TableType
    | wasmtime.TagType
)


def _kind(extern_type: _ExternType) -> str:
    return type(extern_type).__name__.removesuffix("Type").lower()


def _signature(extern_type: _ExternType) -> CoreSignature | None:
    if not isinstance(extern_type, wasmtime.FuncType):
        return None
    parameters, results = _scalars(extern_type.params), _scalars(extern_type.results)
    if parameters is None or results is None:
        return None
    return CoreSignature(parameters, results)


def _scalars(types: Sequence[wasmtime.ValType]) -> tuple[Scalar, ...] | None:
    names = [number_type(each) for each in types]
    scalars = tuple(Scalar(name) for name in names if name is not None)
    return scalars if len(scalars) == len(names) else None

"""Linking: a module's imports are bound, it is instantiated and started.

Imports lead to the module's own WASI, to the host, or to the public functions of modules that are
loaded already (spec marine-runtime.md, "Loading a module").
"""

from collections.abc import Callable, Mapping
from typing import cast

from runtime.adapters.interpreter import Adapter
from runtime.call_state import DEEPEST_CALL, CallState, call_too_deep, deeper_than_python
from runtime.engine import python_stack
from runtime.engine.compilation import CoreImport
from runtime.engine.failures import start_error
from runtime.engine.raw_values import Number
from runtime.engine.store import Function, ServiceStore
from runtime.engine.wasi.module_wasi import ModuleWasi
from runtime.engine.wasi.signatures import PREVIEW1, UNSTABLE
from runtime.errors import (
    AdapterError,
    LinkError,
    MarineError,
    NoSuchModule,
    StartError,
    Trap,
)
from runtime.fusion import Fusion
from runtime.host.function import HOST_NAMESPACES
from runtime.host_imports import OfferedFunctions, bind_host_function
from runtime.interface.types import (
    InterfaceValue,
    RecordType,
    Signature,
    records_of,
    same_signature,
    same_type,
    signature_text,
    type_text,
)
from runtime.interface.validated import (
    CoreSignature,
    ExportAdapter,
    ImportAdapter,
    ImportedFunction,
    ResolvedInstruction,
)
from runtime.linked_module import BoundImport, LinkedModule, PublicFunction
from runtime.module import Module
from runtime.observation import Observation
from runtime.shown_names import shown_name
from runtime.suggestions import suggestion

WASI_NAMESPACES = (PREVIEW1, UNSTABLE)

_NOTHING = CoreSignature((), ())
_START_FUNCTIONS = ("_initialize", "_start")


def link(
    module: Module,
    store: ServiceStore,
    *,
    loaded: Mapping[str, LinkedModule],
    host_functions: OfferedFunctions,
    wasi: Callable[[], ModuleWasi],
    calls: CallState,
    fusion: Fusion,
    observation: Observation,
    timeout: float | None,
) -> LinkedModule:
    """Bind a module's imports, instantiate it and run `_initialize` and `_start`.

    Args:
        module: what to link.
        store: the service's.
        loaded: the modules it may import from.
        host_functions: what the host offers to it.
        wasi: makes its WASI; called once, if it imports any.
        calls: the service's.
        fusion: the service's.
        observation: the service's.
        timeout: seconds for its start, or None.

    Raises:
        LinkError: an import has no counterpart, or one with another signature.
        StartError: the start failed.
        MarineError: it cannot be instantiated.
    """
    linked = LinkedModule(module, store, observation=observation)
    try:
        if any(entry.namespace in WASI_NAMESPACES for entry in module.compiled.imports):
            linked.wasi = _make_wasi(module, wasi)
        functions = _bind_imports(linked, loaded, host_functions, calls, fusion)
        for export in module.interface.exports:
            linked.functions[export.name] = _public_function(export, linked, loaded)
        with store.interruption.running(timeout):
            linked.instantiated(store.instantiate(module.compiled, functions, module=module.name))
            if linked.wasi is not None:
                _set_up_wasi(linked, linked.wasi)
            _start(linked)
            store.raise_from_signal_handler()
    except BaseException:
        linked.unload()
        store.raise_from_signal_handler()  # rather than what the start made of it
        raise
    return linked


def _make_wasi(module: Module, make: Callable[[], ModuleWasi]) -> ModuleWasi:
    if not module.compiled.has_memory:
        raise LinkError(
            f"module {module.name!r} imports WASI but exports no memory named 'memory'",
            module=module.name,
        )
    return make()


def _set_up_wasi(linked: LinkedModule, wasi: ModuleWasi) -> None:
    store = linked.store
    try:
        wasi.attach(store.exported_memory(linked.instance))
    except LinkError as error:
        stopped = store.interruption.error()
        if stopped is None:
            raise
        raise start_error("the start", stopped, module=linked.name) from error


def _bind_imports(
    home: LinkedModule,
    loaded: Mapping[str, LinkedModule],
    host_functions: OfferedFunctions,
    calls: CallState,
    fusion: Fusion,
) -> list[Function]:
    """What each Wasm import leads to, in the order in which instantiation wants them."""
    adapters = {(each.namespace, each.name): each for each in home.module.interface.imports}
    functions: list[Function | None] = []
    for entry in home.module.compiled.imports:
        if entry.namespace in WASI_NAMESPACES and home.wasi is not None:
            functions.append(home.wasi.function(entry.name, entry.namespace))
        elif entry.namespace in HOST_NAMESPACES:
            functions.append(bind_host_function(entry, home, host_functions, calls))
        else:
            adapter = adapters.get((entry.namespace, entry.name))
            home.imports.append(_bound_import(entry, adapter, home, loaded, calls))
            functions.append(None)
    stubs = iter(fusion.stub(home) if home.imports else ())
    return [next(stubs) if function is None else function for function in functions]


def _public_function(
    export: ExportAdapter, home: LinkedModule, loaded: Mapping[str, LinkedModule]
) -> PublicFunction:
    _check_targets(export.instructions, home, loaded)
    adapter = Adapter(
        home,
        export.name,
        export.signature,
        export.instructions,
        is_import=False,
        observation=home.observation,
    )
    return PublicFunction(export.name, export.signature, adapter)


def _check_targets(
    instructions: tuple[ResolvedInstruction, ...],
    home: LinkedModule,
    loaded: Mapping[str, LinkedModule],
) -> None:
    """Find every function of other modules that an adapter calls.

    A hand-made section can call what the Wasm code itself does not import.
    """
    for instruction in instructions:
        if isinstance(instruction.operand, ImportedFunction):
            target = instruction.operand
            exporter, function = _find(target.namespace, target.name, home, loaded)
            _check_signature(target, function, home)
            home.imports_from[target.namespace] = exporter


def _bound_import(
    entry: CoreImport,
    adapter: ImportAdapter | None,
    home: LinkedModule,
    loaded: Mapping[str, LinkedModule],
    calls: CallState,
) -> BoundImport:
    exporter, function = _find(entry.namespace, entry.name, home, loaded)
    if adapter is None or entry.signature is None:
        raise LinkError(
            f"module {home.name!r} imports {entry.namespace}.{shown_name(entry.name)}, but its "
            "interface types have no import adapter for it",
            module=home.name,
        )
    _check_signature(adapter, function, home)
    _check_targets(adapter.instructions, home, loaded)
    home.imports_from[entry.namespace] = exporter
    name = f"{entry.namespace}.{entry.name}"
    interpreted = Adapter(
        home,
        name,
        adapter.signature,
        adapter.instructions,
        is_import=True,
        observation=home.observation,
    )
    call = _entering(home, interpreted, exporter, entry, calls)
    return BoundImport(adapter, exporter, interpreted, call)


def _find(
    namespace: str, name: str, home: LinkedModule, loaded: Mapping[str, LinkedModule]
) -> tuple[LinkedModule, PublicFunction]:
    """The function of another module that an import of this one means, and that module."""
    place = f"module {home.name!r} imports {shown_name(namespace)}.{shown_name(name)}"
    exporter = loaded.get(namespace)
    if exporter is None:
        raise LinkError(
            f"{place}, but no module {shown_name(namespace)} is loaded"
            f"{suggestion(namespace, loaded)}; load order is the config's order",
            module=home.name,
        )
    function = exporter.functions.get(name)
    if function is None:
        raise LinkError(
            f"{place}, but module {namespace!r} has no such public function"
            f"{suggestion(name, exporter.functions)}",
            module=home.name,
        )
    return exporter, function


def _check_signature(
    wanted: ImportAdapter | ImportedFunction, offered: PublicFunction, home: LinkedModule
) -> None:
    if not same_signature(wanted.signature, offered.signature):
        raise LinkError(
            f"module {home.name!r} imports {wanted.namespace}.{shown_name(wanted.name)} with "
            "another signature than it has:\n"
            f"  {home.name} expects: {signature_text(wanted.name, wanted.signature)}\n"
            f"  {wanted.namespace} offers: {signature_text(wanted.name, offered.signature)}"
            f"{_record_difference(wanted.signature, offered.signature)}",
            module=home.name,
        )


def _entering(
    home: LinkedModule,
    adapter: Adapter,
    exporter: LinkedModule,
    entry: CoreImport,
    calls: CallState,
) -> Callable[..., Number | None]:
    """What the Wasm import calls: the import adapter, counting how deep the modules are."""
    has_result = entry.signature is not None and bool(entry.signature.results)
    place = (home.name, exporter.name, entry.name)

    def call(*arguments: Number) -> Number | None:
        if exporter.unloaded:
            unloaded = NoSuchModule(
                f"import adapter {shown_name(adapter.name)}: module {exporter.name!r} was "
                f"unloaded; once it is loaded again, load {home.name!r} again, which imports it",
                module=exporter.name,
                function=entry.name,
            )
            unloaded.torn_module = home.name
            raise unloaded
        before = calls.enter()
        try:
            if before[0] >= DEEPEST_CALL:
                raise call_too_deep(*place)
            if not python_stack.has_room():
                raise call_too_deep(*place, deeper_than_python("modules"))
            results = adapter.run(cast("tuple[InterfaceValue, ...]", arguments))
        except AdapterError as error:
            if error.torn_module is None:  # it failed in the exporter, and stops this module
                error.torn_module = error.module
            raise
        finally:
            calls.leave(before)
        return cast("Number", results[0]) if has_result else None

    return call


def _record_difference(expected: Signature, offered: Signature) -> str:
    """The fields of the records that differ although they have the same name."""
    theirs = {record.name: record for record in records_of([offered])}
    lines = []
    for record in records_of([expected]):
        other = theirs.get(record.name)
        if other is not None and not same_type(record, other):
            name = shown_name(record.name)
            lines.append(f"\n  {name} expected: {{{_fields_text(record)}}}")
            lines.append(f"\n  {name} offered: {{{_fields_text(other)}}}")
    return "".join(lines)


def _fields_text(record: RecordType) -> str:
    return ", ".join(f"{shown_name(each.name)}: {type_text(each.type)}" for each in record.fields)


def _start(linked: LinkedModule) -> None:
    for name in _START_FUNCTIONS:
        signature = linked.module.compiled.functions.get(name)
        if signature is None:
            continue
        if signature != _NOTHING:
            raise StartError(
                f"module {linked.name!r} exports {name}{signature}, expected {name}() -> ()",
                module=linked.name,
                function=name,
            )
        try:
            linked.raw_export(name, signature)()
        except Trap as trap:
            if trap.exit_status == 0:
                continue  # a `main` that ends with exit(0)
            raise start_error(name, trap, module=linked.name, function=name) from trap
        except MarineError as error:
            raise start_error(name, error, module=linked.name, function=name) from error

"""Linking: a module's imports are bound, it is instantiated and started.

Imports lead to the module's own WASI, to the host, or to the public functions of modules that are
loaded already (spec marine-runtime.md, "Loading a module").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from runtime.adapters.interpreter import Adapter
from runtime.adapters.lower import Allocate
from runtime.engine.compilation import CoreImport
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw import Number, RawCall
from runtime.engine.store import Function, Instance, ServiceStore
from runtime.engine.wasi.wiring import ModuleWasi
from runtime.errors import (
    CallDepthExceeded,
    LinkError,
    MarineError,
    NoSuchModule,
    StartError,
    Trap,
)
from runtime.host.binding import bind
from runtime.host.function import HOST_NAMESPACES, HostFunction, raw_signature
from runtime.interface.types import (
    InterfaceValue,
    Scalar,
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
)
from runtime.module import Module
from runtime.suggestions import suggestion

WASI_NAMESPACES = ("wasi_snapshot_preview1", "wasi_unstable")

DEEPEST_CALL = 64
"""How deeply modules may call each other in one call; each level takes native stack."""

_ALLOCATE_FORMS = (
    CoreSignature((Scalar.I32, Scalar.I32), (Scalar.I32,)),
    CoreSignature((Scalar.I32,), (Scalar.I32,)),  # of SDKs before type tags
)
_NOTHING = CoreSignature((), ())
_START_FUNCTIONS = ("_initialize", "_start")

HostFunctions: TypeAlias = Mapping[tuple[str, str], HostFunction]
"""What the host offers to one module, by namespace and name."""


@dataclass
class CallDepth:
    """How deeply the modules of a service are calling each other at the moment."""

    level: int = 0


@dataclass(frozen=True)
class PublicFunction:
    """A function that other modules and the host can call.

    Attributes:
        name: its name.
        signature: its interface.
        adapter: what runs it.
    """

    name: str
    signature: Signature
    adapter: Adapter


@dataclass
class LinkedModule:
    """A module of a service: the home of its adapters.

    Attributes:
        module: what it was made of.
        store: the service's.
        wasi: its WASI, or None where it imports none.
        functions: its public functions, by name.
        imports_from: the modules that its imports lead to, by name.
        unloaded: set when the service gives it up; modules linked to it then fail to call it.
    """

    module: Module
    store: ServiceStore
    wasi: ModuleWasi | None = None
    functions: dict[str, PublicFunction] = field(default_factory=dict)
    imports_from: "dict[str, LinkedModule]" = field(default_factory=dict)
    unloaded: bool = False
    _instance: Instance | None = None
    _memory: LinearMemory | None = None
    _raw_exports: dict[str, RawCall] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The module's name."""
        return self.module.name

    @property
    def memory(self) -> LinearMemory:
        """The module's memory 0."""
        if self._memory is None:
            self._memory = self.store.memory(self.instance)
        return self._memory

    @property
    def instance(self) -> Instance:
        """The instance.

        Raises:
            StartError: the module's `start` section calls an import, which needs the instance.
        """
        if self._instance is None:
            raise StartError(
                f"module {self.name!r} calls an import from its start section, before its exports "
                "exist: build it as a reactor, with `_initialize` instead",
                module=self.name,
            )
        return self._instance

    def instantiated(self, instance: Instance) -> None:
        """Say that the module now has its instance."""
        self._instance = instance

    @property
    def allocate(self) -> Allocate:
        """The module's `allocate`, whatever number of parameters it has."""
        signature = self.module.compiled.functions.get("allocate")
        if signature not in _ALLOCATE_FORMS:
            raise LinkError(
                f"module {self.name!r} must export allocate(i32, i32) -> i32 to take values, "
                f"found {'none' if signature is None else f'allocate{signature}'}",
                module=self.name,
            )
        call = self.raw_export("allocate", signature)
        if len(signature.parameters) == 1:
            return lambda size, _type_tag: cast("int", call(size))
        return cast("Allocate", call)

    def raw_export(self, name: str, signature: CoreSignature) -> RawCall:
        """The call of an exported Wasm function."""
        call = self._raw_exports.get(name)
        if call is None:
            if self.module.compiled.functions.get(name) != signature:
                raise LinkError(
                    f"module {self.name!r} must export {name}{signature}", module=self.name
                )
            call = self.store.prepare(self.instance, name, signature, module=self.name)
            self._raw_exports[name] = call
        return call

    def imported(self, function: ImportedFunction) -> Adapter:
        """The export adapter of another module's function; `link` has found it."""
        return self.imports_from[function.namespace].functions[function.name].adapter


def link(
    module: Module,
    store: ServiceStore,
    *,
    loaded: Mapping[str, LinkedModule],
    host_functions: HostFunctions,
    wasi: Callable[[], ModuleWasi],
    call_depth: CallDepth,
    time_limit: float | None,
) -> LinkedModule:
    """Bind a module's imports, instantiate it and run `_initialize` and `_start`.

    Args:
        module: what to link.
        store: the service's.
        loaded: the modules it may import from.
        host_functions: what the host offers to it.
        wasi: makes its WASI; called once, if it imports any.
        call_depth: the service's.
        time_limit: seconds for its start, or None.

    Raises:
        LinkError: an import has no counterpart, or one with another signature.
        StartError: the start failed.
        MarineError: it cannot be instantiated.
    """
    linked = LinkedModule(module, store)
    import_adapters = {(each.namespace, each.name): each for each in module.interface.imports}
    if any(entry.namespace in WASI_NAMESPACES for entry in module.compiled.imports):
        linked.wasi = wasi()
    functions: list[Function] = []
    for entry in module.compiled.imports:
        if entry.namespace in WASI_NAMESPACES and linked.wasi is not None:
            functions.append(linked.wasi.function(entry.name, entry.namespace))
        elif entry.namespace in HOST_NAMESPACES:
            functions.append(_bind_host_function(entry, linked, host_functions))
        else:
            adapter = import_adapters.get((entry.namespace, entry.name))
            functions.append(_bind_module(entry, adapter, linked, loaded, call_depth))
    for export in module.interface.exports:
        linked.functions[export.name] = _public_function(export, linked)
    with store.interruption.running(time_limit):
        linked.instantiated(store.instantiate(module.compiled, functions, module=module.name))
        if linked.wasi is not None:
            if not module.compiled.has_memory:
                raise LinkError(
                    f"module {module.name!r} imports WASI but exports no memory named 'memory'",
                    module=module.name,
                )
            linked.wasi.attach(store.exported_memory(linked.instance))
        _start(linked)
    return linked


def _public_function(export: ExportAdapter, home: LinkedModule) -> PublicFunction:
    adapter = Adapter(home, export.name, export.instructions, is_import=False)
    return PublicFunction(export.name, export.signature, adapter)


def _bind_host_function(
    entry: CoreImport, home: LinkedModule, host_functions: HostFunctions
) -> Function:
    place = f"module {home.name!r} imports {entry.namespace}.{entry.name}"
    function = host_functions.get((entry.namespace, entry.name))
    if function is None:
        known = [name for namespace, name in host_functions if namespace == entry.namespace]
        raise LinkError(
            f"{place}, but the host offers no such function to it"
            f"{suggestion(entry.name, known)}: it offers {', '.join(sorted(known)) or 'none'} "
            "(a mounted binary needs a line in the module's mounted_binaries)",
            module=home.name,
        )
    signature = raw_signature(function)
    if entry.signature != signature:
        parameters = ", ".join(type_text(parameter) for parameter in function.parameters)
        raise LinkError(
            f"{place} as {entry.signature or entry.kind}, but the host's {function.name}"
            f"({parameters}) is {signature}",
            module=home.name,
        )
    return home.store.host_function(signature, bind(function, home))


def _bind_module(
    entry: CoreImport,
    adapter: ImportAdapter | None,
    home: LinkedModule,
    loaded: Mapping[str, LinkedModule],
    call_depth: CallDepth,
) -> Function:
    place = f"module {home.name!r} imports {entry.namespace}.{entry.name}"
    exporter = loaded.get(entry.namespace)
    if exporter is None:
        raise LinkError(
            f"{place}, but no module {entry.namespace} is loaded"
            f"{suggestion(entry.namespace, loaded)}; load order is the config's order",
            module=home.name,
        )
    function = exporter.functions.get(entry.name)
    if function is None:
        raise LinkError(
            f"{place}, but module {entry.namespace!r} has no such public function"
            f"{suggestion(entry.name, exporter.functions)}",
            module=home.name,
        )
    if adapter is None or entry.signature is None:
        raise LinkError(
            f"{place}, but its interface types have no import adapter for it", module=home.name
        )
    if not same_signature(adapter.signature, function.signature):
        raise LinkError(
            f"{place} with another signature than it has:\n"
            f"  {home.name} expects: {signature_text(entry.name, adapter.signature)}\n"
            f"  {entry.namespace} offers: {signature_text(entry.name, function.signature)}"
            f"{_record_difference(adapter.signature, function.signature)}",
            module=home.name,
        )
    home.imports_from[entry.namespace] = exporter
    bound = Adapter(home, f"{entry.namespace}.{entry.name}", adapter.instructions, is_import=True)
    return home.store.host_function(adapter.raw, _entering(bound, exporter, entry, call_depth))


def _entering(
    adapter: Adapter, exporter: LinkedModule, entry: CoreImport, depth: CallDepth
) -> Callable[..., Number | None]:
    """What the Wasm import calls: the import adapter, counting how deep the modules are."""
    has_result = entry.signature is not None and bool(entry.signature.results)

    def call(*arguments: Number) -> Number | None:
        if exporter.unloaded:
            raise NoSuchModule(
                f"import adapter {adapter.name}: module {exporter.name!r} was unloaded; "
                "load it again, then the module that imports it",
                module=exporter.name,
                function=entry.name,
            )
        if depth.level >= DEEPEST_CALL:
            raise CallDepthExceeded(
                f"import adapter {adapter.name}: modules call each other more than "
                f"{DEEPEST_CALL} levels deep",
                module=exporter.name,
                function=entry.name,
            )
        depth.level += 1
        try:
            results = adapter.run(cast("tuple[InterfaceValue, ...]", arguments))
        finally:
            depth.level -= 1
        return cast("Number", results[0]) if has_result else None

    return call


def _record_difference(expected: Signature, offered: Signature) -> str:
    """The fields of the records that differ although they have the same name."""
    theirs = {record.name: record for record in records_of(iter([offered]))}
    lines = []
    for record in records_of(iter([expected])):
        other = theirs.get(record.name)
        if other is not None and not same_type(record, other):
            ours_text = ", ".join(f"{f.name}: {type_text(f.type)}" for f in record.fields)
            theirs_text = ", ".join(f"{f.name}: {type_text(f.type)}" for f in other.fields)
            lines.append(f"\n  {record.name} expected: {{{ours_text}}}")
            lines.append(f"\n  {record.name} offered: {{{theirs_text}}}")
    return "".join(lines)


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
            raise _start_error(linked.name, name, trap) from trap
        except MarineError as error:
            raise _start_error(linked.name, name, error) from error


def _start_error(module: str, function: str, cause: MarineError) -> StartError:
    return StartError(
        f"{function} of module {module!r} failed: {cause}", module=module, function=function
    )

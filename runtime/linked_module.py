"""A module of a service after linking: the home of its adapters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from runtime.adapters.interpreter import Adapter
from runtime.adapters.lower import Allocate
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw import RawCall
from runtime.engine.raw_values import Number
from runtime.engine.store import Function, Instance, ServiceStore
from runtime.engine.wasi.module_wasi import ModuleWasi
from runtime.errors import LinkError, NoSuchModule, StartError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.import_order import after_their_imports
from runtime.interface.types import InterfaceValue, Signature
from runtime.interface.validated import (
    ALLOCATE_TYPES,
    CoreSignature,
    ImportAdapter,
    ImportedFunction,
)
from runtime.module import Module
from runtime.observation import Observation
from runtime.shown_names import shown_name

Run: TypeAlias = Callable[[Sequence[InterfaceValue]], InterfaceValue | None]
"""Runs a public function with arguments that fit, by either engine."""


@frozen_dataclass
class PublicFunction:
    """A function that other modules and the host can call.

    Attributes:
        name: its name.
        signature: its interface.
        adapter: what runs it in the interpreter.
    """

    name: str
    signature: Signature
    adapter: Adapter


ImportKey: TypeAlias = tuple[str, str]
"""A function of another module: the module's name and its own."""


@dataclass
class BoundImport:
    """An import of another module's function.

    Attributes:
        adapter: the import adapter.
        exporter: the other module.
        interpreted: what runs the adapter in the interpreter.
        call: what the Wasm import calls where the interpreter runs it.
        host_function: `call` for the engine, once it was needed.
    """

    adapter: ImportAdapter
    exporter: "LinkedModule"
    interpreted: Adapter
    call: Callable[..., Number | None]
    host_function: Function | None = None

    @property
    def key(self) -> ImportKey:
        """Which function it is."""
        return self.adapter.namespace, self.adapter.name


@dataclass
class Glue:
    """A module's adapters, compiled.

    Attributes:
        instance: of the glue module.
        runs: what runs the public functions that were called so far.
    """

    instance: Instance
    runs: dict[str, Run] = field(default_factory=dict)


@frozen_dataclass
class Unfused:
    """The functions of a module that the interpreter runs whatever the engine, and why.

    Attributes:
        exports: its public functions.
        imports: those of other modules.
    """

    exports: Mapping[str, str]
    imports: Mapping[ImportKey, str]

    def __hash__(self) -> int:
        return hash((frozenset(self.exports), frozenset(self.imports)))

    def reasons(self) -> dict[str, str]:
        """The reasons by name, an import's with its module before it."""
        imports = {f"{module}.{name}": reason for (module, name), reason in self.imports.items()}
        return {**self.exports, **imports}


@dataclass(eq=False)
class LinkedModule:
    """A module of a service: the home of its adapters.

    Attributes:
        module: what it was made of.
        store: the service's.
        wasi: its WASI, or None where it imports none.
        functions: its public functions, by name.
        imports_from: the modules that its imports lead to, by name.
        imports: its imports of other modules' functions, in its own order.
        stub: the instance that it imports them from, if there are any.
        glue: its glue, once it was needed.
        unfused: the functions that cannot be fused, once it was asked.
        unloaded: set when the service gives it up; modules linked to it then fail to call it.
        observation: whether calls are observed; the service's.
    """

    module: Module
    store: ServiceStore
    wasi: ModuleWasi | None = None
    functions: dict[str, PublicFunction] = field(default_factory=dict)
    imports_from: "dict[str, LinkedModule]" = field(default_factory=dict)
    imports: list[BoundImport] = field(default_factory=list)
    stub: Instance | None = None
    glue: Glue | None = None
    unfused: Unfused | None = None
    unloaded: bool = False
    observation: Observation = field(default_factory=Observation)
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

    @property
    def is_instantiated(self) -> bool:
        """Whether it has its instance: not yet while its start section runs."""
        return self._instance is not None

    def unload(self) -> None:
        """Give the module up: calls of it by other modules fail, what it has open is closed.

        Nothing of it runs any more: its memory is given back, but for the address space.
        """
        self.unloaded = True
        if self.wasi is not None:
            self.wasi.close()
            self.wasi.vacate()
        if self._memory is not None:
            self.store.vacate(self._memory)
        self.stub = self.glue = None
        self._raw_exports.clear()

    def instantiated(self, instance: Instance) -> None:
        """Say that the module now has its instance."""
        self._instance = instance
        if self.module.compiled.has_memory:
            self._memory = self.store.memory(instance)  # now, as the store may be renewed later

    @property
    def allocate(self) -> Allocate:
        """The module's `allocate`, whatever number of parameters it has."""
        return bound_allocate(self, self.raw_export)

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

    def require_running(self) -> None:
        """Make sure that the call under way is not to end; long work in Python asks.

        Raises:
            Interrupted: it is.
        """
        stopped = self.store.interruption.error()
        if stopped is not None:
            stopped.module = stopped.torn_module = self.name
            raise stopped

    def imported(self, function: ImportedFunction) -> Adapter:
        """The export adapter of another module's function; `link` has found it."""
        return self.imports_from[function.namespace].functions[function.name].adapter

    def require_loaded(self, function: ImportedFunction) -> None:
        """Make sure that the module which has the function was not unloaded.

        Raises:
            NoSuchModule: it was.
        """
        exporter = self.imports_from[function.namespace]
        if exporter.unloaded:
            raise NoSuchModule(
                f"module {self.name!r} calls {function.namespace}.{shown_name(function.name)}: "
                f"module {exporter.name!r} was unloaded; once it is loaded again, load "
                f"{self.name!r} again",
                module=exporter.name,
                function=function.name,
            )


def bound_allocate(
    home: LinkedModule, raw_export: Callable[[str, CoreSignature], RawCall]
) -> Allocate:
    """A module's `allocate`, whatever number of parameters it has.

    Args:
        home: the module.
        raw_export: gives the call of an exported Wasm function.

    Raises:
        LinkError: it has none.
    """
    signature = home.module.compiled.functions.get("allocate")
    if signature not in ALLOCATE_TYPES:
        raise LinkError(
            f"module {home.name!r} must export allocate(i32, i32) -> i32 to take values, "
            f"found {'none' if signature is None else f'allocate{signature}'}",
            module=home.name,
        )
    call = raw_export("allocate", signature)
    if len(signature.parameters) == 1:
        return lambda size, _type_tag: cast("int", call(size))
    return cast("Allocate", call)


def exporters_first(home: LinkedModule) -> list[LinkedModule]:
    """A module and all that it can call, each after those that it can call itself."""
    return after_their_imports([home], lambda module: tuple(module.imports_from.values()))

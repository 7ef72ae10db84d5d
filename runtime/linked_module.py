"""A module of a service after linking: the home of its adapters."""

from dataclasses import dataclass, field
from typing import cast

from runtime.adapters.interpreter import Adapter
from runtime.adapters.lower import Allocate
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw import RawCall
from runtime.engine.store import Instance, ServiceStore
from runtime.engine.wasi.wiring import ModuleWasi
from runtime.errors import LinkError, StartError
from runtime.interface.types import Signature
from runtime.interface.validated import ALLOCATE_TYPES, CoreSignature, ImportedFunction
from runtime.module import Module


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
        import_adapters: what its imports of other modules are bound to.
        unloaded: set when the service gives it up; modules linked to it then fail to call it.
    """

    module: Module
    store: ServiceStore
    wasi: ModuleWasi | None = None
    functions: dict[str, PublicFunction] = field(default_factory=dict)
    imports_from: "dict[str, LinkedModule]" = field(default_factory=dict)
    import_adapters: list[Adapter] = field(default_factory=list)
    unloaded: bool = False
    _imports_prepared: bool = False
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

    def unload(self) -> None:
        """Give the module up: calls of it by other modules fail, what it has open is closed."""
        self.unloaded = True
        if self.wasi is not None:
            self.wasi.close()

    def instantiated(self, instance: Instance) -> None:
        """Say that the module now has its instance."""
        self._instance = instance

    def prepare_imports(self) -> None:
        """Prepare the adapters that calls of this module can lead to."""
        if self._imports_prepared:
            return
        self._imports_prepared = True
        for adapter in self.import_adapters:
            adapter.prepare()
        for exporter in self.imports_from.values():
            exporter.prepare_imports()

    @property
    def allocate(self) -> Allocate:
        """The module's `allocate`, whatever number of parameters it has."""
        signature = self.module.compiled.functions.get("allocate")
        if signature not in ALLOCATE_TYPES:
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

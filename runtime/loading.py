"""Loading: modules become part of a service, and leave it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

from runtime.call_state import CallState
from runtime.calls import Calls
from runtime.config.model import ModuleConfig, is_module_name
from runtime.description import ModuleStatistics, statistics_of
from runtime.engine.module_binary import PAGE_SIZE
from runtime.engine.store import ServiceStore
from runtime.engine.wasi.module_wasi import ModuleWasi
from runtime.engine.wasi.settings import WasiSettings
from runtime.errors import (
    DuplicateModule,
    Interrupted,
    MarineError,
    MemoryLimitExceeded,
    ModuleError,
    ModuleInUse,
    StartError,
)
from runtime.fusion import Fusion
from runtime.linked_module import LinkedModule
from runtime.linking import link
from runtime.loaded_modules import LoadedModules
from runtime.module import Module, read_module
from runtime.module_origin import ModuleOrigin
from runtime.observation import Observation
from runtime.renewal import Renewal
from runtime.surroundings import Surroundings
from runtime.torn_state import add_torn_note

Output: TypeAlias = Callable[[str, int, bytes], None]
"""Takes what a module writes: its name, 1 for stdout or 2 for stderr, the bytes."""

Progress: TypeAlias = Callable[[str], None]
"""Takes a short text about what begins now: `compiling greeting`, `starting greeting`."""


class Loading:
    """Loads and unloads the modules of one service; who calls it has the service for itself.

    Attributes:
        origins: how each loaded module came into the service, by its name.
    """

    def __init__(
        self,
        loaded: LoadedModules,
        store: ServiceStore,
        *,
        surroundings: Surroundings,
        call_state: CallState,
        calls: Calls,
        fusion: Fusion,
        renewal: Renewal,
        observation: Observation,
        output: Output,
        progress: Progress | None,
    ) -> None:
        """Make the loading of a service.

        Args:
            loaded: its modules.
            store: its store.
            surroundings: what its modules see.
            call_state: its calls' state.
            calls: its calls, whose time limit is that of a module's start too.
            fusion: its fused engine.
            renewal: gives it new stores.
            observation: whether its calls are observed.
            output: where its modules' stdout and stderr go.
            progress: is told what begins; None for nobody.
        """
        self._loaded = loaded
        self._store = store
        self._interruption = store.interruption
        self._surroundings = surroundings
        self._call_state = call_state
        self._calls = calls
        self._fusion = fusion
        self._renewal = renewal
        self._observation = observation
        self._output = output
        self._progress = progress or _nobody_watches
        self.origins: dict[str, ModuleOrigin] = {}

    def load(self, config: ModuleConfig, wasm: bytes | None = None) -> None:
        """Load a module.

        Args:
            config: the module's.
            wasm: what to load in place of the file that the config names.

        Raises:
            ModuleError: it cannot be loaded; the service stays as it was.
            MemoryLimitExceeded: the service's memory limit leaves no room for it.
        """
        name = config.name
        if not (isinstance(name, str) and is_module_name(name)):
            raise ModuleError(
                f"a module cannot have the name {name!r}: expected a string that is not empty and "
                "has no slashes and control characters",
                module=name,
            )
        self._loaded.check_open()
        if name in self._loaded.by_name:
            raise DuplicateModule(f"module with name {name!r} already loaded", module=name)
        self._call_state.reset()
        module = self.read(config, wasm)
        try:
            linked = self.linked(config, module, self._loaded.by_name)
        except BaseException:
            self._free_if_empty()
            raise
        self.add(config, linked)

    def unload(self, name: str, *, force: bool) -> None:
        """Unload a module.

        Args:
            name: the module's name.
            force: also when other modules import it.

        Raises:
            NoSuchModule: there is none of this name.
            ModuleInUse: others import it.
        """
        linked = self._loaded.find(name)
        importers = [each.name for each in self._loaded if each.imports_from.get(name) is linked]
        if importers and not force:
            raise ModuleInUse(
                f"module {name!r} is imported by {', '.join(importers)}: unload "
                f"{'it' if len(importers) == 1 else 'them'} first, or force it",
                module=name,
            )
        self._calls.forget()  # first: a signal handler may raise before the rest
        self._loaded.remove(name)
        del self.origins[name]
        linked.unload()
        self._fusion.unloaded(linked, tuple(self._loaded))
        self._free_if_empty()

    def environment(self, module: str) -> dict[str, str]:
        """The environment variables that a module sees.

        Raises:
            NoSuchModule: there is none of this name.
        """
        return dict(self.origins[self._loaded.find(module).name].environment)

    def statistics(self, linked: LinkedModule) -> ModuleStatistics:
        """The memory of a loaded module."""
        statistics = statistics_of(linked)
        most, limit = statistics.max_memory_bytes, self.origins[linked.name].config.max_memory
        holds = limit is not None and most == limit // PAGE_SIZE * PAGE_SIZE
        return replace(
            statistics,
            interpreted=self._fusion.unfused(linked).reasons(),
            configured_limit=limit if holds else None,
        )

    def _free_if_empty(self) -> None:
        if not self._loaded.by_name:
            self._renewal.free_all()

    def add(self, config: ModuleConfig, linked: LinkedModule) -> None:
        """Add a linked module, or put it in the place of the one of the same name."""
        environment = self._surroundings.wasi_settings(config).environment
        self.origins[config.name] = ModuleOrigin(config, environment, linked.module.file)
        self._loaded.add(linked)

    def read(self, config: ModuleConfig, wasm: bytes | None = None) -> Module:
        """Read and compile a module; args and exceptions are those of `load`."""
        name = config.name
        self._progress(f"compiling {name}")
        with self._explaining_lack_of_memory(name), self._interruption.running(None):
            module = read_module(
                config.path if wasm is None else wasm,
                name=name,
                store=self._store,
                memory_limit=config.max_memory,
            )
            # Compiling cannot be stopped, but what comes after it can.
            if self._interruption.requested.is_set():
                raise Interrupted(
                    f"interrupted: the load of module {name!r} was stopped", module=name
                )
        return module

    def linked(
        self, config: ModuleConfig, module: Module, loaded: Mapping[str, LinkedModule]
    ) -> LinkedModule:
        """Link and start a module, which is not added yet.

        Args:
            config: the module's.
            module: what `read` has given.
            loaded: the modules that it may import from.

        Raises:
            ModuleError: it cannot be linked or started.
            MemoryLimitExceeded: the service's memory limit leaves no room for it.
        """
        self._progress(f"starting {config.name}")
        settings = self._surroundings.wasi_settings(config)
        instances = self._store.current.instances
        instances.check_room(config.name, loaded=len(self._loaded.by_name))
        with self._explaining_lack_of_memory(config.name), self._telling_of_torn_modules():
            return link(
                module,
                self._store,
                loaded=loaded,
                host_functions=self._surroundings.host_functions(
                    config,
                    call_parameters=lambda: self._calls.parameters,
                    cancelled=self._interruption.requested,
                ),
                wasi=lambda: self._module_wasi(config.name, settings),
                calls=self._call_state,
                fusion=self._fusion,
                observation=self._observation,
                timeout=self._calls.timeout,
            )

    def _module_wasi(self, name: str, settings: WasiSettings) -> ModuleWasi:
        return self._store.wasi.prepare(
            name, lambda descriptor, data: self._output(name, descriptor, data), settings
        )

    @contextmanager
    def _telling_of_torn_modules(self) -> Iterator[None]:
        """A start that fails in another module stops that one in the middle of its work."""
        try:
            yield
        except StartError as error:
            add_torn_note(error, self._loaded.by_name)
            raise

    @contextmanager
    def _explaining_lack_of_memory(self, module: str) -> Iterator[None]:
        """Errors of what is done here say so where growths of memory were rejected meanwhile."""
        rejected = self._store.rejected
        try:
            yield
        except MemoryLimitExceeded:
            raise
        except MarineError as error:
            if self._store.rejected > rejected:
                raise self._store.out_of_memory(error.message, rejected, module=module) from error
            raise


def _nobody_watches(_activity: str) -> None:
    pass

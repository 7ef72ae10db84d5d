"""Loading: modules become part of a service, and come into it anew when their files change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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
    ModuleFileError,
    ModuleInUse,
    StartError,
)
from runtime.fusion import Fusion
from runtime.import_order import after_their_imports, with_importers
from runtime.linked_module import LinkedModule
from runtime.linking import link
from runtime.loaded_modules import LoadedModules
from runtime.module import Module, read_module
from runtime.module_origin import ModuleOrigin
from runtime.observation import Observation
from runtime.reloading import ChangedModule, ReloadCause, Reloaded
from runtime.renewal import Renewal
from runtime.surroundings import Surroundings
from runtime.torn_state import add_torn_note

Output: TypeAlias = Callable[[str, int, bytes], None]
"""Takes what a module writes: its name, 1 for stdout or 2 for stderr, the bytes."""

Progress: TypeAlias = Callable[[str], None]
"""Takes a short text about what begins now: `compiling greeting`, `starting greeting`."""


class Loading:
    """Loads and unloads the modules of one service; who calls it has the service for itself."""

    def __init__(
        self,
        loaded: LoadedModules,
        store: ServiceStore,
        *,
        surroundings: Surroundings,
        call_state: CallState,
        calls: Calls,
        fusion: Fusion,
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
        self._renewal = Renewal(store, call_state, fusion)
        self._observation = observation
        self._output = output
        self._progress = progress or _nobody_watches
        self._origins: dict[str, ModuleOrigin] = {}

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
        module = self._read(config, wasm)
        try:
            linked = self._linked(config, module, self._loaded.by_name)
        except BaseException:
            self._free_if_empty()
            raise
        self._add(config, linked)

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
        del self._origins[name]
        linked.unload()
        self._fusion.unloaded(linked, tuple(self._loaded))
        self._free_if_empty()

    def environment(self, module: str) -> dict[str, str]:
        """The environment variables that a module sees.

        Raises:
            NoSuchModule: there is none of this name.
        """
        return dict(self._origins[self._loaded.find(module).name].environment)

    def statistics(self, linked: LinkedModule) -> ModuleStatistics:
        """The memory of a loaded module."""
        statistics = statistics_of(linked)
        most, limit = statistics.max_memory_bytes, self._origins[linked.name].config.max_memory
        holds = limit is not None and most == limit // PAGE_SIZE * PAGE_SIZE
        return replace(
            statistics,
            interpreted=self._fusion.unfused(linked).reasons(),
            configured_limit=limit if holds else None,
        )

    def changed(self) -> tuple[ChangedModule, ...]:
        """The modules whose files are not what was loaded, in load order.

        Files that cannot be read or that end early are not ready, and not among them.
        """
        found = []
        for linked in self._loaded:
            with suppress(ModuleFileError):
                changed = self._origins[linked.name].change(linked.module)
                if changed is not None:
                    found.append(changed)
        return tuple(found)

    def reload(self, asked: Sequence[str]) -> tuple[Reloaded, ...]:
        """Load modules anew, and those that import them; all of them, or none.

        Args:
            asked: their names; without any: all whose files have changed.

        Returns:
            What was loaded anew, in load order.

        Raises:
            NoSuchModule: there is none of one of the names.
            ModuleError: a module cannot be loaded; the service stays as it was.
            MemoryLimitExceeded: the service's memory limit leaves no room for the new ones.
        """
        self._loaded.check_open()
        for name in asked:
            _check_has_file(self._loaded.find(name))
        if not asked:
            for linked in self._loaded:
                self._origins[linked.name].change(linked.module)  # raises where a file is not ready
        changed = {each.name for each in self.changed()}
        before = dict(self._loaded.by_name)
        names = with_importers(
            asked or changed, {name: old.imports_from for name, old in before.items()}
        )
        modules = {
            name: self._read(self._origins[name].config)
            if name in asked or name in changed
            else before[name].module
            for name in names
        }
        if 0 < len(modules) == len(before):
            self._renew(modules)
        else:
            self._take_over(self._linked_anew(modules))
        return tuple(_reloaded(before[name], self._loaded.by_name[name], names) for name in names)

    def _renew(self, modules: Mapping[str, Module]) -> None:
        """Load all modules anew: nothing of before is needed any more."""
        with self._renewal.new_store():
            made = self._linked_anew(modules)
            self._renewal.decide()
            try:
                self._take_over(made)
            except BaseException:  # of a signal handler
                self._take_over(made)
                raise

    def _free_if_empty(self) -> None:
        if not self._loaded.by_name:
            self._renewal.free_all()

    def _linked_anew(self, modules: Mapping[str, Module]) -> dict[str, LinkedModule]:
        """The modules, linked with each other and with those that stay."""
        seen = {
            name: linked for name, linked in self._loaded.by_name.items() if name not in modules
        }
        imports = {name: module.imported_namespaces() for name, module in modules.items()}
        made: dict[str, LinkedModule] = {}
        try:
            for name in after_their_imports(
                modules, lambda name: [other for other in modules if other in imports[name]]
            ):
                self._call_state.reset()
                config = self._origins[name].config
                seen[name] = made[name] = self._linked(config, modules[name], seen)
        except BaseException as error:
            for linked in made.values():
                linked.unload()
            if isinstance(error, MemoryLimitExceeded):
                error.message += (
                    "\n  the modules in whose place they come count too, until it is sure that all "
                    "can be loaded"
                )
            raise
        return made

    def _take_over(self, made: Mapping[str, LinkedModule]) -> None:
        """Put modules in the place of those of the same names."""
        self._calls.forget()
        for name, linked in made.items():
            old = self._loaded.by_name[name]
            self._add(self._origins[name].config, linked)
            if old is not linked:
                old.unload()

    def _add(self, config: ModuleConfig, linked: LinkedModule) -> None:
        environment = self._surroundings.wasi_settings(config).environment
        self._origins[config.name] = ModuleOrigin(config, environment, linked.module.file)
        self._loaded.add(linked)

    def _read(self, config: ModuleConfig, wasm: bytes | None = None) -> Module:
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

    def _linked(
        self, config: ModuleConfig, module: Module, loaded: Mapping[str, LinkedModule]
    ) -> LinkedModule:
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
            name,
            lambda descriptor, data: self._output(name, descriptor, data),
            settings=settings,
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


def _check_has_file(linked: LinkedModule) -> None:
    if linked.module.file is None:
        raise ModuleError(
            f"module {linked.name!r} was loaded from bytes, so there is no file to reload it "
            "from: unload it and load it again",
            module=linked.name,
        )


def _reloaded(old: LinkedModule, new: LinkedModule, names: Sequence[str]) -> Reloaded:
    before, now = old.module.file, new.module.file
    if new.module is old.module:
        imports = tuple(name for name in names if name in new.imports_from)
        return Reloaded(new.name, ReloadCause.IMPORTS, imports)
    is_changed = before is None or now is None or before.contents != now.contents
    return Reloaded(new.name, ReloadCause.CHANGED if is_changed else ReloadCause.ASKED)


def _nobody_watches(_activity: str) -> None:
    pass

"""One WASI a module in one store: the native one behind a stub, a shim and a descriptor table.

The C API allows one WASI configuration a store. The store gets the union of all modules'
directories, and each module reaches it through a shim of its own (spec engine.md, «Each module its
own WASI in one Store»).
"""

import contextlib
from collections.abc import Mapping
from functools import cached_property

import wasmtime

from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw import RawStore, free
from runtime.engine.wasi.compiled import compiled_wasi
from runtime.engine.wasi.layout import FIRST_DIRECTORY
from runtime.engine.wasi.module_wasi import (
    ModuleWasi,
    NativeDirectory,
    SharedWasi,
    Uncounted,
    exported,
    refused,
)
from runtime.engine.wasi.output_sinks import OutputSink, OutputSinks
from runtime.engine.wasi.settings import Directory, WasiSettings, check_settings, guest_names
from runtime.engine.wasi.shim import MEMORY, SCRATCH_NAMESPACE
from runtime.engine.wasi.shim_output import HOST_NAMESPACE, OUTPUT_IMPORT, OUTPUT_PARAMETERS
from runtime.engine.wasi.shim_paths import SPARE_IMPORT
from runtime.engine.wasi.spare_descriptors import descriptor_is_spare
from runtime.errors import ConfigError


class StoreWasi:
    """The WASI of all modules of one store; there is at most one for a store.

    Attributes:
        opened: the directories that it has open, as the system numbers them: device, inode.
    """

    def __init__(
        self,
        engine: wasmtime.Engine,
        raw_store: RawStore,
        settings: Mapping[str, WasiSettings],
        *,
        uncounted: Uncounted = contextlib.nullcontext,
    ) -> None:
        """Give the store its native WASI.

        Args:
            engine: the store's.
            raw_store: the store, which has no WASI yet; it owns the output functions.
            settings: what each module will see, by the module's name.
            uncounted: where the store's memory has a limit, the context for memories beside it.

        Raises:
            ConfigError: settings that cannot be had.
        """
        self._engine = engine
        self._raw_store = raw_store
        self._uncounted = uncounted
        self._directories: dict[str, tuple[NativeDirectory, ...]] = {}
        self.opened: list[tuple[int, int]] = []
        self._first_file = FIRST_DIRECTORY
        # Without standard streams: the native ones read nothing, and their output is dropped.
        config = wasmtime.WasiConfig()
        try:
            for module, module_settings in settings.items():
                check_settings(module, module_settings)
                self._directories[module] = tuple(
                    self._preopen(config, module, name, directory)
                    for name, directory in guest_names(module_settings.directories)
                )
        except BaseException:
            free(config)  # the error would keep the directories open
            raise
        raw_store.store.set_wasi(config)

    def _preopen(
        self, config: wasmtime.WasiConfig, module: str, name: str, directory: Directory
    ) -> NativeDirectory:
        refused = ConfigError(
            f"module '{module}': directory {directory.guest!r}: {directory.host} cannot be "
            "opened: check its permissions and how many files this process may open",
            module=module,
        )
        if not descriptor_is_spare():
            raise refused
        try:
            config.preopen_dir(str(directory.host), name)
            status = directory.host.stat()
        except (wasmtime.WasmtimeError, OSError) as error:
            raise refused from error
        self.opened.append((status.st_dev, status.st_ino))
        native, self._first_file = self._first_file, self._first_file + 1
        return NativeDirectory(name, directory, native)

    def sees_the_same(self, other: "StoreWasi") -> bool:
        """Whether the directories are those that another store with the same settings has open."""
        return self.opened == other.opened

    def prepare(self, module_name: str, sink: OutputSink, settings: WasiSettings) -> ModuleWasi:
        """The WASI of one module, before the module is instantiated.

        Args:
            module_name: its name; a module that was unloaded may come again under the same name.
            sink: takes what it writes to its standard output and error. What it raises is raised by
                the call during which the module wrote. It is kept until the module's WASI, or the
                store, is closed.
            settings: what it sees. Only directories that were named when the store was made, for
                this module, can be among them.

        Raises:
            ConfigError: the settings cannot be had.
            LinkError: the system has no room for it.
        """
        check_settings(module_name, settings)
        directories = self._known(module_name, settings)
        try:
            return ModuleWasi(self._shared, module_name, sink, settings, directories)
        except wasmtime.WasmtimeError as error:
            raise refused(module_name, error) from error

    def _known(self, module: str, settings: WasiSettings) -> tuple[NativeDirectory, ...]:
        """The native directories for settings that are given after the store was made."""
        known = {(each.name, each.directory): each for each in self._directories.get(module, ())}
        directories = []
        for name, directory in guest_names(settings.directories):
            native = known.get((name, directory))
            if native is not None:
                directories.append(native)
            elif name == directory.guest:
                raise ConfigError(
                    f"module '{module}': directory {directory.guest!r} ({directory.host}) cannot "
                    "be mapped any more: a service opens its modules' directories when it starts, "
                    "so name the module and its directories in the service's config",
                    module=module,
                )
        return tuple(directories)

    @cached_property
    def _shared(self) -> SharedWasi:
        """Made when the first module wants WASI: others pay nothing."""
        store = self._raw_store.store
        compiled = compiled_wasi(self._engine)
        linker = wasmtime.Linker(self._engine)
        # Every module's shim is linked with that module's memory and table.
        linker.allow_shadowing = True
        linker.define_wasi()
        with self._uncounted():
            scratch = linker.instantiate(store, compiled.scratch)
        linker.define_instance(store, SCRATCH_NAMESPACE, scratch)
        memory = LinearMemory(
            self._raw_store, exported(self._raw_store, scratch, MEMORY, wasmtime.Memory)
        )
        sinks = OutputSinks(memory)
        output = self._raw_store.host_function(OUTPUT_PARAMETERS, (), sinks.write)
        linker.define(store, HOST_NAMESPACE, OUTPUT_IMPORT, output)
        spare = self._raw_store.host_function((), ("i32",), descriptor_is_spare)
        linker.define(store, HOST_NAMESPACE, SPARE_IMPORT, spare)
        return SharedWasi(
            self._raw_store,
            compiled,
            linker,
            scratch,
            memory,
            self._first_file,
            sinks,
            self._uncounted,
        )

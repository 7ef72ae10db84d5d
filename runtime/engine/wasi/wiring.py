"""One WASI a module in one store: the native one behind a stub, a shim and a descriptor table.

The C API allows one WASI configuration a store. The store gets the union of all modules'
directories, and each module reaches it through a shim of its own (spec engine.md, «Each module its
own WASI in one Store»).
"""

import contextlib
import struct
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TypeAlias, TypeVar

import wasmtime

from runtime.engine.linear_memory import LinearMemory
from runtime.engine.module_binary import PAGE_SIZE
from runtime.engine.raw import RawStore
from runtime.engine.wasi.compiled import CompiledWasi, compiled_wasi
from runtime.engine.wasi.configuration import configuration
from runtime.engine.wasi.descriptors import (
    FILE_KIND,
    FILE_STATUS_SIZE,
    FileSystemView,
    MappedDirectory,
    OpenDescriptor,
    file_status,
    kept_path,
)
from runtime.engine.wasi.layout import (
    DESCRIPTOR_COUNT,
    DESCRIPTORS,
    FIRST_DIRECTORY,
    PATH_SLOT,
    PATHS,
    RESULT,
    SUCCESS,
)
from runtime.engine.wasi.output_sinks import OutputSink, OutputSinks
from runtime.engine.wasi.settings import Directory, WasiSettings, check_settings, guest_names
from runtime.engine.wasi.shim import (
    GUEST_NAMESPACE,
    MEMORY,
    PRIVATE_MEMORY_EXPORT,
    SCRATCH_NAMESPACE,
    STUB_NAMESPACE,
)
from runtime.engine.wasi.shim_descriptors import CLOSE_ALL_EXPORT
from runtime.engine.wasi.shim_output import HOST_NAMESPACE, OUTPUT_IMPORT, OUTPUT_PARAMETERS
from runtime.engine.wasi.shim_paths import SPARE_IMPORT
from runtime.engine.wasi.signatures import (
    ABSENT_IN_UNSTABLE,
    DIFFERENT_IN_UNSTABLE,
    PREVIEW1,
    SIGNATURES,
    UNSTABLE,
    unstable_entry,
)
from runtime.engine.wasi.spare_descriptors import descriptor_is_spare
from runtime.engine.wasi.stub import TABLE_EXPORT
from runtime.errors import ConfigError, LinkError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.shown_names import shown_name

_Extern = TypeVar("_Extern", wasmtime.Func, wasmtime.Memory, wasmtime.Table)

Uncounted: TypeAlias = Callable[[], AbstractContextManager[None]]
"""A context in which memories are made that no memory limit counts."""


@frozen_dataclass
class _NativeDirectory:
    """A directory as a module finds it: one of its names, and the native descriptor for that."""

    name: str
    directory: Directory
    native: int


@frozen_dataclass
class _Shared:
    """What the modules of a store share."""

    raw_store: RawStore
    compiled: CompiledWasi
    linker: wasmtime.Linker
    scratch: wasmtime.Instance
    scratch_memory: LinearMemory
    first_file: int
    sinks: OutputSinks
    uncounted: Uncounted

    def scratch_bytes(self, function: str, native: int, size: int) -> bytes | None:
        """What a native function says of a descriptor, or None where it answers with an error."""
        call = _export(self.raw_store, self.scratch, function, wasmtime.Func)
        if call(self.raw_store.store, native, RESULT) != SUCCESS:
            return None
        return self.scratch_memory.read(RESULT, size)


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
        self._directories: dict[str, tuple[_NativeDirectory, ...]] = {}
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
            config.close()  # the error would keep the directories open
            raise
        self._settings = dict(settings)
        raw_store.store.set_wasi(config)

    def _preopen(
        self, config: wasmtime.WasiConfig, module: str, name: str, directory: Directory
    ) -> _NativeDirectory:
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
        return _NativeDirectory(name, directory, native)

    def sees_the_same(self, other: "StoreWasi") -> bool:
        """Whether the directories are those that another store with the same settings has open."""
        return self.opened == other.opened

    def prepare(
        self, module_name: str, sink: OutputSink, *, settings: WasiSettings | None = None
    ) -> "ModuleWasi":
        """The WASI of one module, before the module is instantiated.

        Args:
            module_name: its name; a module that was unloaded may come again under the same name.
            sink: takes what it writes to its standard output and error. What it raises is raised by
                the call during which the module wrote. It is kept until the module's WASI, or the
                store, is closed.
            settings: what it sees, if not what was said when the store was made. Only directories
                that were named then, for this module, can be among them.

        Raises:
            ConfigError: no settings are known for the module, or these cannot be had.
            LinkError: the system has no room for it.
        """
        directories = self._directories.get(module_name, ())
        if settings is None:
            settings = self._settings.get(module_name)
            if settings is None:
                raise ConfigError(
                    f"module '{module_name}' has no WASI settings", module=module_name
                )
        else:
            check_settings(module_name, settings)
            directories = self._known(module_name, settings)
        try:
            return ModuleWasi(self._shared, module_name, sink, settings, directories)
        except wasmtime.WasmtimeError as error:
            raise _refused(module_name, error) from error

    def _known(self, module: str, settings: WasiSettings) -> tuple[_NativeDirectory, ...]:
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
    def _shared(self) -> _Shared:
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
            self._raw_store, _export(self._raw_store, scratch, MEMORY, wasmtime.Memory)
        )
        sinks = OutputSinks(memory)
        output = self._raw_store.host_function(OUTPUT_PARAMETERS, (), sinks.write)
        linker.define(store, HOST_NAMESPACE, OUTPUT_IMPORT, output)
        spare = self._raw_store.host_function((), ("i32",), descriptor_is_spare)
        linker.define(store, HOST_NAMESPACE, SPARE_IMPORT, spare)
        return _Shared(
            self._raw_store,
            compiled,
            linker,
            scratch,
            memory,
            self._first_file,
            sinks,
            self._uncounted,
        )


class ModuleWasi:
    """One module's WASI: first its imports, then, with its memory, what is behind them.

    Made by `StoreWasi.prepare`.
    """

    def __init__(
        self,
        shared: _Shared,
        module: str,
        sink: OutputSink,
        settings: WasiSettings,
        directories: tuple[_NativeDirectory, ...],
    ) -> None:
        self._shared = shared
        self._module = module
        self._sink_number = shared.sinks.add(module, sink)
        self._settings = settings
        self._directories = directories
        self._stub = wasmtime.Instance(shared.raw_store.store, shared.compiled.stub, [])
        self._shim: wasmtime.Instance | None = None

    def function(self, name: str, namespace: str = PREVIEW1) -> wasmtime.Func:
        """What the module gets for an import.

        All of `wasi_unstable` is there: four of its functions have variants of their own
        (`DIFFERENT_IN_UNSTABLE`), the others do the same as in preview 1.

        Args:
            name: of the WASI function.
            namespace: `wasi_snapshot_preview1` or `wasi_unstable`.

        Raises:
            LinkError: the namespace has no such function.
        """
        absent = namespace == UNSTABLE and name in ABSENT_IN_UNSTABLE
        if name not in SIGNATURES or namespace not in (PREVIEW1, UNSTABLE) or absent:
            raise LinkError(
                f"module '{self._module}' imports {namespace}.{shown_name(name)}, which is no WASI "
                f"function: there are those of {PREVIEW1} and of {UNSTABLE}",
                module=self._module,
            )
        different = namespace == UNSTABLE and name in DIFFERENT_IN_UNSTABLE
        export = unstable_entry(name) if different else name
        return _export(self._shared.raw_store, self._stub, export, wasmtime.Func)

    def attach(self, memory: wasmtime.Memory) -> None:
        """Make the imports work, after the module was instantiated and before anything calls it.

        Args:
            memory: what the module exports as `memory`.

        Raises:
            LinkError: the memory cannot be used, 64-bit for instance.
        """
        raw_store, linker = self._shared.raw_store, self._shared.linker
        store = raw_store.store
        table = _export(raw_store, self._stub, TABLE_EXPORT, wasmtime.Table)
        linker.define(store, GUEST_NAMESPACE, MEMORY, memory)
        linker.define(store, STUB_NAMESPACE, TABLE_EXPORT, table)
        try:
            with self._shared.uncounted():
                shim = linker.instantiate(store, self._shared.compiled.shim)
            self._configure(_export(raw_store, shim, PRIVATE_MEMORY_EXPORT, wasmtime.Memory))
        except wasmtime.WasmtimeError as error:
            raise _refused(self._module, error) from error
        self._shim = shim

    def _configure(self, private: wasmtime.Memory) -> None:
        store = self._shared.raw_store.store
        pieces = configuration(
            self._settings,
            [(each.name, each.native) for each in self._directories],
            self._shared.first_file,
            self._sink_number,
        )
        last_address, last_bytes = pieces[-1]
        missing = last_address + len(last_bytes) - private.data_len(store)
        if missing > 0:
            private.grow(store, -(-missing // PAGE_SIZE))
        memory = LinearMemory(self._shared.raw_store, private)
        for address, piece in pieces:
            memory.write(address, piece)

    def file_system(self) -> FileSystemView:
        """What the module sees of the host's files, and what it has open, now."""
        natives = self._natives()
        # A directory is open as long as one of its names is.
        mapped: dict[Directory, int | None] = {}
        descriptors = {native: descriptor for descriptor, native in natives.items()}
        for each in self._directories:
            if mapped.get(each.directory) is None:
                mapped[each.directory] = descriptors.get(each.native)
        return FileSystemView(
            tuple(
                MappedDirectory(directory.guest, directory.host, descriptor)
                for directory, descriptor in mapped.items()
            ),
            tuple(
                self._open_descriptor(descriptor, native)
                for descriptor, native in natives.items()
                if native >= self._shared.first_file
            ),
        )

    def _open_descriptor(self, descriptor: int, native: int) -> OpenDescriptor:
        stat = self._shared.scratch_bytes("fd_filestat_get", native, FILE_STATUS_SIZE)
        kind, size = ("unknown", None) if stat is None else file_status(stat)
        position = None
        if kind == FILE_KIND:
            told = self._shared.scratch_bytes("fd_tell", native, struct.calcsize("<Q"))
            position = None if told is None else struct.unpack("<Q", told)[0]
        path = kept_path(self._private().read(PATHS + descriptor * PATH_SLOT, PATH_SLOT))
        return OpenDescriptor(descriptor, path, kind, position, size if kind == FILE_KIND else None)

    def _natives(self) -> dict[int, int]:
        """The native descriptor behind each of the module's, in the order of the latter."""
        if self._shim is None:
            return {}
        table = struct.Struct(f"<{DESCRIPTOR_COUNT}I")
        entries = table.unpack(self._private().read(DESCRIPTORS, table.size))
        return {descriptor: entry - 1 for descriptor, entry in enumerate(entries) if entry}

    def _private(self) -> LinearMemory:
        if self._shim is None:
            raise TypeError("attach comes first")
        raw_store = self._shared.raw_store
        private = _export(raw_store, self._shim, PRIVATE_MEMORY_EXPORT, wasmtime.Memory)
        return LinearMemory(raw_store, private)

    def close(self) -> None:
        """Close all that the module has open; every descriptor of its is unknown afterwards."""
        if self._shim is not None:
            raw_store = self._shared.raw_store
            close_all = _export(raw_store, self._shim, CLOSE_ALL_EXPORT, wasmtime.Func)
            close_all(raw_store.store)
        self._shared.sinks.remove(self._sink_number)

    def vacate(self) -> None:
        """Give its memory back, after `close`: the module runs no more."""
        if self._shim is not None:
            self._private().vacate()
            self._shim = None


def _refused(module: str, error: wasmtime.WasmtimeError) -> LinkError:
    # The last line of wasmtime's messages is the innermost cause.
    reason = str(error).strip().splitlines()[-1].strip()
    return LinkError(f"module '{module}': its WASI cannot be set up: {reason}", module=module)


def _export(
    raw_store: RawStore, instance: wasmtime.Instance, name: str, kind: type[_Extern]
) -> _Extern:
    found = raw_store.export(instance, name)
    if not isinstance(found, kind):
        raise TypeError(f"no {kind.__name__} is exported as {name}")
    return found

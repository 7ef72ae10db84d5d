"""One module's WASI, in the middle of what the modules of a store share."""

import struct
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias, TypeVar

import wasmtime

from runtime.engine.failures import last_cause
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.module_binary import PAGE_SIZE
from runtime.engine.raw import RawStore
from runtime.engine.wasi.compiled import CompiledWasi
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
    PATH_SLOT,
    PATHS,
    RESULT,
    SUCCESS,
)
from runtime.engine.wasi.output_sinks import OutputSink, OutputSinks
from runtime.engine.wasi.settings import Directory, WasiSettings
from runtime.engine.wasi.shim import (
    GUEST_NAMESPACE,
    MEMORY,
    PRIVATE_MEMORY_EXPORT,
    STUB_NAMESPACE,
)
from runtime.engine.wasi.shim_descriptors import CLOSE_ALL_EXPORT
from runtime.engine.wasi.signatures import (
    ABSENT_IN_UNSTABLE,
    DIFFERENT_IN_UNSTABLE,
    PREVIEW1,
    SIGNATURES,
    UNSTABLE,
    unstable_entry,
)
from runtime.engine.wasi.stub import TABLE_EXPORT
from runtime.errors import LinkError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.shown_names import shown_name

_Extern = TypeVar("_Extern", wasmtime.Func, wasmtime.Memory, wasmtime.Table)

Uncounted: TypeAlias = Callable[[], AbstractContextManager[None]]
"""A context in which memories are made that no memory limit counts."""


@frozen_dataclass
class NativeDirectory:
    """A directory as a module finds it: one of its names, and the native descriptor for that."""

    name: str
    directory: Directory
    native: int


@frozen_dataclass
class SharedWasi:
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
        call = exported(self.raw_store, self.scratch, function, wasmtime.Func)
        if call(self.raw_store.store, native, RESULT) != SUCCESS:
            return None
        return self.scratch_memory.read(RESULT, size)


class ModuleWasi:
    """One module's WASI: first its imports, then, with its memory, what is behind them.

    Made by `StoreWasi.prepare`.
    """

    def __init__(
        self,
        shared: SharedWasi,
        module: str,
        sink: OutputSink,
        settings: WasiSettings,
        directories: tuple[NativeDirectory, ...],
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
        return exported(self._shared.raw_store, self._stub, export, wasmtime.Func)

    def attach(self, memory: wasmtime.Memory) -> None:
        """Make the imports work, after the module was instantiated and before anything calls it.

        Args:
            memory: what the module exports as `memory`.

        Raises:
            LinkError: the memory cannot be used, 64-bit for instance.
        """
        raw_store, linker = self._shared.raw_store, self._shared.linker
        store = raw_store.store
        table = exported(raw_store, self._stub, TABLE_EXPORT, wasmtime.Table)
        linker.define(store, GUEST_NAMESPACE, MEMORY, memory)
        linker.define(store, STUB_NAMESPACE, TABLE_EXPORT, table)
        try:
            with self._shared.uncounted():
                shim = linker.instantiate(store, self._shared.compiled.shim)
            self._configure(exported(raw_store, shim, PRIVATE_MEMORY_EXPORT, wasmtime.Memory))
        except wasmtime.WasmtimeError as error:
            raise refused(self._module, error) from error
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
        private = exported(raw_store, self._shim, PRIVATE_MEMORY_EXPORT, wasmtime.Memory)
        return LinearMemory(raw_store, private)

    def close(self) -> None:
        """Close all that the module has open; every descriptor of its is unknown afterwards."""
        if self._shim is not None:
            raw_store = self._shared.raw_store
            close_all = exported(raw_store, self._shim, CLOSE_ALL_EXPORT, wasmtime.Func)
            close_all(raw_store.store)
        self._shared.sinks.remove(self._sink_number)

    def vacate(self) -> None:
        """Give its memory back, after `close`: the module runs no more."""
        if self._shim is not None:
            private = self._private()
            self._shim = None  # first: a signal handler may raise, and what then comes is `close`
            private.vacate()


def refused(module: str, error: wasmtime.WasmtimeError) -> LinkError:
    """The error of a module whose WASI the engine refuses."""
    reason = last_cause(str(error))
    return LinkError(f"module '{module}': its WASI cannot be set up: {reason}", module=module)


def exported(
    raw_store: RawStore, instance: wasmtime.Instance, name: str, kind: type[_Extern]
) -> _Extern:
    """What an instance exports under a name; there is such an export.

    Raises:
        TypeError: there is none of this kind.
    """
    found = raw_store.export(instance, name)
    if not isinstance(found, kind):
        raise TypeError(f"no {kind.__name__} is exported as {name}")
    return found

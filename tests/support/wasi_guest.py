"""A module that passes on all WASI functions, so that tests call them with its memory and eyes."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import wasmtime

from runtime.engine.engines import shared_engine
from runtime.engine.interruption import Interruption
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw import RawStore
from runtime.engine.wasi.module_wasi import ModuleWasi
from runtime.engine.wasi.settings import Directory, WasiSettings
from runtime.engine.wasi.signatures import (
    ABSENT_IN_UNSTABLE,
    PREVIEW1,
    SIGNATURES,
    UNSTABLE,
    Signature,
)
from runtime.engine.wasi.store_wasi import StoreWasi

SUCCESS = 0
BAD_DESCRIPTOR = 8
FAULT = 21
INVALID = 28
TOO_MANY_FILES = 33

CREATE = 1
DIRECTORY = 2
FOLLOW = 1

MEMORY_SIZE = 8 * 65536
_RESULT = 64
_VECTOR = 96
_DATA = 1024
_READ = 0x2
_WRITE = 0x40
_READ_DIRECTORY = 0x4000
_ALL_RIGHTS = 0x1FFFFFFF


def settings(
    environment: Mapping[str, str] | None = None,
    directories: Mapping[str, Path] | None = None,
) -> WasiSettings:
    """Settings with nothing but what is given; directories by guest name."""
    return WasiSettings(
        environment or {},
        tuple(Directory(guest, host) for guest, host in (directories or {}).items()),
    )


class Guest:
    """One instance of the module, and what it wrote."""

    def __init__(
        self, raw_store: RawStore, instance: wasmtime.Instance, wasi: ModuleWasi, output: "Output"
    ) -> None:
        self.wasi = wasi
        self.output = output
        self._raw_store = raw_store
        self._instance = instance
        memory = raw_store.export(instance, "memory")
        assert isinstance(memory, wasmtime.Memory)
        self.memory = LinearMemory(raw_store, memory)

    def call(self, name: str, *arguments: int) -> int:
        """Call a WASI function; gives the error number."""
        function = self._raw_store.export(self._instance, name)
        assert isinstance(function, wasmtime.Func)
        signature = SIGNATURES[name]
        types = [parameter.type for parameter in signature.parameters]
        result = self._raw_store.prepare(function, types, signature.results)(*arguments)
        assert isinstance(result, int)
        return result

    def put(self, data: bytes, pointer: int = _DATA) -> tuple[int, int]:
        """Place bytes in memory; gives pointer and length."""
        self.memory.write(pointer, data)
        return pointer, len(data)

    def number(self, pointer: int = _RESULT, code: str = "<I") -> int:
        """A number in memory."""
        (value,) = struct.unpack(code, self.memory.read(pointer, struct.calcsize(code)))
        assert isinstance(value, int)
        return value

    def open(self, directory: int, path: str, flags: int = 0, follow: int = FOLLOW) -> int:
        """Open a path; gives the descriptor, or the error number made negative."""
        rights = _READ | _READ_DIRECTORY if flags & DIRECTORY else _ALL_RIGHTS
        pointer, length = self.put(path.encode())
        error = self.call(
            "path_open", directory, follow, pointer, length, flags, rights, 0, 0, _RESULT
        )
        return self.number() if error == SUCCESS else -error

    def path(self, name: str, descriptor: int, path: str) -> int:
        """Call a function that takes a directory and a path."""
        return self.call(name, descriptor, *self.put(path.encode()))

    def vectors(self, pieces: Iterable[bytes]) -> tuple[int, int]:
        """Place the pieces and the list of them; gives its pointer and its length."""
        pointer, entries = _DATA, []
        for piece in pieces:
            self.put(piece, pointer)
            entries.append((pointer, len(piece)))
            pointer += len(piece)
        return self.vector_list(entries)

    def vector_list(self, entries: Iterable[tuple[int, int]]) -> tuple[int, int]:
        """Place a list of pointers and lengths; gives its pointer and its length."""
        packed = b"".join(struct.pack("<II", *entry) for entry in entries)
        self.memory.write(_VECTOR, packed)
        return _VECTOR, len(packed) // 8

    def write(self, descriptor: int, *pieces: bytes) -> int:
        """Write pieces; gives how many bytes were taken, or the error number made negative."""
        error = self.call("fd_write", descriptor, *self.vectors(pieces), _RESULT)
        return self.number() if error == SUCCESS else -error

    def read(self, descriptor: int, size: int = 100) -> bytes | int:
        """What one read gives, or the error number made negative."""
        error = self.call("fd_read", descriptor, *self.vector_list([(_DATA, size)]), _RESULT)
        return self.memory.read(_DATA, self.number()) if error == SUCCESS else -error

    def seek(self, descriptor: int, offset: int, whence: int = 0) -> int:
        """Give the new position, or the error number made negative."""
        error = self.call("fd_seek", descriptor, offset, whence, _RESULT)
        return self.number(code="<Q") if error == SUCCESS else -error

    def texts(self, kind: str) -> list[str]:
        """The module's `environ` or `args`, as C programs read them."""
        assert self.call(f"{kind}_sizes_get", _RESULT, _RESULT + 4) == SUCCESS
        count, size = self.number(), self.number(_RESULT + 4)
        texts = _DATA + 4 * count
        assert self.call(f"{kind}_get", _DATA, texts) == SUCCESS
        assert self.memory.read(texts + size - 1, 1) == b"\0" or not size
        found = []
        for index in range(count):
            start = self.number(_DATA + 4 * index)
            text = self.memory.read(start, texts + size - start)
            found.append(text[: text.index(0)].decode())
        return found

    def mapped(self) -> list[str]:
        """The names of the mapped directories, as C libraries read them at the start."""
        names = []
        descriptor = 3
        while self.call("fd_prestat_get", descriptor, _RESULT) == SUCCESS:
            length = self.number(_RESULT + 4)
            assert self.call("fd_prestat_dir_name", descriptor, _DATA, length) == SUCCESS
            names.append(self.memory.read(_DATA, length).decode())
            descriptor += 1
        return names


class Output:
    """An output sink that keeps everything, or raises what it is told to."""

    def __init__(self) -> None:
        self.writes: list[tuple[int, bytes]] = []
        self.failure: BaseException | None = None

    def __call__(self, descriptor: int, data: bytes) -> None:
        if self.failure is not None:
            raise self.failure
        self.writes.append((descriptor, data))


class WasiStore:
    """A store with WASI, for any number of guests."""

    def __init__(self, modules: Mapping[str, WasiSettings]) -> None:
        engine = shared_engine()
        self.store = wasmtime.Store(engine)
        self.raw_store = RawStore(self.store)
        self.interruption = Interruption()
        self.interruption.attach(engine.increment_epoch)
        self.raw_store.on_epoch(self.interruption.may_continue)
        self.wasi = StoreWasi(engine, self.raw_store, modules)
        self._modules = modules

    def guest(
        self,
        name: str,
        *,
        namespace: str = PREVIEW1,
        late: WasiSettings | None = None,
        pages: int = MEMORY_SIZE // 65536,
    ) -> Guest:
        """A module with its WASI and that many pages of memory, ready to be called."""
        output = Output()
        wasi = self.wasi.prepare(name, output, late or self._modules[name])
        module = _module(namespace, pages)
        functions = [wasi.function(entry.name or "", entry.module) for entry in module.imports]
        instance = wasmtime.Instance(self.store, module, functions)
        memory = self.raw_store.export(instance, "memory")
        assert isinstance(memory, wasmtime.Memory)
        wasi.attach(memory)
        return Guest(self.raw_store, instance, wasi, output)


@contextmanager
def wasi_store(modules: Mapping[str, WasiSettings]) -> Iterator[WasiStore]:
    """A store with WASI that is closed at the end."""
    opened = WasiStore(modules)
    try:
        yield opened
    finally:
        opened.interruption.close()
        opened.store.close()


@contextmanager
def single_guest(
    given: WasiSettings | None = None, *, namespace: str = PREVIEW1
) -> Iterator[Guest]:
    """The only module of a store."""
    with wasi_store({"guest": given or settings()}) as opened:
        yield opened.guest("guest", namespace=namespace)


@lru_cache
def _module(namespace: str, pages: int) -> wasmtime.Module:
    absent = ABSENT_IN_UNSTABLE if namespace == UNSTABLE else frozenset()
    functions = [
        _passed_on(namespace, name, signature)
        for name, signature in SIGNATURES.items()
        if name not in absent
    ]
    text = f'(module {"".join(functions)} (memory (export "memory") {pages} {pages}))'
    return wasmtime.Module(shared_engine(), text)


def _passed_on(namespace: str, name: str, signature: Signature) -> str:
    return (
        f'(import "{namespace}" "{name}" (func ${name} {signature.text}))'
        f'(export "{name}" (func ${name}))\n'
    )

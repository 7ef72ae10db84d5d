"""Everything that uses wasmtime's private bindings, behind a small interface.

The public bindings convert every value and look up every type at every call, 7 to 10 µs each; the
C functions below take prepared buffers and cost about 0.5 µs (spec performance.md). Types are
checked once, when a call is prepared; after that arguments are trusted to fit.

Numbers are Python ints and floats: i32 and i64 are signed.
"""

import ctypes
import itertools
import struct
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, cast

import wasmtime
from wasmtime import _bindings, _exportable, _extern, _ffi

from runtime.engine.wasmtime_c import ffi

Number: TypeAlias = int | float
RawCall: TypeAlias = Callable[..., Number | None]
"""A prepared Wasm function: takes its parameters as numbers, gives its result or None."""


class MemoryView(Protocol):
    """The bytes of a linear memory, in place."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: slice, /) -> bytes: ...
    def __setitem__(self, place: slice, data: bytes, /) -> None: ...


_RAW_VALUE_SIZE = 16  # a raw value is a union as large as a v128
_NUMBER_FORMATS = {"i32": "i", "i64": "q", "f32": "f", "f64": "d"}
_DEADLINE_CONTINUE = 0

_pointer = ctypes.c_void_p


def _unknown_wasmtime(found: str) -> ImportError:
    return ImportError(
        f"the installed wasmtime has {found}; the runtime uses the raw bindings of wasmtime 50: "
        "pip install 'wasmtime>=50.0.1,<51'"
    )


if ctypes.sizeof(_ffi.wasmtime_val_raw_t) != _RAW_VALUE_SIZE:
    raise _unknown_wasmtime("raw values of another size")


def _c_function(name: str, result: type | None, *parameters: type) -> Callable[..., int]:
    """A function of the C library that takes and gives addresses as plain integers."""
    prototype = ctypes.CFUNCTYPE(result, *parameters)
    try:
        return cast("Callable[..., int]", prototype((name, _ffi.dll)))
    except AttributeError:
        raise _unknown_wasmtime(f"no function {name}") from None


# What every call needs goes through cffi, which takes half the time of ctypes.
_library = ffi.dlopen(str(_ffi.filename))
_call_unchecked = _library.wasmtime_func_call_unchecked
_memory_data = _library.wasmtime_memory_data
_memory_size = _library.wasmtime_memory_data_size
_NULL = ffi.NULL

_new_unchecked = _c_function(
    "wasmtime_func_new_unchecked",
    None, _pointer, _pointer, _pointer, _pointer, _pointer, _pointer,
)  # fmt: skip
_trap_new = _c_function("wasmtime_trap_new", _pointer, ctypes.c_char_p, ctypes.c_size_t)
_error_new = _c_function("wasmtime_error_new", _pointer, ctypes.c_char_p)
_set_epoch_callback = _c_function(
    "wasmtime_store_epoch_deadline_callback", None, _pointer, _pointer, _pointer, _pointer
)
_host_callback = ctypes.CFUNCTYPE(_pointer, _pointer, _pointer, _pointer, ctypes.c_size_t)
_epoch_callback = ctypes.CFUNCTYPE(
    _pointer,
    _pointer,
    _pointer,
    ctypes.POINTER(ctypes.c_uint64),
    ctypes.POINTER(ctypes.c_uint8),
)


def _address(pointer: object) -> int:
    return ctypes.cast(pointer, _pointer).value or 0  # type: ignore[arg-type]


def _number(pointer: object) -> int:
    return int(ffi.cast("uintptr_t", pointer))


def _layout(types: Sequence[str]) -> struct.Struct:
    """How numbers of these types lie in a buffer of raw values."""
    return struct.Struct("<" + "".join(_padded(_NUMBER_FORMATS[number]) for number in types))


def _padded(code: str) -> str:
    return f"{code}{_RAW_VALUE_SIZE - struct.calcsize(code)}x"


def _as_it_is(failure: BaseException) -> BaseException:
    return failure


class RawStore:
    """Fast access to one `wasmtime.Store`: calls, host functions, exports, memories.

    Host functions belong to this object: it must live as long as its store does. An exception that
    a host function raises ends the Wasm code above it and is raised again, itself, by the prepared
    call that led there.
    """

    def __init__(self, store: wasmtime.Store) -> None:
        self.store = store
        self._context = _address(store._context())  # noqa: SLF001
        self._c_context = ffi.cast("void *", self._context)
        self._callbacks: list[object] = []
        self._raised: BaseException | None = None
        self._trap = ffi.new("void *[1]")

    def prepare(
        self,
        function: wasmtime.Func,
        parameters: Sequence[str],
        results: Sequence[str],
        translate: Callable[[BaseException], BaseException] = _as_it_is,
    ) -> RawCall:
        """A call of the function without checks.

        Args:
            function: of this store.
            parameters: the types of its parameters, `i32`, `i64`, `f32` or `f64`.
            results: the types of its results, at most one.
            translate: makes what the call raises of wasmtime's `Trap` or `WasmtimeError`.

        Returns:
            A callable. What a host function raises comes through it untranslated.

        Raises:
            TypeError: the function has another type.
        """
        function_type = function.type(self.store)
        found = ([str(t) for t in function_type.params], [str(t) for t in function_type.results])
        if found != (list(parameters), list(results)) or len(results) > 1:
            raise TypeError(f"expected a function {parameters} -> {results}, found {found}")

        capacity = max(len(parameters), len(results))
        values = ffi.new("char[]", max(capacity, 1) * _RAW_VALUE_SIZE)
        buffer = ffi.buffer(values)
        raw_function = ffi.cast("void *", ctypes.addressof(function._func))  # noqa: SLF001
        context = self._c_context
        pack = _layout(parameters).pack_into
        unpack = _layout(results).unpack_from
        trap = self._trap

        def call_without_result(*arguments: Number) -> None:
            pack(buffer, 0, *arguments)
            error = _call_unchecked(context, raw_function, values, capacity, trap)
            if error != _NULL or trap[0] != _NULL:
                raise self._failure(error, translate)

        def call_with_result(*arguments: Number) -> Number:
            pack(buffer, 0, *arguments)
            error = _call_unchecked(context, raw_function, values, capacity, trap)
            if error != _NULL or trap[0] != _NULL:
                raise self._failure(error, translate)
            result: Number = unpack(buffer)[0]
            return result

        call: RawCall = call_with_result if results else call_without_result
        # The C side only knows an address: the function lives as long as the call does.
        call.__dict__["keeps_alive"] = function
        return call

    def _failure(
        self, error: object, translate: Callable[[BaseException], BaseException]
    ) -> BaseException:
        """The exception for a failed call; takes ownership of the error or trap."""
        raised, self._raised = self._raised, None
        if error != _NULL:
            pointer = ctypes.cast(_number(error), ctypes.POINTER(_ffi.wasmtime_error_t))
            failure: BaseException = wasmtime.WasmtimeError._from_ptr(pointer)  # noqa: SLF001
        else:
            trap = ctypes.cast(_number(self._trap[0]), ctypes.POINTER(_ffi.wasm_trap_t))
            self._trap[0] = _NULL
            failure = wasmtime.Trap._from_ptr(trap)  # noqa: SLF001
        return translate(failure) if raised is None else raised

    def host_function(
        self,
        parameters: Sequence[str],
        results: Sequence[str],
        implementation: Callable[..., Number | None],
    ) -> wasmtime.Func:
        """A Wasm function that calls Python, without checks.

        Args:
            parameters: the types of its parameters.
            results: the types of its results, at most one.
            implementation: takes numbers; gives a number that fits the result type, or None.
        """
        unpack = _layout(parameters).unpack_from
        pack = _layout(results).pack_into
        has_result = bool(results)
        buffer_type = ctypes.c_char * (max(len(parameters), len(results), 1) * _RAW_VALUE_SIZE)
        from_address = buffer_type.from_address

        def entry(_environment: int, _caller: int, values: int, _count: int) -> int | None:
            try:
                buffer = from_address(values)
                result = implementation(*unpack(buffer))
                if has_result:
                    pack(buffer, 0, result)
            except BaseException as raised:  # noqa: BLE001 - `_failure` raises it again
                self._raised = raised
                message = b"a host function raised"
                return _trap_new(message, len(message))
            return None

        callback = _host_callback(entry)
        self._callbacks.append(callback)
        function_type = wasmtime.FuncType(
            [getattr(wasmtime.ValType, name)() for name in parameters],
            [getattr(wasmtime.ValType, name)() for name in results],
        )
        function = _ffi.wasmtime_func_t()
        _new_unchecked(
            self._context,
            _address(function_type.ptr()),
            _address(callback),
            None,
            None,
            ctypes.addressof(function),
        )
        return wasmtime.Func._from_raw(function)  # noqa: SLF001

    def take_raised(self) -> BaseException | None:
        """What a host function raised during an instantiation, which no prepared call reports."""
        raised, self._raised = self._raised, None
        return raised

    def export(self, instance: wasmtime.Instance, name: str) -> _exportable.AsExtern | None:
        """One export of an instance, or None; the public bindings look all of them up."""
        item = _ffi.wasmtime_extern_t()
        encoded = name.encode()
        found = _bindings.wasmtime_instance_export_get(
            self.store._context(),  # noqa: SLF001
            ctypes.byref(instance._instance),  # noqa: SLF001
            ctypes.create_string_buffer(encoded),
            len(encoded),
            ctypes.byref(item),
        )
        return _extern.wrap_extern(item) if found else None

    def memory(self, memory: wasmtime.Memory) -> Callable[[], MemoryView]:
        """A function that gives all of the memory as it is now, to read and write.

        Every call into Wasm can move and grow a memory: ask again after each. A view reaches no
        byte outside the memory, but slices clamp: check bounds before.
        """
        context = self._c_context
        raw_memory = ffi.cast("void *", ctypes.addressof(memory._memory))  # noqa: SLF001
        address, size, current = _NULL, 0, cast("MemoryView", ffi.buffer(ffi.new("char[1]"), 0))

        def view(_keeps_alive: object = (self, memory)) -> MemoryView:
            nonlocal address, size, current
            address_now = _memory_data(context, raw_memory)
            size_now = _memory_size(context, raw_memory)
            if address_now != address or size_now != size:
                address, size = address_now, size_now
                current = cast("MemoryView", ffi.buffer(address, size))
            return current

        return view

    def on_epoch(self, may_continue: Callable[[], bool]) -> None:
        """Ask at every tick of the engine's epoch whether running Wasm code may go on.

        A tick concerns all stores of an engine; the answer stops this one alone, with a
        `WasmtimeError` from the prepared call.
        """

        def entry(_context: int, _data: int, delta: "ctypes._Pointer[ctypes.c_uint64]",
                  kind: "ctypes._Pointer[ctypes.c_uint8]") -> int | None:  # fmt: skip
            try:
                stop = not may_continue()
            except BaseException as raised:  # noqa: BLE001 - `_failure` raises it again
                self._raised = raised
                stop = True
            if stop:
                return _error_new(b"interrupted")
            delta[0] = 1
            kind[0] = _DEADLINE_CONTINUE
            return None

        callback = _epoch_callback(entry)
        self._callbacks.append(callback)
        _set_epoch_callback(_address(self.store.ptr()), _address(callback), None, None)
        self.store.set_epoch_deadline(1)


# Linear memories that Python provides (memory_pool.py). Wasmtime keeps callbacks' addresses, and a
# number for each memory; the callbacks live as long as the process, so no engine outlives them.


class HostMemory(Protocol):
    """A linear memory that Python provides.

    Attributes:
        address: of its first byte; it never changes.
        size: bytes it has now.
        capacity: bytes it can grow to.
    """

    address: int
    size: int
    capacity: int

    def grow(self, size: int) -> None:
        """Make it so many bytes large; what is raised refuses it, with its text as reason."""

    def free(self) -> None:
        """Give everything back; raises nothing."""


MemoryCreator: TypeAlias = Callable[[int, int, int], HostMemory]
"""Makes a memory of so many bytes, growable to so many, before a guard of so many bytes; what it
raises refuses the memory, with its text as reason."""

_memory_keys = itertools.count(1)
_memory_creators: dict[int, MemoryCreator] = {}
_host_memories: dict[int, HostMemory] = {}


def set_memory_creator(config: wasmtime.Config, creator: MemoryCreator) -> None:
    """Let all memories of the config's engine come from a creator, which the engine keeps.

    The config's `memory_init_cow` must be off: wasmtime aborts the process otherwise.
    """
    key = next(_memory_keys)
    _memory_creators[key] = creator
    callbacks = _ffi.wasmtime_memory_creator(
        env=key, new_memory=_new_memory_callback, finalizer=_forget_creator_callback
    )
    _bindings.wasmtime_config_host_memory_creator_set(config.ptr(), ctypes.byref(callbacks))


def _refusal(reason: BaseException) -> int:
    return _error_new(str(reason).encode(errors="replace"))


def _new_memory(
    creator: int, _type: object, minimum: int, _maximum: int, reserved: int, guard: int,
    result: "ctypes._Pointer[_ffi.wasmtime_linear_memory]",
) -> int:  # fmt: skip
    try:
        memory = _memory_creators[creator](minimum, reserved, guard)
    except BaseException as reason:  # noqa: BLE001 - nothing may be raised into wasmtime
        return _refusal(reason)
    key = next(_memory_keys)
    _host_memories[key] = memory
    result[0].env = key
    result[0].get_memory = _get_memory_callback
    result[0].grow_memory = _grow_memory_callback
    result[0].finalizer = _free_memory_callback
    return 0


def _get_memory(key: int, size: "ctypes._Pointer[ctypes.c_size_t]",
                capacity: "ctypes._Pointer[ctypes.c_size_t]") -> int:  # fmt: skip
    memory = _host_memories[key]
    size[0] = memory.size
    capacity[0] = memory.capacity
    return memory.address


def _grow_memory(key: int, size: int) -> int:
    try:
        _host_memories[key].grow(size)
    except BaseException as reason:  # noqa: BLE001 - nothing may be raised into wasmtime
        return _refusal(reason)
    return 0


def _free_memory(key: int) -> None:
    _host_memories.pop(key).free()


def _forget_creator(key: int) -> None:
    del _memory_creators[key]


_finalizer = ctypes.CFUNCTYPE(None, _pointer)
_new_memory_callback = _ffi.wasmtime_new_memory_callback_t(_new_memory)
_get_memory_callback = _ffi.wasmtime_memory_get_callback_t(_get_memory)
_grow_memory_callback = _ffi.wasmtime_memory_grow_callback_t(_grow_memory)
_free_memory_callback = _finalizer(_free_memory)
_forget_creator_callback = _finalizer(_forget_creator)

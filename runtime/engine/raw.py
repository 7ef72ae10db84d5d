"""Everything that uses wasmtime's private bindings, behind a small interface.

The public bindings convert every value and look up every type at every call, 7 to 10 µs each; the
C functions below take prepared buffers and cost about 0.5 µs (spec performance.md). Types are
checked once, when a call is prepared; after that arguments are trusted to fit.

Numbers are Python ints and floats: i32 and i64 are signed.

Python runs signal handlers on the main thread between any two instructions of its own, and what
they raise must reach the caller. So nothing here relies on an instruction being reached after one
that a handler can follow: those are the calls of functions and the first one of each function.
"""

import ctypes
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar, cast

import wasmtime
from wasmtime import _bindings, _exportable, _extern, _ffi, _managed

from runtime.engine.python_stack import require_frames
from runtime.engine.raw_values import RAW_VALUE_SIZE, Number, host_entry, raw_layout
from runtime.engine.wasmtime_c import ffi

_Pointer = TypeVar("_Pointer")

RawCall: TypeAlias = Callable[..., Number | None]
"""A prepared Wasm function: takes its parameters as numbers, gives its result or None."""


class MemoryView(Protocol):
    """The bytes of a linear memory, in place."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: slice, /) -> bytes: ...
    def __setitem__(self, place: slice, data: bytes, /) -> None: ...


_DEADLINE_CONTINUE = 0
_NONE = 0  # no error, no trap


def _unknown_wasmtime(found: str) -> ImportError:
    return ImportError(
        f"the installed wasmtime has {found}; the runtime uses the raw bindings of wasmtime 50: "
        "pip install 'wasmtime>=50.0.1,<51'"
    )


if ctypes.sizeof(_ffi.wasmtime_val_raw_t) != RAW_VALUE_SIZE:
    raise _unknown_wasmtime("raw values of another size")

library_file: Path = _ffi.filename
"""The engine's shared library."""

library = ffi.dlopen(str(library_file))
"""The C functions that `wasmtime_c_build.py` declares."""

try:
    _call_unchecked = library.wasmtime_func_call_unchecked
    _new_unchecked = library.wasmtime_func_new_unchecked
    _memory_data = library.wasmtime_memory_data
    _memory_size = library.wasmtime_memory_data_size
    _trap_new = library.wasmtime_trap_new
    _error_new = library.wasmtime_error_new
    _set_epoch_callback = library.wasmtime_store_epoch_deadline_callback
except AttributeError as missing:
    raise _unknown_wasmtime(f"not all functions: {missing}") from None

_NUMBER_TYPES = {name: getattr(wasmtime.ValType, name)() for name in ("i32", "i64", "f32", "f64")}

_HOST_FUNCTION_RAISED = b"a host function raised"
_INTERRUPTED = b"interrupted"


def number_type(value_type: wasmtime.ValType) -> str | None:
    """The name of the type of a parameter or result, such as `i32`; None where it is no number.

    Asked for the kind of a vector, or of a reference to some functions only, as the public bindings
    do for a type's name, wasmtime ends the process.
    """
    for name, number in _NUMBER_TYPES.items():
        if _bindings.wasmtime_wasm_valtype_equal(value_type.ptr(), number.ptr()):
            return name
    return None


def c_pointer(pointer: object) -> object:
    """A pointer of wasmtime's own bindings, for the functions of `library`."""
    return ffi.cast("void *", ctypes.cast(pointer, ctypes.c_void_p).value or 0)  # type: ignore[arg-type]


def free(managed: _managed.Managed[_Pointer]) -> None:
    """Free what the engine keeps for an object; nothing of it may be used afterwards.

    Where a signal handler raises in the middle, it is kept for ever: the object's own `close` would
    free it again when the object goes, which crashes the process.
    """
    try:
        pointer = managed._consume()  # noqa: SLF001
    except ValueError:  # freed already
        return
    managed._delete(pointer)  # noqa: SLF001


def _as_it_is(failure: BaseException) -> BaseException:
    return failure


# An exception that a signal handler raises in the first instruction of a callback never meets the
# callback's own `except`. Cffi then calls `onerror` with it, and what that gives is the callback's
# result. An `onerror` in Python could be hit by another handler in the same way, so this one is put
# together from C functions alone: it stores the exception under its type, then makes a trap or an
# error. The C functions get what is left of the arguments too, and do not look at it.
_Escape: TypeAlias = Callable[[type, BaseException, object], int]
_AnyCFunction: TypeAlias = Callable[..., object]


def _c_function(
    library: ctypes.CDLL, name: str, result: type[ctypes.c_int | ctypes.c_size_t], *parameters: type
) -> _AnyCFunction:
    return cast("_AnyCFunction", ctypes.PYFUNCTYPE(result, *parameters)((name, library)))


def _escape(
    escaped: dict[type, BaseException], function: str, message: tuple[bytes, *tuple[int, ...]]
) -> _Escape:
    """What stores an exception and makes a trap or an error, by that function and message."""
    three = (ctypes.py_object,) * 3
    parts = (ctypes.c_char_p, ctypes.c_size_t)[: len(message)]
    make = _c_function(_ffi.dll, function, ctypes.c_size_t, *parts, *three)
    store = _c_function(ctypes.pythonapi, "PyDict_SetItem", ctypes.c_int, ctypes.py_object, *three)
    store.errcheck = partial(make, *message)  # type: ignore[attr-defined]
    return cast("_Escape", partial(store, escaped))


class _Cell(Protocol):
    """A pointer to a number."""

    def __setitem__(self, place: int, number: int, /) -> None: ...


class RawStore:
    """Fast access to one `wasmtime.Store`: calls, host functions, exports, memories.

    Host functions belong to this object: it must live as long as its store does. An exception that
    a host function raises ends the Wasm code above it and is raised again, itself, by the prepared
    call that led there.
    """

    def __init__(self, store: wasmtime.Store) -> None:
        self.store = store
        self._context = c_pointer(store._context())  # noqa: SLF001
        self._callbacks: list[object] = []
        self._raised: BaseException | None = None
        self._escaped: dict[type, BaseException] = {}
        self._escape_by_trap = _escape(
            self._escaped,
            "wasmtime_trap_new",
            (_HOST_FUNCTION_RAISED, len(_HOST_FUNCTION_RAISED)),
        )
        self._trap = ffi.new("uintptr_t[1]")

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
        if len(results) > 1:
            raise TypeError(f"expected at most one result, got {results}")
        self._check_type(function, parameters, results)
        capacity = max(len(parameters), len(results), 1)
        values = ffi.new("char[]", capacity * RAW_VALUE_SIZE)
        buffer = ffi.buffer(values)
        raw_function = ffi.cast("void *", ctypes.addressof(function._func))  # noqa: SLF001
        context = self._context
        pack = raw_layout(parameters).pack_into
        unpack = raw_layout(results).unpack_from
        trap, escaped = self._trap, self._escaped

        def call(*arguments: Number) -> Number | None:
            try:
                require_frames()
                pack(buffer, 0, *arguments)
                error = _call_unchecked(context, raw_function, values, capacity, trap)
                if error or trap[0]:
                    raise self._failure(error, translate)
            except BaseException:
                # Nothing of this call may be taken for the next one's. No signal handler comes
                # before the end of these lines: the only call among them is the last.
                trap[0] = _NONE
                self._raised = None
                escaped.clear()
                raise
            found: tuple[Number, ...] = unpack(buffer)
            return found[0] if found else None

        # The C side only knows an address: the function lives as long as the call does.
        call.__dict__["keeps_alive"] = function
        return call

    def prepare_entry(
        self,
        function: wasmtime.Func,
        translate: Callable[[BaseException], BaseException] = _as_it_is,
    ) -> Callable[[int], None]:
        """As `prepare`, for a function of one i32 without results: the quickest call there is.

        Args:
            function: of this store.
            translate: as for `prepare`.

        Returns:
            A callable; it takes an i32, signed.

        Raises:
            TypeError: the function has another type.
        """
        self._check_type(function, ("i32",), ())
        values = ffi.new("int32_t[4]")
        raw_function = ffi.cast("void *", ctypes.addressof(function._func))  # noqa: SLF001
        context = self._context
        trap, escaped = self._trap, self._escaped

        def call(argument: int) -> None:
            try:
                require_frames()
                values[0] = argument
                error = _call_unchecked(context, raw_function, values, 1, trap)
                if error or trap[0]:
                    raise self._failure(error, translate)
            except BaseException:  # as in `prepare`
                trap[0] = _NONE
                self._raised = None
                escaped.clear()
                raise

        call.__dict__["keeps_alive"] = function  # as in `prepare`
        return call

    def _check_type(
        self, function: wasmtime.Func, parameters: Sequence[str], results: Sequence[str]
    ) -> None:
        found_type = function.type(self.store)
        found = ([str(t) for t in found_type.params], [str(t) for t in found_type.results])
        if found != (list(parameters), list(results)):
            raise TypeError(f"expected a function {parameters} -> {results}, found {found}")

    def _failure(
        self, error: int, translate: Callable[[BaseException], BaseException]
    ) -> BaseException:
        """The exception for a failed call; takes ownership of the error or trap."""
        failure: BaseException | None = None
        if self._trap[0]:
            trap = ctypes.cast(self._trap[0], ctypes.POINTER(_ffi.wasm_trap_t))
            self._trap[0] = _NONE
            failure = wasmtime.Trap._from_ptr(trap)  # noqa: SLF001
        if error:
            pointer = ctypes.cast(error, ctypes.POINTER(_ffi.wasmtime_error_t))
            failure = wasmtime.WasmtimeError._from_ptr(pointer)  # noqa: SLF001
        raised = self.take_raised()
        if raised is not None:
            return raised
        assert failure is not None  # it is called for a failure
        return translate(failure)

    def fail_later(self, raised: BaseException) -> None:
        """Raise this from the innermost prepared call that runs, or from the next one.

        For what was raised inside the engine in a place that can end no Wasm code.
        """
        self._raised = raised
        if not self._trap[0]:
            self._trap[0] = _trap_new(_HOST_FUNCTION_RAISED, len(_HOST_FUNCTION_RAISED))

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
        callback = ffi.callback(
            *host_entry(parameters, results, implementation, self._raise_in_wasm),
            error=_NONE,
            onerror=self._escape_by_trap,
        )
        self._callbacks.append(callback)
        function_type = wasmtime.FuncType(
            [getattr(wasmtime.ValType, name)() for name in parameters],
            [getattr(wasmtime.ValType, name)() for name in results],
        )
        function = _ffi.wasmtime_func_t()
        _new_unchecked(
            self._context,
            c_pointer(function_type.ptr()),
            callback,
            ffi.NULL,
            ffi.NULL,
            ffi.cast("void *", ctypes.addressof(function)),
        )
        return wasmtime.Func._from_raw(function)  # noqa: SLF001

    def _raise_in_wasm(self, raised: BaseException) -> int:
        """The trap that ends the Wasm code above a host function; `_failure` raises it again."""
        self._raised = raised
        return cast("int", _trap_new(_HOST_FUNCTION_RAISED, len(_HOST_FUNCTION_RAISED)))

    def take_raised(self) -> BaseException | None:
        """Take what was raised in the engine where no prepared call reports it, if anything was.

        It comes from a host function during an instantiation, or of `fail_later`.
        """
        if self._trap[0]:  # of `fail_later`: it would end the next prepared call
            trap = ctypes.cast(self._trap[0], ctypes.POINTER(_ffi.wasm_trap_t))
            self._trap[0] = _NONE
            wasmtime.Trap._from_ptr(trap)  # noqa: SLF001 - frees it
        raised, self._raised = self._raised, None
        if self._escaped:
            raised = self._escaped.popitem()[1]
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
        context = self._context
        raw_memory = ffi.cast("void *", ctypes.addressof(memory._memory))  # noqa: SLF001
        address, size, current = ffi.NULL, 0, cast("MemoryView", ffi.buffer(ffi.new("char[1]"), 0))

        def view(_keeps_alive: object = (self, memory)) -> MemoryView:
            nonlocal address, size, current
            address_now = _memory_data(context, raw_memory)
            size_now = _memory_size(context, raw_memory)
            if address_now != address or size_now != size:
                address, size = address_now, size_now
                current = cast("MemoryView", ffi.buffer(address, size))
            return current

        return view

    def memory_address(self, memory: wasmtime.Memory) -> int:
        """The address of a memory's first byte."""
        raw_memory = ffi.cast("void *", ctypes.addressof(memory._memory))  # noqa: SLF001
        return int(ffi.cast("uintptr_t", _memory_data(self._context, raw_memory)))

    def on_epoch(self, may_continue: Callable[[], bool]) -> None:
        """Ask at every tick of the engine's epoch whether running Wasm code may go on.

        A tick concerns all stores of an engine; the answer stops this one alone, with a
        `WasmtimeError` from the prepared call.
        """

        def entry(_context: int, _data: int, delta: _Cell, kind: _Cell) -> int:
            try:
                stop = not may_continue()
            except BaseException as raised:  # noqa: BLE001 - `_failure` raises it again
                self._raised = raised
                stop = True
            if stop:
                return cast("int", _error_new(_INTERRUPTED))
            delta[0] = 1
            kind[0] = _DEADLINE_CONTINUE
            return _NONE

        callback = ffi.callback(
            "epoch_callback *",
            entry,
            error=_NONE,
            onerror=_escape(self._escaped, "wasmtime_error_new", (_INTERRUPTED,)),
        )
        self._callbacks.append(callback)
        _set_epoch_callback(c_pointer(self.store.ptr()), callback, ffi.NULL, ffi.NULL)
        self.store.set_epoch_deadline(1)

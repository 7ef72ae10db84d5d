"""Linear memories that Python provides to an engine (see `memory_pool.py`).

Wasmtime calls back for each memory, and no exception may go through it: a refusal is an error that
it gets as result. What else is raised in a callback comes from a signal handler. It must neither be
lost nor leave a memory in between, so the callback is run again, and the exception reported.

Wasmtime keeps the callbacks' addresses, and a number for each creator and memory. The callbacks
live as long as what they belong to.
"""

import itertools
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, TypeAlias, cast

import wasmtime

from runtime.engine.raw import c_pointer, library
from runtime.engine.wasmtime_c import ffi
from runtime.errors import MemoryLimitExceeded
from runtime.frozen_dataclass import frozen_dataclass

Report: TypeAlias = Callable[[BaseException], None]
"""Takes what a signal handler raised inside the engine, to raise it when that has returned."""


class HostMemory(Protocol):
    """A linear memory that Python provides.

    Attributes:
        address: of its first byte, once it has grown; from then on it never changes.
        size: bytes it has now.
        capacity: bytes it can grow to.
    """

    address: int
    size: int
    capacity: int

    def grow(self, size: int) -> None:
        """Make it so many bytes large; once more if a signal handler interrupted it.

        Raises:
            MemoryLimitExceeded: it is refused; the text is the reason.
            MemoryError: it is refused; the text is the reason.
        """

    def free(self) -> None:
        """Give everything back that it has; once more if a signal handler interrupted it."""


MemoryCreator: TypeAlias = Callable[[int, int], HostMemory]
"""Makes a memory that has nothing as yet, growable to so many bytes, before a guard of so many: one
that a signal handler keeps from being known is no loss."""


@frozen_dataclass
class _Creator:
    create: MemoryCreator
    report: Report


@frozen_dataclass
class _Provided:
    """A memory, whose creator reports for it, and the callbacks that belong to it alone."""

    memory: HostMemory
    report: Report
    callbacks: list[object]


class _Cell(Protocol):
    """A pointer to a number."""

    def __setitem__(self, place: int, number: int, /) -> None: ...


class _NewMemory(Protocol):
    """Where wasmtime takes a new memory from."""

    environment: int
    get: object
    grow: object
    free: object


_numbers = itertools.count(1)
_creators: dict[int, _Creator] = {}
_memories: dict[int, _Provided] = {}


def set_memory_creator(config: wasmtime.Config, create: MemoryCreator, report: Report) -> None:
    """Let all memories of the config's engine come from a creator, which the engine keeps.

    The config's `memory_init_cow` must be off: wasmtime aborts the process otherwise.
    """
    number = next(_numbers)
    _creators[number] = _Creator(create, report)
    creator = ffi.new("memory_creator *", (number, _new_memory_callback, _forget_callback))
    library.wasmtime_config_host_memory_creator_set(c_pointer(config.ptr()), creator)


def _refusal(reason: BaseException) -> int:
    return cast("int", library.wasmtime_error_new(str(reason).encode(errors="replace")))


def _again(
    callback: Callable[..., int | None], report: Callable[[int], Report]
) -> Callable[[type, BaseException, TracebackType | None], int | None]:
    """What runs a callback again that a signal handler has interrupted.

    Args:
        callback: what was interrupted; its arguments are looked up in its frame.
        report: gives what the exception is reported to, by the callback's first argument.
    """
    code = cast("_HasCode", callback).__code__
    names = code.co_varnames[: code.co_argcount]

    def onerror(_kind: type, raised: BaseException, traceback: TracebackType | None) -> int | None:
        if traceback is None:  # there was no frame for it, which `require_frames` rules out
            return None
        found = traceback.tb_frame.f_locals
        arguments = [found[name] for name in names]
        try:
            return callback(*arguments)
        finally:
            report(arguments[0])(raised)

    return onerror


class _HasCode(Protocol):
    __code__: "_Code"


class _Code(Protocol):
    co_varnames: tuple[str, ...]
    co_argcount: int


def _new_memory(
    creator: int, _type: int, minimum: int, _maximum: int, reserved: int, guard: int,
    result: _NewMemory, memory: HostMemory | None = None,
) -> int:  # fmt: skip
    """Args: memory: the engine gives none; `_again` does, if the interrupted run has made one."""
    if memory is None:
        memory = _creators[creator].create(max(minimum, reserved), guard)
    try:
        memory.grow(minimum)
    except (MemoryLimitExceeded, MemoryError) as reason:
        memory.free()
        return _refusal(reason)
    number = next(_numbers)
    report = _creators[creator].report
    address = memory.address

    def get(_memory: int, size: _Cell, capacity: _Cell) -> int:
        size[0] = memory.size
        capacity[0] = memory.capacity
        return address

    # Where the memory lies is right even if `get` and `onerror` both fail; its size is 0 then.
    get_callback = ffi.callback(
        "get_memory *", get, error=address, onerror=_again(get, lambda _number: report)
    )
    _memories[number] = _Provided(memory, report, [get_callback])
    result.environment = number
    result.get = get_callback
    result.grow = _grow_memory_callback
    result.free = _free_memory_callback
    return 0


def _grow_memory(number: int, size: int) -> int:
    try:
        _memories[number].memory.grow(size)
    except (MemoryLimitExceeded, MemoryError) as reason:
        return _refusal(reason)
    return 0


def _free_memory(number: int) -> None:
    provided = _memories.get(number)
    if provided is not None:
        provided.memory.free()
        _memories.pop(number, None)


def _forget(number: int) -> None:
    _creators.pop(number, None)


def _report_of_creator(number: int) -> Report:
    return _creators[number].report


def _report_of_memory(number: int) -> Report:
    return _memories[number].report


def _raise(raised: BaseException) -> None:
    """Nobody waits for a finalizer: cffi prints this, as Python does in its own finalizers."""
    raise raised


_new_memory_callback = ffi.callback(
    "new_memory *", _new_memory, error=0, onerror=_again(_new_memory, _report_of_creator)
)
_grow_memory_callback = ffi.callback(
    "grow_memory *", _grow_memory, error=0, onerror=_again(_grow_memory, _report_of_memory)
)
_free_memory_callback = ffi.callback(
    "finalizer *", _free_memory, onerror=_again(_free_memory, lambda _number: _raise)
)
_forget_callback = ffi.callback(
    "finalizer *", _forget, onerror=_again(_forget, lambda _number: _raise)
)

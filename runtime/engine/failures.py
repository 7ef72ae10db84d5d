"""The one border where wasmtime's exceptions become ours."""

import re
from collections.abc import Iterator
from itertools import groupby

import wasmtime

from runtime.errors import MarineError, StartError, Trap, WasmFrame

_MOST_FRAMES = 20
"""Wasmtime reports the innermost ones; there is no setting for it in its C interface."""

_MOST_EQUAL_FRAMES = 3
"""In a row that are shown a line each."""

_ODD_EXIT = "exit with invalid exit status"
"""Wasmtime's words for `proc_exit` with a status that systems take for a signal."""

_NUMBER_OF_CAUSE = re.compile(r"^ *\d+: ")

_UNKNOWN_OFFSET = 2**64 - 1

TRAP_TEXTS: dict[wasmtime.TrapCode, str] = {
    wasmtime.TrapCode.STACK_OVERFLOW: "stack overflow",
    wasmtime.TrapCode.MEMORY_OUT_OF_BOUNDS: "memory access out of bounds",
    wasmtime.TrapCode.HEAP_MISALIGNED: "misaligned atomic access",
    wasmtime.TrapCode.TABLE_OUT_OF_BOUNDS: "table access out of bounds",
    wasmtime.TrapCode.INDIRECT_CALL_TO_NULL: "indirect call to a null table entry",
    wasmtime.TrapCode.BAD_SIGNATURE: "indirect call with another signature",
    wasmtime.TrapCode.INTEGER_OVERFLOW: "integer overflow",
    wasmtime.TrapCode.INTEGER_DIVISION_BY_ZERO: "integer divide by zero",
    wasmtime.TrapCode.BAD_CONVERSION_TO_INTEGER: "invalid conversion to integer",
    wasmtime.TrapCode.UNREACHABLE: "unreachable executed",
    wasmtime.TrapCode.INTERRUPT: "interrupted",
    wasmtime.TrapCode.OUT_OF_FUEL: "out of fuel",
    wasmtime.TrapCode.ATOMIC_WAIT_NON_SHARED_MEMORY: "atomic wait on memory that is not shared",
    wasmtime.TrapCode.NULL_REFERENCE: "null reference",
    wasmtime.TrapCode.ARRAY_OUT_OF_BOUNDS: "array access out of bounds",
    wasmtime.TrapCode.ALLOCATION_TOO_LARGE: "allocation too large",
    wasmtime.TrapCode.CAST_FAILURE: "cast failure",
    wasmtime.TrapCode.UNCAUGHT_EXCEPTION: "uncaught exception",
}
"""How we call the traps that core modules can meet; components' own have no text here."""


def marine_error(
    failure: BaseException, *, module: str, function: str, doing: str
) -> BaseException:
    """Translate what a prepared call or an instantiation raised.

    Args:
        failure: wasmtime's `Trap` or `WasmtimeError`; anything else comes back as it is.
        module: whose Wasm function was called.
        function: its name.
        doing: what was done, for the message, such as `facade.get_n_save`.
    """
    if isinstance(failure, wasmtime.Trap):
        return _trap(failure, module=module, function=function, doing=doing)
    if isinstance(failure, wasmtime.ExitTrap):
        text = f"the module ended itself with exit status {failure.code} (proc_exit)"
        return Trap(
            f"{doing}: {text}",
            trap="exit",
            exit_status=failure.code,
            module=module,
            function=function,
        )
    if isinstance(failure, wasmtime.WasmtimeError):
        text = first_cause(str(failure))
        if _ODD_EXIT in str(failure):
            text = "the module ended itself with an exit status that is not 0 to 125 (proc_exit)"
        return Trap(f"{doing}: {text}", trap=text, module=module, function=function)
    return failure


def first_line(text: str) -> str:
    """The first line of wasmtime's longer messages, without its final punctuation."""
    return text.strip().partition("\n")[0].rstrip(" :.")


def first_cause(message: str) -> str:
    """The outermost cause that an error of wasmtime names: of a failed call, what has failed.

    What is below says only how the engine came to know.
    """
    return _causes(message)[0]


def last_cause(message: str) -> str:
    """The innermost cause that an error of wasmtime names: of a refused module, what is wrong.

    What is above says only what the engine was doing with the module.
    """
    return _causes(message)[-1]


def _causes(message: str) -> list[str]:
    """The list after "Caused by"; without one, the message's first line."""
    _, _, causes = message.partition("\nCaused by:\n")
    lines = causes.strip().splitlines() or [message]
    return [first_line(_NUMBER_OF_CAUSE.sub("", line)) for line in lines]


def start_error(
    what: str, cause: MarineError, *, module: str, function: str | None = None
) -> StartError:
    """The error of a module whose start failed.

    Args:
        what: of the module has failed, such as `the start section`.
        cause: why.
        module: the module's name.
        function: the name of the function that has failed, if it was one.
    """
    error = StartError(
        f"{what} of module {module!r} failed: {cause}", module=module, function=function
    )
    if cause.torn_module != module:  # it is gone itself
        error.torn_module = cause.torn_module
    return error


def _trap(failure: wasmtime.Trap, *, module: str, function: str, doing: str) -> MarineError:
    code = failure.trap_code
    if code is None:
        text = first_line(failure.message)
    else:
        text = TRAP_TEXTS.get(code) or code.name.lower().replace("_", " ")
    backtrace = tuple(
        _frame(frame) for frame in failure.frames if "/" not in (frame.module_name or "")
    )  # modules have no slash in their names, but the runtime's own do: stubs and glue
    lines = [f"{doing}: trap: {text}"]
    if code is wasmtime.TrapCode.INDIRECT_CALL_TO_NULL and _is_start_section(backtrace):
        lines.append(
            "  the module's `start` section calls WASI before its memory exists: "
            "build it as a reactor, with `_initialize` instead"
        )
    if backtrace:
        lines.append("  wasm backtrace:")
        lines.extend(_frame_lines(backtrace))
        if len(failure.frames) >= _MOST_FRAMES:
            lines.append("    …")
    return Trap("\n".join(lines), trap=text, backtrace=backtrace, module=module, function=function)


def _frame_lines(backtrace: tuple[WasmFrame, ...]) -> Iterator[str]:
    """A line a frame; of many equal ones, as of a recursion, the first and how many more."""
    number = 0
    for shown, equal in groupby(map(str, backtrace)):
        count = len(list(equal))
        alone = 1 if count > _MOST_EQUAL_FRAMES else count
        yield from (f"    {number + each}: {shown}" for each in range(alone))
        if count > alone:
            yield f"    {count - alone} more of the same"
        number += count


def _frame(frame: wasmtime.Frame) -> WasmFrame:
    offset = frame.module_offset
    return WasmFrame(
        frame.module_name,
        frame.func_name,
        frame.func_index,
        None if offset == _UNKNOWN_OFFSET else offset,
    )


def _is_start_section(backtrace: tuple[WasmFrame, ...]) -> bool:
    return bool(backtrace) and backtrace[0].module == "wasi_stub"

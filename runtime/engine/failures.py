"""The one border where wasmtime's exceptions become ours."""

import re

import wasmtime

from runtime.errors import MarineError, Trap, WasmFrame

_MOST_FRAMES = 20
"""Wasmtime reports the innermost ones; there is no setting for it in its C interface."""

_ODD_EXIT = "exit with invalid exit status"
"""Wasmtime's words for `proc_exit` with a status that systems take for a signal."""

_NUMBER_OF_CAUSE = re.compile(r"^\d+: ")

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
        text = _cause(str(failure))
        if _ODD_EXIT in str(failure):
            text = "the module ended itself with an exit status that is not 0 to 125 (proc_exit)"
        return Trap(f"{doing}: {text}", trap=text, module=module, function=function)
    return failure


def first_line(text: str) -> str:
    """The first line of wasmtime's longer messages, without its final punctuation."""
    return text.strip().partition("\n")[0].rstrip(" :.")


def _cause(text: str) -> str:
    """What wasmtime's "Caused by" list says, if it has one: the first of it, that tells most."""
    _, _, causes = text.partition("\nCaused by:\n")
    return first_line(_NUMBER_OF_CAUSE.sub("", causes.strip())) if causes else first_line(text)


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
        lines.extend(f"    {number}: {frame}" for number, frame in enumerate(backtrace))
        if len(failure.frames) >= _MOST_FRAMES:
            lines.append("    …")
    return Trap("\n".join(lines), trap=text, backtrace=backtrace, module=module, function=function)


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

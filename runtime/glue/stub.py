"""Stubs: what a module imports in place of other modules' functions, before there is glue.

A module wants its imports before its memory exists, and glue wants that memory. So each import
leads to a stub, which calls what stands in a table: the import adapter in glue, or the interpreter.
Who fills the table is asked at the first call, and again after every change.
"""

from collections.abc import Sequence

from runtime.glue.wasm_text import comment, function_type, identifier, indented, quoted
from runtime.interface.validated import ImportAdapter

TARGETS = "targets"
"""The exported table: what each stub calls."""

BOUND = "bound"
"""The exported global: 1 where the table is right, 0 where the host must fill it first."""


def stub_text(module: str, imports: Sequence[ImportAdapter]) -> str:
    """A module with a function for each import, exported under its number.

    It imports one function, without parameters and results, which fills the table.
    """
    # Tail calls, so that the stub takes none of the frames that backtraces show.
    lines = [
        '(import "host" "fill" (func $fill))',
        f"(table $targets (export {quoted(TARGETS)}) {len(imports)} funcref)",
        f"(global $bound (export {quoted(BOUND)}) (mut i32) (i32.const 0))",
    ]
    for number, adapter in enumerate(imports):
        signature = function_type(adapter.raw.parameters, adapter.raw.results)
        arguments = " ".join(f"(local.get {each})" for each in range(len(adapter.raw.parameters)))
        lines += (
            comment(f"{adapter.namespace}.{adapter.name}"),
            f'(func (export "{number}") {signature}',
            "  (if (i32.eqz (global.get $bound)) (then (call $fill)))",
            f"  (return_call_indirect $targets {signature} {arguments} (i32.const {number})))",
        )
    return "\n".join([f"(module {identifier(f'stub/{module}')}", *indented(lines), ")\n"])

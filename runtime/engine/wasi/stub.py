"""The stub: what a guest imports as WASI, before the shim behind it can exist.

The shim needs the guest's memory, and the guest needs its imports first. So the guest is given
trampolines that call through a table, which the shim fills once the guest exists.
"""

from runtime.engine.wasi.signatures import ENTRIES

TABLE_EXPORT = "table"


def stub_text() -> str:
    """The stub as WebAssembly text: one exported trampoline an entry, and their table."""
    size = len(ENTRIES)
    lines = [
        # Backtraces carry this name: a guest that calls WASI too early is recognised by it.
        "(module $wasi_stub",
        f'  (table $entries (export "{TABLE_EXPORT}") {size} {size} funcref)',
    ]
    for slot, (name, signature) in enumerate(ENTRIES.items()):
        lines += [
            f'  (func ${name} (export "{name}") {signature.text}',
            f"    (call_indirect $entries {signature.type_text} {signature.arguments}",
            f"      (i32.const {slot})))",
        ]
    lines.append(")")
    return "\n".join(lines)

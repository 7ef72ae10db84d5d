"""The scratch module: native WASI functions that work on a memory no guest sees.

Native functions read and write the memory that the calling instance exports as `memory`. Called
through the shim that is the guest's; called through this module, of which a store has one
instance, it is the scratch memory (`layout.py`).
"""

from runtime.engine.wasi.layout import SCRATCH_PAGES
from runtime.engine.wasi.signatures import PREVIEW1, SIGNATURES

SCRATCH_FUNCTIONS: tuple[str, ...] = (
    "clock_time_get",
    "fd_filestat_get",
    "fd_pread",
    "fd_pwrite",
    "fd_read",
    "fd_tell",
    "fd_write",
    "path_filestat_get",
    "path_open",
    "poll_oneoff",
)


def scratch_text() -> str:
    """The scratch module as WebAssembly text."""
    imports = [
        f'  (import "{PREVIEW1}" "{name}" (func $native.{name} {SIGNATURES[name].text}))'
        for name in SCRATCH_FUNCTIONS
    ]
    functions = [
        f'  (func ${name} (export "{name}") {SIGNATURES[name].text}\n'
        f"    (call $native.{name} {SIGNATURES[name].arguments}))"
        for name in SCRATCH_FUNCTIONS
    ]
    return "\n".join(
        [
            "(module $wasi_scratch",
            *imports,
            # As large as it may become: its address never changes.
            f'  (memory (export "memory") {SCRATCH_PAGES} {SCRATCH_PAGES})',
            *functions,
            ")",
        ]
    )

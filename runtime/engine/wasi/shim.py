"""The shim: every WASI function as one module sees it, put between the guest and the native ones.

It exports the guest's memory as `memory`, where the native functions look for pointers, and keeps
the module's descriptors, environment and arguments in a private memory (`layout.py`). Most
functions only translate descriptors; the others have bodies of their own.
"""

from runtime.engine.wasi import (
    shim_descriptors,
    shim_output,
    shim_paths,
    shim_poll,
    shim_transfer,
    shim_unstable,
)
from runtime.engine.wasi.layout import (
    ARGUMENTS,
    BAD_DESCRIPTOR,
    ENVIRONMENT,
    PRIVATE_PAGES,
    SUCCESS,
    UNMAPPED,
)
from runtime.engine.wasi.scratch import SCRATCH_FUNCTIONS
from runtime.engine.wasi.signatures import (
    ENTRIES,
    PATH_LENGTHS,
    PREVIEW1,
    SIGNATURES,
    Signature,
)
from runtime.engine.wasi.stub import TABLE_EXPORT

GUEST_NAMESPACE = "guest"
SCRATCH_NAMESPACE = "scratch"
STUB_NAMESPACE = "stub"
MEMORY = "memory"
PRIVATE_MEMORY_EXPORT = "private"

_VECTOR_FUNCTIONS = f"""
  ;; Give the guest the texts of a vector, and where each of them is.
  (func $give_vector
    (param $vector i32) (param $pointers i32) (param $texts i32) (result i32)
    (local $offset i32) (local $left i32)
    (local.set $left (i32.load $private (local.get $vector)))
    (local.set $offset (i32.load $private offset=8 (local.get $vector)))
    (memory.copy $guest $private
      (local.get $texts)
      (i32.load $private offset=12 (local.get $vector))
      (i32.load $private offset=4 (local.get $vector)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (i32.store $guest (local.get $pointers)
          (i32.add (local.get $texts) (i32.load $private (local.get $offset))))
        (local.set $pointers (i32.add (local.get $pointers) (i32.const 4)))
        (local.set $offset (i32.add (local.get $offset) (i32.const 4)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
    (i32.const {SUCCESS}))

  ;; Tell the guest how many texts a vector has, and how many bytes.
  (func $give_vector_sizes
    (param $vector i32) (param $count i32) (param $size i32) (result i32)
    (i32.store $guest (local.get $count) (i32.load $private (local.get $vector)))
    (i32.store $guest (local.get $size) (i32.load $private offset=4 (local.get $vector)))
    (i32.const {SUCCESS}))
"""

_VECTOR_BODIES = {
    "args_get": f"""
    (call $give_vector (i32.const {ARGUMENTS}) (local.get $argv) (local.get $argv_buf))""",
    "args_sizes_get": f"""
    (call $give_vector_sizes
      (i32.const {ARGUMENTS}) (local.get $argc) (local.get $argv_buf_size))""",
    "environ_get": f"""
    (call $give_vector
      (i32.const {ENVIRONMENT}) (local.get $environ) (local.get $environ_buf))""",
    "environ_sizes_get": f"""
    (call $give_vector_sizes
      (i32.const {ENVIRONMENT}) (local.get $environc) (local.get $environ_buf_size))""",
}

_BODIES = (
    _VECTOR_BODIES
    | shim_descriptors.BODIES
    | shim_paths.BODIES
    | shim_poll.BODIES
    | shim_transfer.BODIES
    | shim_unstable.BODIES
)

# Functions with bodies of their own that call the native function of the same name. The scratch
# module's opens files.
_NATIVE_IN_BODIES = frozenset(
    {"fd_close", "fd_fdstat_get", *shim_paths.BODIES, *shim_transfer.BODIES} - {"path_open"}
)


def shim_text() -> str:
    """The shim as WebAssembly text."""
    natives = [name for name in SIGNATURES if name not in _BODIES or name in _NATIVE_IN_BODIES]
    parts = [
        "(module $wasi_shim",
        *(_function_import(PREVIEW1, name, "native") for name in natives),
        *(_function_import(SCRATCH_NAMESPACE, name, "scratch") for name in SCRATCH_FUNCTIONS),
        shim_paths.IMPORT,
        shim_output.IMPORT,
        f'  (import "{GUEST_NAMESPACE}" "{MEMORY}" (memory $guest 0))',
        f'  (import "{SCRATCH_NAMESPACE}" "{MEMORY}" (memory $scratch 1))',
        f'  (import "{STUB_NAMESPACE}" "{TABLE_EXPORT}" (table $entries {len(ENTRIES)} funcref))',
        f"  (memory $private {PRIVATE_PAGES})",
        f'  (export "{MEMORY}" (memory $guest))',
        f'  (export "{PRIVATE_MEMORY_EXPORT}" (memory $private))',
        _VECTOR_FUNCTIONS,
        shim_descriptors.FUNCTIONS,
        shim_paths.FUNCTIONS,
        shim_output.FUNCTIONS,
        shim_poll.FUNCTIONS,
        shim_transfer.FUNCTIONS,
        shim_unstable.FUNCTIONS,
        *(_entry(name, signature) for name, signature in ENTRIES.items()),
        f"  (elem (table $entries) (i32.const 0) func {' '.join(f'${name}' for name in ENTRIES)})",
        ")",
    ]
    return "\n".join(parts)


def _function_import(namespace: str, name: str, prefix: str) -> str:
    return f'  (import "{namespace}" "{name}" (func ${prefix}.{name} {SIGNATURES[name].text}))'


def _entry(name: str, signature: Signature) -> str:
    body = _BODIES.get(name) or _translating_body(name, signature)
    return f"  (func ${name} {signature.text}{body})\n"


def _translating_body(name: str, signature: Signature) -> str:
    """Translate the descriptors among the parameters, then call the native function."""
    translations = [
        f"""
    (local.set ${parameter.name} (call $native_of (local.get ${parameter.name})))
    (if (i32.eq (local.get ${parameter.name}) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR}))))"""
        for parameter in signature.parameters
        if parameter.is_descriptor
    ]
    bounds = [shim_paths.bound(length) for length in PATH_LENGTHS.get(name, ())]
    call = f"\n    (call $native.{name} {signature.arguments})"
    return "".join(translations) + "".join(bounds) + call

"""The shim's reading, writing and random bytes: never more at once than is quickly done.

Nothing interrupts a native function, and past 128 MiB (random bytes: 64 MiB) it refuses or traps.
Files are read and written in part, as always where much is wanted; random bytes come in slices.
"""

from runtime.engine.wasi.layout import (
    BAD_DESCRIPTOR,
    FAULT,
    LONG_TRANSFER,
    RANDOM_SLICE,
    RESULT,
    SUCCESS,
    TRANSFER,
    TRANSFER_CAPACITY,
    TRANSFER_VECTOR,
    UNMAPPED,
)
from runtime.engine.wasi.signatures import SIGNATURES

FUNCTIONS = f"""
  ;; The vectors from the first one with any bytes on: native functions use that one only, and
  ;; search long for it.
  (func $from_first_filled (param $iovs i32) (param $iovs_len i32) (result i32 i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $iovs_len)))
        (br_if $done (i32.load $guest offset=4 (local.get $iovs)))
        (local.set $iovs (i32.add (local.get $iovs) (i32.const 8)))
        (local.set $iovs_len (i32.sub (local.get $iovs_len) (i32.const 1)))
        (br $next)))
    (local.get $iovs)
    (local.get $iovs_len))

  ;; Whether the first vector holds more than a native function shall get at once, and that has
  ;; nothing to say against it.
  (func $is_long (param $iovs i32) (param $iovs_len i32) (result i32)
    (local $length i32)
    (if (i32.eqz (local.get $iovs_len)) (then (return (i32.const 0))))
    (local.set $length (i32.load $guest offset=4 (local.get $iovs)))
    (i32.and
      (i32.gt_u (local.get $length) (i32.const {LONG_TRANSFER}))
      (call $in_guest (i32.load $guest (local.get $iovs))
        (i64.extend_i32_u (local.get $length)))))

  ;; Make the scratch memory's vector: all the room there is for a transfer.
  (func $offer_transfer
    (i32.store $scratch (i32.const {TRANSFER_VECTOR}) (i32.const {TRANSFER}))
    (i32.store $scratch offset=4 (i32.const {TRANSFER_VECTOR}) (i32.const {TRANSFER_CAPACITY})))
"""

_TAKE = f"""
      (memory.copy $scratch $guest
        (i32.const {TRANSFER}) (i32.load $guest (local.get $iovs))
        (i32.const {TRANSFER_CAPACITY}))"""

_GIVE = f"""
      (memory.copy $guest $scratch
        (i32.load $guest (local.get $iovs)) (i32.const {TRANSFER})
        (i32.load $scratch (i32.const {RESULT})))"""


def _partial(name: str, *, first: str = "", before: str = "", after: str = "") -> str:
    """The native function, or for a long vector the scratch memory's on the vector's first bytes.

    Args:
        name: of a WASI function.
        first: what to do with the native descriptor at first.
        before: what to do before the scratch memory's is called.
        after: and when it succeeded, its result in the scratch memory.
    """
    signature = SIGNATURES[name]
    vector = f"(i32.const {TRANSFER_VECTOR}) (i32.const 1)"
    offset = "(local.get $offset)" if "$offset" in signature.text else ""
    count = signature.parameters[-1].name
    return f"""
    (local $native i32) (local $error i32)
    (local.set $native (call $native_of (local.get $fd)))
    (if (i32.eq (local.get $native) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR})))){first}
    (if (i32.eqz (call $in_guest (local.get $iovs)
          (i64.shl (i64.extend_i32_u (local.get $iovs_len)) (i64.const 3))))
      (then (return (i32.const {FAULT}))))
    (call $from_first_filled (local.get $iovs) (local.get $iovs_len))
    (local.set $iovs_len)
    (local.set $iovs)
    (if (i32.eqz (call $is_long (local.get $iovs) (local.get $iovs_len)))
      (then
        (local.set $fd (local.get $native))
        (return (call $native.{name} {signature.arguments}))))
    (drop (i32.load $guest (local.get ${count})))
    (call $offer_transfer){before}
    (local.set $error (call $scratch.{name} (local.get $native) {vector} {offset}
      (i32.const {RESULT})))
    (if (local.get $error) (then (return (local.get $error)))){after}
    (i32.store $guest (local.get ${count}) (i32.load $scratch (i32.const {RESULT})))
    (i32.const {SUCCESS})"""


_WRITE_OUTPUT = """
    (if (call $is_output (local.get $native))
      (then (return (call $write_output (local.get $native)
        (local.get $iovs) (local.get $iovs_len) (local.get $nwritten)))))"""

BODIES = {
    "fd_read": _partial("fd_read", after=_GIVE),
    "fd_pread": _partial("fd_pread", after=_GIVE),
    "fd_pwrite": _partial("fd_pwrite", before=_TAKE),
    "fd_write": _partial("fd_write", first=_WRITE_OUTPUT, before=_TAKE),
    "random_get": f"""
    (local $slice i32) (local $error i32)
    (if (i32.eqz (call $in_guest (local.get $buf) (i64.extend_i32_u (local.get $buf_len))))
      (then (return (i32.const {FAULT}))))
    (loop $next
      (local.set $slice (call $minimum (local.get $buf_len) (i32.const {RANDOM_SLICE})))
      (local.set $error (call $native.random_get (local.get $buf) (local.get $slice)))
      (if (local.get $error) (then (return (local.get $error))))
      (local.set $buf (i32.add (local.get $buf) (local.get $slice)))
      (local.set $buf_len (i32.sub (local.get $buf_len) (local.get $slice)))
      (br_if $next (local.get $buf_len)))
    (i32.const {SUCCESS})""",
}

"""The shim's standard streams: what goes to one of them goes to the module's own output sink."""

from runtime.engine.wasi.layout import (
    FAULT,
    INVALID,
    SINK,
    STANDARD_OUTPUT,
    SUCCESS,
    TRANSFER,
    TRANSFER_CAPACITY,
)

HOST_NAMESPACE = "host"
OUTPUT_IMPORT = "output"
OUTPUT_PARAMETERS = ("i32", "i32", "i32")
"""The number of a sink, a stream, and how many bytes of the scratch memory are for it."""

IMPORT = f"""
  (import "{HOST_NAMESPACE}" "{OUTPUT_IMPORT}"
    (func $output (param {" ".join(OUTPUT_PARAMETERS)})))"""

FUNCTIONS = f"""
  ;; Give the first bytes of the scratch memory to the module's sink.
  (func $flush (param $stream i32) (param $length i32)
    (call $output
      (i32.load $private (i32.const {SINK})) (local.get $stream) (local.get $length)))

  ;; Whether a native descriptor is standard output or standard error.
  (func $is_output (param $native i32) (result i32)
    (i32.lt_u
      (i32.sub (local.get $native) (i32.const {STANDARD_OUTPUT}))
      (i32.const 2)))

  ;; Whether bytes lie in the guest's memory.
  (func $in_guest (param $pointer i32) (param $length i64) (result i32)
    (i64.le_u
      (i64.add (i64.extend_i32_u (local.get $pointer)) (local.get $length))
      (i64.shl (i64.extend_i32_u (memory.size $guest)) (i64.const 16))))

  ;; How many bytes the vectors hold together; -1 where one of them, or the list of them, does not
  ;; lie in the guest's memory.
  (func $vectors_length (param $iovs i32) (param $iovs_len i32) (result i64)
    (local $end i32) (local $length i64)
    (if (i32.eqz (call $in_guest (local.get $iovs)
          (i64.shl (i64.extend_i32_u (local.get $iovs_len)) (i64.const 3))))
      (then (return (i64.const -1))))
    (local.set $end (i32.add (local.get $iovs) (i32.shl (local.get $iovs_len) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $iovs) (local.get $end)))
        (if (i32.eqz (call $in_guest
              (i32.load $guest (local.get $iovs))
              (i64.load32_u $guest offset=4 (local.get $iovs))))
          (then (return (i64.const -1))))
        (local.set $length
          (i64.add (local.get $length) (i64.load32_u $guest offset=4 (local.get $iovs))))
        (local.set $iovs (i32.add (local.get $iovs) (i32.const 8)))
        (br $next)))
    (local.get $length))

  ;; Gather the vectors, and give them to the sink in as few pieces as fit the scratch memory.
  (func $write_output
    (param $stream i32) (param $iovs i32) (param $iovs_len i32) (param $nwritten i32) (result i32)
    (local $end i32) (local $length i64) (local $pointer i32) (local $left i32)
    (local $piece i32) (local $gathered i32)
    (local.set $length (call $vectors_length (local.get $iovs) (local.get $iovs_len)))
    (if (i32.or
          (i64.eq (local.get $length) (i64.const -1))
          (i32.eqz (call $in_guest (local.get $nwritten) (i64.const 4))))
      (then (return (i32.const {FAULT}))))
    ;; Vectors may overlap: their sum can exceed what the result can say.
    (if (i64.gt_u (local.get $length) (i64.const 0xffffffff))
      (then (return (i32.const {INVALID}))))
    (local.set $end (i32.add (local.get $iovs) (i32.shl (local.get $iovs_len) (i32.const 3))))
    (block $done
      (loop $next_vector
        (br_if $done (i32.eq (local.get $iovs) (local.get $end)))
        (local.set $pointer (i32.load $guest (local.get $iovs)))
        (local.set $left (i32.load $guest offset=4 (local.get $iovs)))
        (loop $next_piece
          (local.set $piece
            (call $minimum (local.get $left)
              (i32.sub (i32.const {TRANSFER_CAPACITY}) (local.get $gathered))))
          (memory.copy $scratch $guest
            (i32.add (i32.const {TRANSFER}) (local.get $gathered))
            (local.get $pointer) (local.get $piece))
          (local.set $pointer (i32.add (local.get $pointer) (local.get $piece)))
          (local.set $left (i32.sub (local.get $left) (local.get $piece)))
          (local.set $gathered (i32.add (local.get $gathered) (local.get $piece)))
          (if (i32.eq (local.get $gathered) (i32.const {TRANSFER_CAPACITY}))
            (then
              (call $flush (local.get $stream) (local.get $gathered))
              (local.set $gathered (i32.const 0))))
          (br_if $next_piece (local.get $left)))
        (local.set $iovs (i32.add (local.get $iovs) (i32.const 8)))
        (br $next_vector)))
    (if (local.get $gathered)
      (then (call $flush (local.get $stream) (local.get $gathered))))
    (i32.store $guest (local.get $nwritten) (i32.wrap_i64 (local.get $length)))
    (i32.const {SUCCESS}))
"""

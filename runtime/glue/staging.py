"""Staging: the memory in which values lie between being lifted and being lowered.

One a service. A value lies there as it would in a module's linear memory (spec interface-types.md,
"Memory layout"), with addresses in staging as pointers. Lifted values are copies: a module may
free, move or overwrite its own before they are lowered elsewhere. A value in staging never changes.

What glue and the host must agree on while calls are under way lies at staging's begin.
"""

import struct

NEXT_FREE = 0
"""Address of: the first free address, a u32; memory is taken from there upwards and given back when
an import adapter, or the host's call, is over."""

DEPTH = 4
"""Address of: how deeply modules are calling each other, a u32."""

RUNNING = 8
"""Address of: the number of the raw call that runs, for errors; 0 where it is none of glue's."""

SLOTS = 16
"""Address of: the host's arguments, one after another as a record's fields; then the result."""

FIRST_FREE = 32
"""The lowest address that values may take: results need 8 bytes from `SLOTS` on."""

AT_REST = struct.pack("<III", FIRST_FREE, 0, 0)
"""What lies at `NEXT_FREE`, `DEPTH` and `RUNNING` while no call is under way."""

DEPTH_AND_RUNNING = struct.Struct("<II")
"""What lies at `DEPTH` and `RUNNING`."""

_ALIGNMENT = 16


def first_free_after(end: int) -> int:
    """The first address that values may take behind the arguments.

    Args:
        end: of the arguments.

    Returns:
        An i32, signed, a multiple of 16; `FIRST_FREE` at least where `end` is `SLOTS` at least.
    """
    free = (end + 2 * _ALIGNMENT - 1) & -_ALIGNMENT
    return free if free < 1 << 31 else free - (1 << 32)


STAGING_MODULE = f"""\
;; staging: where values lie between being lifted and being lowered
(module $staging/memory
  (memory (export "memory") 1)
  (data (i32.const {NEXT_FREE}) "\\{FIRST_FREE:02x}")

  ;; Takes so many bytes; gives their address, or 0 where there is no room.
  (func (export "reserve") (param $size i64) (result i32)
    (local $at i32) (local $end i64) (local $missing i64)
    (local.set $at (i32.load (i32.const {NEXT_FREE})))
    (local.set $end ;; rounded up to 16
      (i64.and
        (i64.add (i64.add (i64.extend_i32_u (local.get $at)) (local.get $size)) (i64.const 15))
        (i64.const -16)))
    (if (i64.gt_u (local.get $end) (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16))) (then
      (if (i64.gt_u (local.get $end) (i64.const 0xffff0000)) (then (return (i32.const 0))))
      (local.set $missing
        (i64.sub
          (i64.shr_u (i64.add (local.get $end) (i64.const 0xffff)) (i64.const 16))
          (i64.extend_i32_u (memory.size))))
      ;; At least twice as large, so that growing stays rare; else just what is needed.
      (if (i32.or
            (i64.gt_u (local.get $missing) (i64.extend_i32_u (memory.size)))
            (i32.eq (memory.grow (memory.size)) (i32.const -1)))
        (then
          (if (i32.eq (memory.grow (i32.wrap_i64 (local.get $missing))) (i32.const -1))
            (then (return (i32.const 0))))))))
    (i32.store (i32.const {NEXT_FREE}) (i32.wrap_i64 (local.get $end)))
    (local.get $at))

  ;; Whether so many bytes at an address are well-formed UTF-8.
  (func (export "is_utf8") (param $at i32) (param $length i32) (result i32)
    (local $end i32) (local $byte i32) (local $code i32) (local $following i32) (local $least i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (loop $next
      ;; 64 bytes at once where all are ASCII, then 16
      (if (i32.le_u (i32.add (local.get $at) (i32.const 64)) (local.get $end)) (then
        (if (i32.eqz (i8x16.bitmask
              (v128.or
                (v128.or (v128.load (local.get $at)) (v128.load offset=16 (local.get $at)))
                (v128.or
                  (v128.load offset=32 (local.get $at))
                  (v128.load offset=48 (local.get $at))))))
          (then
            (local.set $at (i32.add (local.get $at) (i32.const 64)))
            (br $next)))))
      (if (i32.le_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)) (then
        (if (i32.eqz (i8x16.bitmask (v128.load (local.get $at)))) (then
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $next)))))
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 1))))
      (local.set $byte (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $byte) (i32.const 0x80)))
      (block $known
        (if (i32.eq (i32.and (local.get $byte) (i32.const 0xe0)) (i32.const 0xc0)) (then
          (local.set $code (i32.and (local.get $byte) (i32.const 0x1f)))
          (local.set $following (i32.const 1))
          (local.set $least (i32.const 0x80))
          (br $known)))
        (if (i32.eq (i32.and (local.get $byte) (i32.const 0xf0)) (i32.const 0xe0)) (then
          (local.set $code (i32.and (local.get $byte) (i32.const 0x0f)))
          (local.set $following (i32.const 2))
          (local.set $least (i32.const 0x800))
          (br $known)))
        (if (i32.eq (i32.and (local.get $byte) (i32.const 0xf8)) (i32.const 0xf0)) (then
          (local.set $code (i32.and (local.get $byte) (i32.const 0x07)))
          (local.set $following (i32.const 3))
          (local.set $least (i32.const 0x10000))
          (br $known)))
        (return (i32.const 0)))
      (if (i32.gt_u (local.get $following) (i32.sub (local.get $end) (local.get $at)))
        (then (return (i32.const 0))))
      (loop $continuation
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.ne (i32.and (local.get $byte) (i32.const 0xc0)) (i32.const 0x80))
          (then (return (i32.const 0))))
        (local.set $code
          (i32.or
            (i32.shl (local.get $code) (i32.const 6))
            (i32.and (local.get $byte) (i32.const 0x3f))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $following (i32.sub (local.get $following) (i32.const 1)))
        (br_if $continuation (local.get $following)))
      (if (i32.lt_u (local.get $code) (local.get $least)) (then (return (i32.const 0))))
      (if (i32.gt_u (local.get $code) (i32.const 0x10ffff)) (then (return (i32.const 0))))
      (br_if $next ;; unless it is a surrogate
        (i32.ne (i32.and (local.get $code) (i32.const 0xfffff800)) (i32.const 0xd800))))
    (i32.const 0)))
"""

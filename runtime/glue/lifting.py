"""The functions of a glue module that lift: from the guest's memory to staging, every byte checked.

Blocks of arrays and records are copied whole, then what their pointers lead to; the order of checks
is the interpreter's (`runtime.adapters.lift`).
"""

from runtime.adapters.lifting_memory import MOST_OVERLAP
from runtime.glue.faults import Fault
from runtime.glue.parts import Parts
from runtime.glue.representation import record_size, slot_size
from runtime.glue.wasm_text import comment
from runtime.interface.types import (
    ArrayType,
    InterfaceType,
    RecordType,
    Scalar,
    is_byte_array,
    type_text,
)


def lift_bytes(parts: Parts) -> str:
    """Takes pointer, length, place; gives the address of a copy in staging.

    The global `$lifted` counts the bytes.
    """
    return parts.function(
        "lift/bytes",
        None,
        lambda name: (
            f"""\
(func {name} (param $pointer i32) (param $length i32) (param $place i32) (result i32)
  (local $at i32) (local $size i64)
  (local.set $size (i64.shl (i64.extend_i32_u (memory.size $guest)) (i64.const 16)))
  (if (i64.gt_u
        (i64.add (i64.extend_i32_u (local.get $pointer)) (i64.extend_i32_u (local.get $length)))
        (local.get $size))
    (then
      (call $fault (local.get $place) (i32.const {Fault.READ})
        (i64.extend_i32_u (local.get $pointer)) (i64.extend_i32_u (local.get $length)))
      (unreachable)))
  (global.set $lifted
    (i64.add (global.get $lifted) (i64.extend_i32_u (local.get $length))))
  (if (i64.gt_u (global.get $lifted) (i64.add (local.get $size) (i64.const {MOST_OVERLAP})))
    (then
      (call $fault (local.get $place) (i32.const {Fault.LIFTED})
        (global.get $lifted) (i64.const 0))
      (unreachable)))
  (local.set $at (call $reserve (i64.extend_i32_u (local.get $length))))
  (if (i32.eqz (local.get $at)) (then
    (call $fault (local.get $place) (i32.const {Fault.ROOM}) (i64.const 0) (i64.const 0))
    (unreachable)))
  (memory.copy $staging $guest (local.get $at) (local.get $pointer) (local.get $length))
  (local.get $at))"""
        ),
    )


def lift_string(parts: Parts) -> str:
    """As `lift_bytes`, and checks that it is UTF-8."""
    copy = lift_bytes(parts)
    return parts.function(
        "lift/string",
        None,
        lambda name: (
            f"""\
(func {name} (param $pointer i32) (param $length i32) (param $place i32) (result i32)
  (local $at i32)
  (local.set $at (call {copy} (local.get $pointer) (local.get $length) (local.get $place)))
  (if (i32.eqz (call $is_utf8 (local.get $at) (local.get $length))) (then
    (call $fault (local.get $place) (i32.const {Fault.UTF8})
      (i64.extend_i32_u (local.get $pointer)) (i64.extend_i32_u (local.get $length)))
    (unreachable)))
  (local.get $at))"""
        ),
    )


def lift_array(element: InterfaceType, parts: Parts) -> str:
    """Takes pointer, number of elements, place; gives the elements' address in staging."""
    if element is Scalar.U8:
        return lift_bytes(parts)
    return parts.function("lift", ArrayType(element), lambda name: _array(name, element, parts))


def lift_record(record: RecordType, parts: Parts) -> str:
    """Takes pointer, place; gives the fields' address in staging."""
    return parts.function("lift/record", record, lambda name: _record(name, record, parts))


def _array(name: str, element: InterfaceType, parts: Parts) -> str:
    size = slot_size(element)
    copy = lift_bytes(parts)
    slot = _lift_slot(element, "$slot", 0, parts)
    loop = (
        ""
        if slot is None
        else f"""
  (local.set $slot (local.get $at))
  (local.set $end (i32.add (local.get $at) (i32.wrap_i64 (local.get $size))))
  (block $done
    (loop $next
      (br_if $done (i32.eq (local.get $slot) (local.get $end)))
      {slot}
      (local.set $slot (i32.add (local.get $slot) (i32.const {size})))
      (br $next)))"""
    )
    return f"""\
(func {name} (param $pointer i32) (param $count i32) (param $place i32) (result i32)
  (local $at i32) (local $size i64) (local $slot i32) (local $end i32)
  (local.set $size (i64.mul (i64.extend_i32_u (local.get $count)) (i64.const {size})))
  (if (i64.gt_u (local.get $size) (i64.const 0xffffffff)) (then
    (call $fault (local.get $place) (i32.const {Fault.ARRAY})
      (i64.extend_i32_u (local.get $count)) (i64.const {size}))
    (unreachable)))
  (local.set $at
    (call {copy} (local.get $pointer) (i32.wrap_i64 (local.get $size)) (local.get $place))){loop}
  (local.get $at))"""


def _record(name: str, record: RecordType, parts: Parts) -> str:
    copy = lift_bytes(parts)
    lines = []
    at = 0
    for each in record.fields:
        slot = _lift_slot(each.type, "$at", at, parts)
        if slot is not None:
            lines.append(f"\n  {comment(f'{each.name}: {type_text(each.type)}')}\n  {slot}")
        at += slot_size(each.type)
    return f"""\
(func {name} (param $pointer i32) (param $place i32) (result i32)
  (local $at i32)
  (local.set $at
    (call {copy} (local.get $pointer) (i32.const {record_size(record)}) (local.get $place)))\
{"".join(lines)}
  (local.get $at))"""


def _lift_slot(interface_type: InterfaceType, base: str, at: int, parts: Parts) -> str | None:
    """Makes the copied slot at an offset from a local's address right; None where it is already."""
    address = f"(local.get {base})"
    first = f"(i32.load $staging offset={at} {address})"
    second = f"(i32.load $staging offset={at + 4} {address})"
    if interface_type is Scalar.BOOL:
        byte = f"(i32.load8_u $staging offset={at} {address})"
        return f"(i32.store8 $staging offset={at} {address} (i32.ne {byte} (i32.const 0)))"
    if isinstance(interface_type, RecordType):
        lift, given = lift_record(interface_type, parts), first
    elif interface_type is Scalar.STRING:
        lift, given = lift_string(parts), f"{first} {second}"
    elif is_byte_array(interface_type):
        lift, given = lift_bytes(parts), f"{first} {second}"
    elif isinstance(interface_type, ArrayType):
        lift, given = lift_array(interface_type.element, parts), f"{first} {second}"
    else:
        return None
    return (
        f"(i32.store $staging offset={at} {address}\n"
        f"        (call {lift} {given} (local.get $place)))"
    )

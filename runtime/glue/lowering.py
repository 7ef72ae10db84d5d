"""The functions of a glue module that lower: from staging to memory that the guest allocates.

The order in which `allocate` is called and memory is written is the interpreter's
(`runtime.adapters.lower`): an array before what its elements need, a record after what its fields
need, each block written last. Values in staging stay as they are: where slots change, a scratch
copy of the block is made.
"""

from runtime.adapters.layout import BYTES_TAG, type_tag
from runtime.adapters.lower import MOST_BYTES
from runtime.glue.faults import Fault
from runtime.glue.parts import Parts
from runtime.glue.representation import is_fixed, record_size, slot_size
from runtime.glue.staging import NEXT_FREE
from runtime.glue.wasm_text import comment
from runtime.interface.types import ArrayType, InterfaceType, RecordType, type_text


def write(parts: Parts) -> str:
    """Takes pointer, an address in staging, length, place; copies the bytes to the guest."""
    return parts.function(
        "write",
        None,
        lambda name: (
            f"""\
(func {name} (param $pointer i32) (param $from i32) (param $length i32) (param $place i32)
  (if (i32.or
        (i64.gt_u
          (i64.add (i64.extend_i32_u (local.get $pointer)) (i64.extend_i32_u (local.get $length)))
          (i64.shl (i64.extend_i32_u (memory.size $guest)) (i64.const 16)))
        (i32.and (i32.eqz (local.get $pointer)) (i32.ne (local.get $length) (i32.const 0))))
    (then
      (call $fault (local.get $place) (i32.const {Fault.WRITE})
        (i64.extend_i32_u (local.get $pointer)) (i64.extend_i32_u (local.get $length)))
      (unreachable)))
  (memory.copy $guest $staging (local.get $pointer) (local.get $from) (local.get $length)))"""
        ),
    )


def checked_size(parts: Parts) -> str:
    """Takes a length in bytes, an i64, and place; gives it as an i32 that `allocate` takes."""
    return parts.function(
        "checked_size",
        None,
        lambda name: (
            f"""\
(func {name} (param $length i64) (param $place i32) (result i32)
  (if (i64.gt_u (local.get $length) (i64.const {MOST_BYTES})) (then
    (call $fault (local.get $place) (i32.const {Fault.SIZE}) (local.get $length) (i64.const 0))
    (unreachable)))
  (i32.wrap_i64 (local.get $length)))"""
        ),
    )


def lower_bytes(parts: Parts) -> str:
    """Takes an address in staging, length, place; gives a pointer."""
    size, copy = checked_size(parts), write(parts)
    return parts.function(
        "lower/bytes",
        None,
        lambda name: (
            f"""\
(func {name} (param $from i32) (param $length i32) (param $place i32) (result i32)
  (local $pointer i32)
  (local.set $pointer
    (call $allocate
      (call {size} (i64.extend_i32_u (local.get $length)) (local.get $place))
      (i32.const {BYTES_TAG})))
  (call {copy} (local.get $pointer) (local.get $from) (local.get $length) (local.get $place))
  (local.get $pointer))"""
        ),
    )


def lower_array(element: InterfaceType, parts: Parts) -> str:
    """Takes the elements' address in staging, their number, place; gives a pointer."""
    return parts.function("lower", ArrayType(element), lambda name: _array(name, element, parts))


def lower_record(record: RecordType, parts: Parts) -> str:
    """Takes the fields' address in staging, place; gives a pointer."""
    return parts.function("lower/record", record, lambda name: _record(name, record, parts))


def _array(name: str, element: InterfaceType, parts: Parts) -> str:
    size = slot_size(element)
    checked, copy = checked_size(parts), write(parts)
    if not is_fixed(element):
        before = f"""
  {_scratch_copy("(local.get $size)")}
  (local.set $slot (local.get $scratch))
  (local.set $end (i32.add (local.get $scratch) (local.get $size)))
  (loop $next
    {_lower_slot(element, "$slot", 0, parts)}
    (local.set $slot (i32.add (local.get $slot) (i32.const {size})))
    (br_if $next (i32.ne (local.get $slot) (local.get $end))))"""
        block, after = "$scratch", _SCRATCH_BACK
    else:
        before, block, after = "", "$from", ""
    return f"""\
(func {name} (param $from i32) (param $count i32) (param $place i32) (result i32)
  (local $pointer i32) (local $size i32) (local $scratch i32) (local $slot i32) (local $end i32)
  (if (i32.eqz (local.get $count)) (then (return (i32.const 0))))
  (local.set $size
    (call {checked}
      (i64.mul (i64.extend_i32_u (local.get $count)) (i64.const {size})) (local.get $place)))
  (local.set $pointer (call $allocate (local.get $size) (i32.const {type_tag(element)}))){before}
  (call {copy} (local.get $pointer) (local.get {block}) (local.get $size) (local.get $place)){after}
  (local.get $pointer))"""


def _record(name: str, record: RecordType, parts: Parts) -> str:
    size = record_size(record)
    copy = write(parts)
    slots = []
    at = 0
    for each in record.fields:
        if not is_fixed(each.type):
            slots.append(f"\n  {comment(f'{each.name}: {type_text(each.type)}')}")
            slots.append(f"\n  {_lower_slot(each.type, '$scratch', at, parts)}")
        at += slot_size(each.type)
    before, block, after = "", "$from", ""
    if slots:
        before = f"\n  {_scratch_copy(f'(i32.const {size})')}{''.join(slots)}"
        block, after = "$scratch", _SCRATCH_BACK
    return f"""\
(func {name} (param $from i32) (param $place i32) (result i32)
  (local $pointer i32) (local $scratch i32){before}
  (local.set $pointer (call $allocate (i32.const {size}) (i32.const {BYTES_TAG})))
  (call {copy}
    (local.get $pointer) (local.get {block}) (i32.const {size}) (local.get $place)){after}
  (local.get $pointer))"""


def _scratch_copy(size: str) -> str:
    return f"""\
(local.set $scratch (call $reserve (i64.extend_i32_u {size})))
  (if (i32.eqz (local.get $scratch)) (then
    (call $fault (local.get $place) (i32.const {Fault.ROOM}) (i64.const 0) (i64.const 0))
    (unreachable)))
  (memory.copy $staging $staging (local.get $scratch) (local.get $from) {size})"""


_SCRATCH_BACK = f"""
  (i32.store $staging (i32.const {NEXT_FREE}) (local.get $scratch))"""


def _lower_slot(interface_type: InterfaceType, base: str, at: int, parts: Parts) -> str:
    """Replaces the address in a slot of the scratch copy by a pointer for the guest."""
    address = f"(local.get {base})"
    given = f"(i32.load $staging offset={at} {address})"
    if isinstance(interface_type, RecordType):
        lower = lower_record(interface_type, parts)
    else:
        given += f" (i32.load $staging offset={at + 4} {address})"
        if isinstance(interface_type, ArrayType):
            lower = lower_array(interface_type.element, parts)
        else:
            lower = lower_bytes(parts)
    return (
        f"(i32.store $staging offset={at} {address}\n"
        f"      (call {lower} {given} (local.get $place)))"
    )

"""How interface values stand on WebAssembly's side: as operands, and in slots in memory.

As operands, integers and floats are themselves; what has no fixed size is an address in staging,
with a length behind it for strings, byte arrays and arrays. A slot is the part of an
array or record that stands for one value (spec interface-types.md, "Memory layout").
"""

import struct

from runtime.adapters.layout import memory_format
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar

_WIDE = {Scalar.S64, Scalar.U64, Scalar.I64}
_FLOATS = {Scalar.F32, Scalar.F64}
_SIZED = {Scalar.STRING, Scalar.BYTE_ARRAY}

_NARROW_ACCESS = {
    Scalar.BOOL: ("i32.load8_u", "i32.store8"),
    Scalar.U8: ("i32.load8_u", "i32.store8"),
    Scalar.S8: ("i32.load8_s", "i32.store8"),
    Scalar.U16: ("i32.load16_u", "i32.store16"),
    Scalar.S16: ("i32.load16_s", "i32.store16"),
}


def is_wide(scalar: Scalar) -> bool:
    """Whether an integer takes an i64."""
    return scalar in _WIDE


def has_length(interface_type: InterfaceType) -> bool:
    """Whether values are an address and a length."""
    return isinstance(interface_type, ArrayType) or interface_type in _SIZED


def operands(interface_type: InterfaceType) -> tuple[Scalar, ...]:
    """The types of the Wasm operands that a value is: one, or two for address and length."""
    if has_length(interface_type):
        return (Scalar.I32, Scalar.I32)
    if interface_type in _FLOATS and isinstance(interface_type, Scalar):
        return (interface_type,)
    return (Scalar.I64 if interface_type in _WIDE else Scalar.I32,)


def slot_size(interface_type: InterfaceType) -> int:
    """Bytes that a value takes in an array or record."""
    return struct.calcsize("<" + memory_format(interface_type))


def record_size(record: RecordType) -> int:
    """Bytes of a record's fields."""
    return sum(slot_size(field.type) for field in record.fields)


def is_fixed(interface_type: InterfaceType) -> bool:
    """Whether a slot holds the value itself."""
    return isinstance(interface_type, Scalar) and interface_type not in _SIZED


def element_size(interface_type: InterfaceType) -> int:
    """How many bytes one of a pointer's length is; 0 for records, which have no length."""
    if isinstance(interface_type, RecordType):
        return 0
    return slot_size(interface_type.element) if isinstance(interface_type, ArrayType) else 1


def access(interface_type: InterfaceType) -> tuple[tuple[str, str], ...]:
    """The instructions that load and store each operand of a value in its slot.

    Where there are two, the second operand lies 4 bytes behind the first.
    """
    if isinstance(interface_type, Scalar) and interface_type in _NARROW_ACCESS:
        return (_NARROW_ACCESS[interface_type],)
    return tuple((f"{each.value}.load", f"{each.value}.store") for each in operands(interface_type))

"""How values lie in linear memory (spec interface-types.md, "Memory layout").

Elements of arrays and fields of records follow each other without padding, little endian. What has
no fixed size is a pointer there, followed by a length for strings, byte arrays and arrays.
"""

from runtime.interface.types import InterfaceType, RecordType, Scalar

POINTER_AND_LENGTH = "II"
POINTER = "I"
POINTER_TAG = 3
BYTES_TAG = 1
"""The type tag that goes with the bytes of strings, byte arrays and records."""

_FORMATS: dict[Scalar, str] = {
    Scalar.BOOL: "B",
    Scalar.U8: "B",
    Scalar.U16: "H",
    Scalar.U32: "I",
    Scalar.U64: "Q",
    Scalar.S8: "b",
    Scalar.S16: "h",
    Scalar.S32: "i",
    Scalar.S64: "q",
    Scalar.I32: "i",
    Scalar.I64: "q",
    Scalar.F32: "f",
    Scalar.F64: "d",
    Scalar.STRING: POINTER_AND_LENGTH,
    Scalar.BYTE_ARRAY: POINTER_AND_LENGTH,
}

_TYPE_TAGS: dict[Scalar, int] = {
    Scalar.BOOL: 0,
    Scalar.U8: 1,
    Scalar.U16: 2,
    Scalar.U32: 3,
    Scalar.U64: 4,
    Scalar.S8: 5,
    Scalar.S16: 6,
    Scalar.S32: 7,
    Scalar.I32: 7,
    Scalar.S64: 8,
    Scalar.I64: 8,
    Scalar.F32: 9,
    Scalar.F64: 10,
}


def memory_format(interface_type: InterfaceType) -> str:
    """What one element or field takes, as codes of the `struct` module, one a slot."""
    if isinstance(interface_type, Scalar):
        return _FORMATS[interface_type]
    if isinstance(interface_type, RecordType):
        return POINTER
    return POINTER_AND_LENGTH


def type_tag(interface_type: InterfaceType) -> int:
    """The tag that `allocate` wants for an array of such elements."""
    if isinstance(interface_type, Scalar):
        return _TYPE_TAGS.get(interface_type, POINTER_TAG)
    return POINTER_TAG

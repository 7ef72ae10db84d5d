"""Interface types as they stand in the annotations of Python functions and dataclasses."""

from collections.abc import Callable
from types import GenericAlias
from typing import TypeAlias, get_origin

from runtime.interface.types import (
    INTEGER_RANGES,
    ArrayType,
    InterfaceType,
    RecordType,
    Scalar,
    is_byte_array,
)

RecordClass: TypeAlias = Callable[[RecordType], type]
"""Gives the dataclass of a record."""

SCALAR_TYPES: dict[Scalar, type] = {
    **dict.fromkeys(INTEGER_RANGES, int),
    Scalar.BOOL: bool,
    Scalar.F32: float,
    Scalar.F64: float,
    Scalar.STRING: str,
    Scalar.BYTE_ARRAY: bytes,
}
"""The types that scalars have in Python."""


def python_type(interface_type: InterfaceType, record_class: RecordClass) -> type | GenericAlias:
    """The type of a value in Python: `int`, `bytes`, `list[TestRecord]`.

    Args:
        interface_type: the value's.
        record_class: gives the classes of records.
    """
    nesting = 0
    while isinstance(interface_type, ArrayType) and not is_byte_array(interface_type):
        interface_type = interface_type.element
        nesting += 1
    found: type | GenericAlias
    if isinstance(interface_type, RecordType):
        found = record_class(interface_type)
    elif isinstance(interface_type, ArrayType):
        found = bytes
    else:
        found = SCALAR_TYPES[interface_type]
    for _ in range(nesting):
        found = GenericAlias(list, (found,))
    return found


def annotation_text(annotation: object) -> str:
    """An annotation as it is written, nearly."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__qualname__
    return repr(annotation).replace("typing.", "").replace("collections.abc.", "")

"""Interface types as they stand in the annotations of Python functions and dataclasses."""

from collections.abc import Callable
from types import GenericAlias
from typing import TypeAlias

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

_SCALARS: dict[Scalar, type] = {
    **dict.fromkeys(INTEGER_RANGES, int),
    Scalar.BOOL: bool,
    Scalar.F32: float,
    Scalar.F64: float,
    Scalar.STRING: str,
    Scalar.BYTE_ARRAY: bytes,
}


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
        found = _SCALARS[interface_type]
    for _ in range(nesting):
        found = GenericAlias(list, (found,))
    return found

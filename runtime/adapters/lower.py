"""Lowering: from interface values to a module's linear memory.

The order in which `allocate` is called is part of the meaning, because modules see it (spec
interface-types.md, "Memory layout"): an array before what its elements need, a record after what
its fields need. Memory is written when all of an array or record is known, and its address is asked
anew each time, because `allocate` can move it.
"""

import struct
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from runtime.adapters.layout import BYTES_TAG, memory_format, type_tag
from runtime.engine.linear_memory import LinearMemory
from runtime.errors import AdapterError
from runtime.interface.types import (
    UNSIGNED_32,
    ArrayType,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
)

Allocate: TypeAlias = Callable[[int, int], int]
"""The module's `allocate`: takes a size in bytes and a type tag, gives a pointer (an i32)."""

ArrayLowerer: TypeAlias = Callable[
    [LinearMemory, Allocate, "bytes | Sequence[InterfaceValue]"], tuple[int, int]
]
"""Takes memory, allocate and the elements; gives a pointer and the number of elements."""

RecordLowerer: TypeAlias = Callable[[LinearMemory, Allocate, tuple[InterfaceValue, ...]], int]
"""Takes memory, allocate and the fields; gives a pointer."""

_SlotsLowerer: TypeAlias = Callable[[LinearMemory, Allocate, InterfaceValue], tuple[int, ...]]
"""Gives the numbers that stand for a value in an array or record."""

MOST_BYTES = 2**31 - 1
"""Of a value: `allocate` takes an i32, and a signed one in the SDK."""


def checked_size(length: int) -> int:
    """The length of a value in bytes, as an i32 that `allocate` takes.

    Raises:
        AdapterError: it is 2 GiB or more.
    """
    if length > MOST_BYTES:
        raise AdapterError(f"a value of {length} bytes does not fit a module's memory")
    return length


def lower_bytes(memory: LinearMemory, allocate: Allocate, data: bytes) -> tuple[int, int]:
    """Lower the bytes of a string or byte array: allocate, then write.

    Raises:
        AdapterError: what `allocate` gave does not lie inside the memory.
    """
    pointer = allocate(checked_size(len(data)), BYTES_TAG) & UNSIGNED_32
    memory.write(pointer, data)
    return pointer, len(data)


def array_lowerer(element: InterfaceType) -> ArrayLowerer:
    """A lowerer for arrays of such elements; it raises AdapterError on bad pointers."""
    return _Preparation().array_lowerer(element)


def record_lowerer(record: RecordType) -> RecordLowerer:
    """A lowerer for such records; it raises AdapterError on bad pointers."""
    return _Preparation().record_lowerer(record)


class _Preparation:
    """Remembers the records under way: a record may hold arrays of itself."""

    def __init__(self) -> None:
        self._records: dict[int, RecordLowerer] = {}

    def array_lowerer(self, element: InterfaceType) -> ArrayLowerer:
        form = memory_format(element)
        size = struct.calcsize("<" + form)
        tag = type_tag(element)
        encode = self._elements_encoder(element, form)

        def lower_array(
            memory: LinearMemory, allocate: Allocate, elements: bytes | Sequence[InterfaceValue]
        ) -> tuple[int, int]:
            if not elements:
                return 0, 0
            pointer = allocate(checked_size(len(elements) * size), tag) & UNSIGNED_32
            memory.write(pointer, encode(memory, allocate, elements))
            return pointer, len(elements)

        return lower_array

    def _elements_encoder(
        self, element: InterfaceType, form: str
    ) -> Callable[[LinearMemory, Allocate, bytes | Sequence[InterfaceValue]], bytes]:
        if element is Scalar.U8:
            return lambda _memory, _allocate, elements: cast("bytes", elements)
        if len(form) == 1 and not isinstance(element, RecordType):
            return lambda _memory, _allocate, elements: struct.pack(
                f"<{len(elements)}{form}", *elements
            )
        lower_slots = self._slots_lowerer(element)

        def encode(
            memory: LinearMemory, allocate: Allocate, elements: bytes | Sequence[InterfaceValue]
        ) -> bytes:
            numbers: list[int] = []
            for value in elements:
                numbers += lower_slots(memory, allocate, value)
            return struct.pack(f"<{len(numbers)}I", *numbers)

        return encode

    def record_lowerer(self, record: RecordType) -> RecordLowerer:
        known = self._records.get(id(record))
        if known is not None:
            return known
        layout = struct.Struct("<" + "".join(memory_format(field.type) for field in record.fields))
        fields: list[_SlotsLowerer] = []

        def lower_record(
            memory: LinearMemory, allocate: Allocate, values: tuple[InterfaceValue, ...]
        ) -> int:
            numbers: list[int] = []
            for lower_field, value in zip(fields, values, strict=True):
                numbers += lower_field(memory, allocate, value)
            pointer = allocate(layout.size, BYTES_TAG) & UNSIGNED_32
            memory.write(pointer, layout.pack(*numbers))
            return pointer

        self._records[id(record)] = lower_record
        fields.extend(self._slots_lowerer(field.type) for field in record.fields)
        return lower_record

    def _slots_lowerer(self, interface_type: InterfaceType) -> _SlotsLowerer:
        if interface_type is Scalar.STRING:
            return lambda memory, allocate, value: lower_bytes(
                memory, allocate, cast("str", value).encode()
            )
        if interface_type is Scalar.BYTE_ARRAY:
            return lambda memory, allocate, value: lower_bytes(
                memory, allocate, cast("bytes", value)
            )
        if isinstance(interface_type, ArrayType):
            lower_array = self.array_lowerer(interface_type.element)
            return lambda memory, allocate, value: lower_array(
                memory, allocate, cast("list[InterfaceValue]", value)
            )
        if isinstance(interface_type, RecordType):
            lower_record = self.record_lowerer(interface_type)
            return lambda memory, allocate, value: (
                lower_record(memory, allocate, cast("tuple[InterfaceValue, ...]", value)),
            )
        return lambda _memory, _allocate, value: (cast("int", value),)

"""Lifting: from a module's linear memory to interface values.

A lifter is prepared once per type and then reads without looking at types again. Arrays and records
are read from memory in one piece; what their pointers lead to is read after it.
"""

import struct
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from runtime.adapters.layout import memory_format
from runtime.adapters.lifting_memory import LiftingMemory, Readable
from runtime.adapters.numbers import numbers_in
from runtime.errors import AdapterError
from runtime.interface.types import (
    UNSIGNED_32,
    ArrayType,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    is_byte_array,
)

ArrayLifter: TypeAlias = Callable[[LiftingMemory, int, int], "bytes | list[InterfaceValue]"]
"""Takes the memory, a pointer and the number of elements."""

RecordLifter: TypeAlias = Callable[[LiftingMemory, int], tuple[InterfaceValue, ...]]
"""Takes the memory and a pointer."""

_SlotsLifter: TypeAlias = Callable[[LiftingMemory, Sequence[int], int], InterfaceValue]
"""Makes a value of the slots at a position: numbers as they lie in an array or record."""


def lift_string(memory: Readable, pointer: int, length: int) -> str:
    """The string at a pointer.

    Args:
        memory: the module's.
        pointer: an i32 or u32.
        length: in bytes.

    Raises:
        AdapterError: it lies outside the memory or is not valid UTF-8.
    """
    data = memory.read(pointer, length)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise AdapterError(
            f"the string at pointer {pointer & UNSIGNED_32} of {len(data)} bytes is not valid "
            f"UTF-8: {error.reason} at byte {error.start} (0x{data[error.start]:02x})"
        ) from None


def array_lifter(element: InterfaceType) -> ArrayLifter:
    """A lifter for arrays of such elements; it raises AdapterError on bad pointers and data."""
    return _Preparation().array_lifter(element)


def record_lifter(record: RecordType) -> RecordLifter:
    """A lifter for such records; it raises AdapterError on bad pointers and data."""
    return _Preparation().record_lifter(record)


def checked_array_size(count: int, size: int) -> int:
    """The bytes that the elements of an array take in memory.

    Args:
        count: of elements, an i32 or u32.
        size: bytes of one.

    Raises:
        AdapterError: they are more than a memory can have.
    """
    count &= UNSIGNED_32
    if count * size > UNSIGNED_32:
        raise AdapterError(
            f"an array of {count} elements of {size} bytes each is larger than any memory"
        )
    return count * size


def _read_elements(memory: LiftingMemory, pointer: int, count: int, size: int) -> bytes:
    return memory.read(pointer, checked_array_size(count, size))


class _Preparation:
    """Remembers the records under way: a record may hold arrays of itself."""

    def __init__(self) -> None:
        self._records: dict[int, RecordLifter] = {}

    def array_lifter(self, element: InterfaceType) -> ArrayLifter:
        if element is Scalar.U8:
            return lambda memory, pointer, count: _read_elements(memory, pointer, count, 1)
        form = memory_format(element)
        size = struct.calcsize("<" + form)
        slots = len(form)

        if slots == 1 and not isinstance(element, RecordType):
            code = "?" if element is Scalar.BOOL else form  # which takes any byte but 0 for True

            def lift_numbers(
                memory: LiftingMemory, pointer: int, count: int
            ) -> list[InterfaceValue]:
                data = _read_elements(memory, pointer, count, size)
                return numbers_in(data, code, size, memory.require_running)

            return lift_numbers

        lift_slots = self._slots_lifter(element)

        def lift_elements(memory: LiftingMemory, pointer: int, count: int) -> list[InterfaceValue]:
            data = _read_elements(memory, pointer, count, size)
            numbers = numbers_in(data, "I", 4, memory.require_running)
            return [lift_slots(memory, numbers, at) for at in range(0, len(numbers), slots)]

        return lift_elements

    def record_lifter(self, record: RecordType) -> RecordLifter:
        known = self._records.get(id(record))
        if known is not None:
            return known
        layout = struct.Struct("<" + "".join(memory_format(field.type) for field in record.fields))
        fields: list[tuple[_SlotsLifter, int]] = []

        def lift_record(memory: LiftingMemory, pointer: int) -> tuple[InterfaceValue, ...]:
            numbers = layout.unpack(memory.read(pointer, layout.size))
            return tuple([lift_field(memory, numbers, at) for lift_field, at in fields])

        self._records[id(record)] = lift_record
        at = 0
        for field in record.fields:
            fields.append((self._slots_lifter(field.type), at))
            at += len(memory_format(field.type))
        return lift_record

    def _slots_lifter(self, interface_type: InterfaceType) -> _SlotsLifter:
        if interface_type is Scalar.STRING:
            return lambda memory, numbers, at: lift_string(memory, numbers[at], numbers[at + 1])
        if is_byte_array(interface_type):
            return lambda memory, numbers, at: memory.read(numbers[at], numbers[at + 1])
        if isinstance(interface_type, ArrayType):
            lift_array = self.array_lifter(interface_type.element)
            return lambda memory, numbers, at: cast(
                "InterfaceValue", lift_array(memory, numbers[at], numbers[at + 1])
            )
        if isinstance(interface_type, RecordType):
            lift_record = self.record_lifter(interface_type)
            return lambda memory, numbers, at: lift_record(memory, numbers[at])
        if interface_type is Scalar.BOOL:
            return lambda _memory, numbers, at: numbers[at] != 0
        return lambda _memory, numbers, at: numbers[at]

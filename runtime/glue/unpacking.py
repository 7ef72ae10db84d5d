"""Unpacking: from the staging memory to interface values.

Values lie in staging as they lie in linear memory (spec interface-types.md, "Memory layout"). Glue
has checked them before: pointers, UTF-8, and bools that are 0 or 1. Were it wrong, slices clamp and
`struct` raises: nothing outside staging can be read.

A reader is prepared once per type. Results and records are read one by one, and their scalars come
out of one `unpack` untouched. Elements of arrays are read as columns: all values of one field at
once, in pieces where there are many, so that a call can end between them.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, repeat
from typing import Any, TypeAlias, cast

from runtime.adapters.layout import memory_format
from runtime.adapters.numbers import PIECE, numbers_in
from runtime.compiled_function import MOST_FIELDS, as_tuple, compiled_function
from runtime.engine.raw import MemoryView
from runtime.glue.remembering import remembered
from runtime.glue.representation import element_size, is_fixed
from runtime.interface.types import (
    ArrayType,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    is_byte_array,
)

Unpacker: TypeAlias = Callable[[MemoryView, int], InterfaceValue]
"""Takes all of staging and the address of a result's slots; gives the result."""

_SlotsUnpacker: TypeAlias = Callable[[MemoryView, int], tuple[Any, ...]]
"""Takes staging and the address of slots."""

_Decoder: TypeAlias = Callable[[bytes], Any]
"""Makes a value of the bytes that its pointer leads to, where these hold no pointers."""

_ValueReader: TypeAlias = Callable[..., Any]
"""Takes staging and a value's slots, pointer and length or a record's pointer; gives the value."""

_BlockReader: TypeAlias = Callable[[MemoryView, bytes], Any]
"""Takes staging and the bytes that a value's pointer leads to; gives the value."""

_ColumnReader: TypeAlias = Callable[..., list[Any]]
"""Takes staging and the slots of values of one type, a sequence for each; gives the values."""

_RequireRunning: TypeAlias = Callable[[], None]
"""Raises where the call is to end."""


def _nobody_asks() -> None:
    pass


def prepare_unpacking(
    result: InterfaceType, require_running: _RequireRunning = _nobody_asks
) -> Unpacker:
    """A reader for results of the type.

    Args:
        result: the type.
        require_running: raises where the call is to end; large results ask again and again.

    Returns:
        A callable. It trusts staging: all pointers lead to values inside, strings are UTF-8.

    Raises:
        TypeError: a record holds arrays of itself; how deep it goes is not known beforehand.
        RecursionError: the types nest too deeply for Python's stack, records about 200 deep.
    """
    unpack_slots = _slots_unpacker([result])
    decode, size = _decoder(result, require_running), element_size(result)
    if decode is not None:

        def unpack(memory: MemoryView, address: int) -> InterfaceValue:
            pointer, length = unpack_slots(memory, address)
            value: InterfaceValue = decode(memory[pointer : pointer + length * size])
            return value

        return unpack
    if is_fixed(result):

        def unpack_fixed(memory: MemoryView, address: int) -> InterfaceValue:
            value: InterfaceValue = unpack_slots(memory, address)[0]
            return value

        return unpack_fixed
    read = _Preparation(require_running).value_reader(result)
    return lambda memory, address: read(memory, *unpack_slots(memory, address))


def _slot_code(interface_type: InterfaceType) -> str:
    """As `memory_format`; bools become Python's."""
    return "?" if interface_type is Scalar.BOOL else memory_format(interface_type)


def _decoder(interface_type: InterfaceType, require_running: _RequireRunning) -> _Decoder | None:
    """The decoder of a type without nested pointers, None for others."""
    if interface_type is Scalar.STRING:
        return bytes.decode
    if is_byte_array(interface_type):
        return bytes
    if not isinstance(interface_type, ArrayType) or not is_fixed(interface_type.element):
        return None
    code = _slot_code(interface_type.element)
    size = element_size(interface_type)
    return lambda block: numbers_in(block, code, size, require_running)


def _slots_unpacker(types: Iterable[InterfaceType]) -> _SlotsUnpacker:
    layout = struct.Struct("<" + "".join(_slot_code(each) for each in types))
    return cast("_SlotsUnpacker", layout.unpack_from)


def _slot_ranges(record: RecordType) -> list[tuple[InterfaceType, int, int]]:
    """The fields that are not fixed, each with its first slot and the one after its last.

    From the last to the first: one value in place of a pointer and a length moves what follows.
    """
    ranges = []
    end = 0
    for field in record.fields:
        at, end = end, end + len(memory_format(field.type))
        if not is_fixed(field.type):
            ranges.append((field.type, at, end))
    return ranges[::-1]


class _Preparation:
    """Remembers the readers of records: types may hold one many times."""

    def __init__(self, require_running: _RequireRunning) -> None:
        self._require_running = require_running
        self._record_readers: dict[int, _ValueReader | None] = {}
        self._record_column_readers: dict[int, _ColumnReader | None] = {}

    def value_reader(self, interface_type: InterfaceType) -> _ValueReader:
        """A reader for one value of a type that is not fixed."""
        if isinstance(interface_type, RecordType):
            return remembered(self._record_readers, interface_type, self._record_reader)
        read_elements = self._block_reader(interface_type)
        size = element_size(interface_type)
        return lambda memory, pointer, length: read_elements(
            memory, memory[pointer : pointer + length * size]
        )

    def _decoder(self, interface_type: InterfaceType) -> _Decoder | None:
        return _decoder(interface_type, self._require_running)

    def _block_reader(self, interface_type: InterfaceType) -> _BlockReader:
        """A reader for what a pointer with a length leads to."""
        decode = self._decoder(interface_type)
        if decode is not None:
            return lambda _memory, block: decode(block)
        assert isinstance(interface_type, ArrayType)
        read_column = self._column_reader(interface_type.element)
        slots = len(memory_format(interface_type.element))
        require_running = self._require_running

        def read_piece(memory: MemoryView, block: bytes) -> list[Any]:
            numbers = struct.unpack(f"<{len(block) // 4}I", block)
            return read_column(memory, *[numbers[slot::slots] for slot in range(slots)])

        def read_elements(memory: MemoryView, block: bytes) -> list[Any]:
            if len(block) <= PIECE:
                return read_piece(memory, block)
            values: list[Any] = []
            for start in range(0, len(block), PIECE):
                require_running()
                values += read_piece(memory, block[start : start + PIECE])
            return values

        return read_elements

    def _record_reader(self, record: RecordType) -> _ValueReader:
        unpack_slots = _slots_unpacker(field.type for field in record.fields)
        pointed = [
            (at, end, self._decoder(each), element_size(each), self.value_reader(each))
            for each, at, end in _slot_ranges(record)
        ]
        if not pointed:
            return unpack_slots
        if len(record.fields) <= MOST_FIELDS:
            return self._compiled_record_reader(record, unpack_slots)

        def read_record(memory: MemoryView, pointer: int) -> tuple[Any, ...]:
            slots = unpack_slots(memory, pointer)
            values: list[Any] = [*slots]
            for at, end, decode, size, read in pointed:
                if decode is not None:
                    start = slots[at]
                    value = decode(memory[start : start + slots[at + 1] * size])
                else:
                    value = read(memory, *slots[at:end])
                values[at:end] = (value,)
            return tuple(values)

        return read_record

    def _compiled_record_reader(
        self, record: RecordType, unpack_slots: _SlotsUnpacker
    ) -> _ValueReader:
        """A record reader with a variable for each slot: a value, or a pointer and a length."""
        names: dict[str, object] = {"unpack_slots": unpack_slots}
        slots: list[str] = []
        values: list[str] = []
        for at, field in enumerate(record.fields):
            slots.append(f"v{at}")
            if is_fixed(field.type):
                values.append(f"v{at}")
                continue
            if isinstance(field.type, RecordType):
                names[f"read{at}"] = self.value_reader(field.type)
                values.append(f"read{at}(memory, v{at})")
                continue
            slots.append(f"n{at}")
            decoder, size = self._decoder(field.type), element_size(field.type)
            block = f"memory[v{at} : v{at} + n{at} * {size}]"
            if decoder is bytes.decode:
                values.append(f"memory[v{at} : v{at} + n{at}].decode()")
            elif decoder is bytes:
                values.append(f"memory[v{at} : v{at} + n{at}]")
            elif decoder is not None:
                names[f"decode{at}"] = decoder
                values.append(f"decode{at}({block})")
            else:
                names[f"read{at}"] = self.value_reader(field.type)
                values.append(f"read{at}(memory, v{at}, n{at})")
        source = f"""def convert(memory, pointer):
    {as_tuple(slots)} = unpack_slots(memory, pointer)
    return {as_tuple(values)}"""
        return cast("_ValueReader", compiled_function(source, names))

    def _column_reader(self, interface_type: InterfaceType) -> _ColumnReader:
        """A reader for any number of values of a type that is not fixed."""
        if isinstance(interface_type, RecordType):
            return remembered(
                self._record_column_readers, interface_type, self._record_column_reader
            )
        if interface_type is Scalar.STRING:
            return _read_strings
        if is_byte_array(interface_type):
            return _read_blocks
        read_block = self._block_reader(interface_type)
        size = element_size(interface_type)

        def read_arrays(
            memory: MemoryView, pointers: Sequence[int], counts: Sequence[int]
        ) -> list[Any]:
            lengths = [count * size for count in counts]
            elements = iter(read_block(memory, b"".join(_read_blocks(memory, pointers, lengths))))
            return [[*islice(elements, count)] for count in counts]

        return read_arrays

    def _record_column_reader(self, record: RecordType) -> _ColumnReader:
        unpack_slots = _slots_unpacker(field.type for field in record.fields)
        pointed = [(at, end, self._column_reader(each)) for each, at, end in _slot_ranges(record)]

        def read_records(memory: MemoryView, pointers: Sequence[int]) -> list[Any]:
            rows = [*map(unpack_slots, repeat(memory), pointers)]
            if not pointed or not rows:
                return rows
            columns: list[Sequence[Any]] = [*zip(*rows, strict=True)]
            for at, end, read_column in pointed:
                columns[at:end] = (read_column(memory, *columns[at:end]),)
            return [*zip(*columns, strict=True)]

        return read_records


def _read_strings(memory: MemoryView, pointers: Sequence[int], lengths: Sequence[int]) -> list[str]:
    return [
        memory[pointer : pointer + length].decode()
        for pointer, length in zip(pointers, lengths, strict=True)
    ]


def _read_blocks(
    memory: MemoryView, pointers: Sequence[int], lengths: Sequence[int]
) -> list[bytes]:
    return [
        memory[pointer : pointer + length]
        for pointer, length in zip(pointers, lengths, strict=True)
    ]

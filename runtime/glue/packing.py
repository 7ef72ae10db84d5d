"""Packing: from interface values to one buffer for the staging memory.

Values lie in staging as they lie in linear memory (spec interface-types.md, "Memory layout"). The
slots of a call's arguments come first, what they point to follows, nested contents before the block
that points to them.

A packer is prepared once per list of types. Arguments and records are packed one by one, and their
scalars go into one `pack` untouched. Elements of arrays are packed as columns: all values of one
field at once, so that the work for each element is done in C.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain
from typing import Any, TypeAlias, cast

from runtime.adapters.layout import memory_format
from runtime.compiled_function import MOST_FIELDS, as_tuple, compiled_function, variables
from runtime.glue.remembering import remembered
from runtime.glue.representation import element_size, is_fixed
from runtime.interface.types import (
    UNSIGNED_32,
    ArrayType,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    is_byte_array,
)

Packer: TypeAlias = Callable[[Sequence[InterfaceValue]], bytes | list[bytes]]
"""Takes the arguments of a call; gives what is to be written at the base address, in one piece or,
where it is long, in several that follow each other: joining those costs more than it saves."""

_LONG = 1 << 16

_Encoder: TypeAlias = Callable[[Any], bytes]
"""Gives the bytes that a value's pointer leads to, where these hold no pointers."""

_BlockPacker: TypeAlias = Callable[[Any, list[bytes], int], tuple[bytes, int]]
"""Takes a value, the contents before it, and the address where they end. Appends what the value's
block points to; gives the block, not appended yet, and its address."""

_ColumnPacker: TypeAlias = Callable[
    [Sequence[Any], list[bytes], int], tuple[tuple[Iterable[int], ...], int]
]
"""Takes values of one type, the contents before them, and the address where they end. Appends all
that the values point to; gives the values' slots, an iterable for each, and the address after."""


def prepare_packing(types: Sequence[InterfaceType], base: int) -> Packer:
    """A packer for the arguments of a call.

    Args:
        types: the parameters' types.
        base: the staging address that the packed bytes are for; all pointers are absolute.

    Returns:
        A callable. It trusts its arguments: one for each type, as runtime/interface/types.py says,
        numbers in range, strings without lone surrogates. It raises OverflowError where the packed
        bytes would not end below 2**32. An empty value's pointer is an address in the buffer or
        its end.

    Raises:
        TypeError: a record holds arrays of itself; how deep it goes is not known beforehand.
        RecursionError: the types nest too deeply for Python's stack, records about 200 deep.
    """
    preparation = _Preparation()
    if not types:
        return lambda _arguments: b""
    if len(types) == 1:
        only = types[0]
        encoder = _encoder(only)
        if encoder is not None:
            return _value_packer(encoder, element_size(only), base)
        if isinstance(only, RecordType):
            return _record_packer(only, preparation, base)
    layout = _layout(types)
    if all(is_fixed(each) for each in types):
        pack_slots = layout.pack
        return lambda arguments: pack_slots(*arguments)
    pack_row = preparation.row_packer(types)
    start = base + layout.size

    def pack(arguments: Sequence[InterfaceValue]) -> bytes | list[bytes]:
        chunks = [b""]
        chunks[0], end = pack_row(arguments, chunks, start)
        return chunks if end - start > _LONG else b"".join(chunks)

    return pack


def _value_packer(encode: _Encoder, element_size: int, base: int) -> Packer:
    slots = struct.Struct("<II")
    pack_slots = slots.pack
    start = base + slots.size
    most = UNSIGNED_32 - start
    short = min(most, _LONG)

    def pack(arguments: Sequence[InterfaceValue]) -> bytes | list[bytes]:
        block = encode(arguments[0])
        length = len(block)
        if length > short:
            if length > most:
                raise _too_large(start + length)
            return [pack_slots(start, length // element_size), block]
        return pack_slots(start, length // element_size) + block

    return pack


def _record_packer(record: RecordType, preparation: "_Preparation", base: int) -> Packer:
    """The record's block comes right after the pointer to it."""
    slot = struct.Struct("<I")
    pointer = slot.pack(base + slot.size)
    start = base + slot.size + _record_layout(record).size
    pack_row = preparation.block_packer(record)

    def pack(arguments: Sequence[InterfaceValue]) -> bytes | list[bytes]:
        chunks = [pointer, b""]
        chunks[1], end = pack_row(arguments[0], chunks, start)
        return chunks if end - start > _LONG else b"".join(chunks)

    return pack


def _too_large(end: int) -> OverflowError:
    return OverflowError(
        f"the packed arguments end at address {end} of staging, "
        f"which pointers of 32 bits reach up to {UNSIGNED_32}"
    )


def _layout(types: Iterable[InterfaceType]) -> struct.Struct:
    return struct.Struct("<" + "".join(memory_format(each) for each in types))


def _record_layout(record: RecordType) -> struct.Struct:
    return _layout(field.type for field in record.fields)


def _encoder(interface_type: InterfaceType) -> _Encoder | None:
    """The encoder of a type without nested pointers, None for others."""
    if interface_type is Scalar.STRING:
        return str.encode
    if is_byte_array(interface_type):
        return bytes
    if not isinstance(interface_type, ArrayType) or not is_fixed(interface_type.element):
        return None
    if interface_type.element is Scalar.BOOL:
        return bytes
    code = memory_format(interface_type.element)
    return lambda elements: struct.pack(f"<{len(elements)}{code}", *elements)


class _Preparation:
    """Remembers the packers of records: types may hold one many times."""

    def __init__(self) -> None:
        self._record_blocks: dict[int, _BlockPacker | None] = {}
        self._record_columns: dict[int, _ColumnPacker | None] = {}

    def row_packer(self, types: Sequence[InterfaceType]) -> _BlockPacker:
        """A packer for values of these types that lie one after another: fields, arguments."""
        pack_slots = _layout(types).pack
        if all(is_fixed(each) for each in types):
            return lambda values, _contents, address: (pack_slots(*values), address)
        if len(types) <= MOST_FIELDS:
            return self._compiled_row_packer(types)
        # From the last to the first: two slots in place of one value move what follows.
        pointed = [
            (at, _encoder(each), self.block_packer(each), element_size(each))
            for at, each in reversed(list(enumerate(types)))
            if not is_fixed(each)
        ]

        def pack_row(
            values: Sequence[InterfaceValue], contents: list[bytes], address: int
        ) -> tuple[bytes, int]:
            slots: list[Any] = [*values]
            for at, encode, pack_block, size in pointed:
                if encode is not None:
                    block = encode(slots[at])
                else:
                    block, address = pack_block(slots[at], contents, address)
                contents.append(block)
                if size:
                    slots[at : at + 1] = address, len(block) // size
                else:
                    slots[at] = address
                address += len(block)
            if address > UNSIGNED_32:
                raise _too_large(address)
            return pack_slots(*slots), address

        return pack_row

    def _compiled_row_packer(self, types: Sequence[InterfaceType]) -> _BlockPacker:
        """A row packer with a variable for each value, its block and the block's address."""
        names: dict[str, object] = {
            "pack_slots": _layout(types).pack,
            "most": UNSIGNED_32,
            "too_large": _too_large,
        }
        slots: list[str] = []
        lines: list[str] = []
        for at, each in enumerate(types):
            if is_fixed(each):
                slots.append(f"v{at}")
                continue
            encoder, size = _encoder(each), element_size(each)
            if encoder is str.encode:
                lines.append(f"b{at} = v{at}.encode()")
            elif encoder is bytes:
                lines.append(f"b{at} = bytes(v{at})")
            elif encoder is not None:
                names[f"encode{at}"] = encoder
                lines.append(f"b{at} = encode{at}(v{at})")
            else:
                names[f"pack{at}"] = self.block_packer(each)
                lines.append(f"b{at}, address = pack{at}(v{at}, contents, address)")
            lines += (f"a{at} = address", f"address += len(b{at})", f"contents.append(b{at})")
            slots.append(f"a{at}")
            if size:
                slots.append(f"len(b{at})" if size == 1 else f"len(b{at}) // {size}")
        body = "\n    ".join(
            [
                f"{as_tuple(variables(len(types)))} = values",
                *lines,
                "if address > most: raise too_large(address)",
                f"return pack_slots({', '.join(slots)}), address",
            ]
        )
        source = f"def convert(values, contents, address):\n    {body}"
        return cast("_BlockPacker", compiled_function(source, names))

    def block_packer(self, interface_type: InterfaceType) -> _BlockPacker:
        """A packer for one value of a type that is not fixed."""
        encode = _encoder(interface_type)
        if encode is not None:
            return lambda value, _contents, address: (encode(value), address)
        if isinstance(interface_type, RecordType):
            return remembered(
                self._record_blocks,
                interface_type,
                lambda record: self.row_packer([field.type for field in record.fields]),
            )
        assert isinstance(interface_type, ArrayType)
        pack_column = self._column_packer(interface_type.element)

        def pack_elements(
            elements: Sequence[Any], contents: list[bytes], address: int
        ) -> tuple[bytes, int]:
            if not elements:
                return b"", address
            columns, address = pack_column(elements, contents, address)
            if address > UNSIGNED_32:
                raise _too_large(address)
            slots = (
                columns[0] if len(columns) == 1 else chain.from_iterable(zip(*columns, strict=True))
            )
            return struct.pack(f"<{len(elements) * len(columns)}I", *slots), address

        return pack_elements

    def _column_packer(self, interface_type: InterfaceType) -> _ColumnPacker:
        """A packer for one or more values of a type that is not fixed."""
        if isinstance(interface_type, RecordType):
            return remembered(self._record_columns, interface_type, self._record_column_packer)
        if interface_type is Scalar.STRING:
            return _pack_strings
        if is_byte_array(interface_type):
            return _pack_byte_arrays
        pack_block = self.block_packer(interface_type)
        size = element_size(interface_type)

        def pack_arrays(
            arrays: Sequence[Sequence[Any]], contents: list[bytes], address: int
        ) -> tuple[tuple[Iterable[int], ...], int]:
            block, address = pack_block([*chain.from_iterable(arrays)], contents, address)
            contents.append(block)
            counts = [len(array) for array in arrays]
            lengths = [count * size for count in counts]
            return (_pointers(address, lengths), counts), address + len(block)

        return pack_arrays

    def _record_column_packer(self, record: RecordType) -> _ColumnPacker:
        layout = _record_layout(record)
        pack_slots = layout.pack
        size = layout.size
        pointed = [
            None if is_fixed(field.type) else self._column_packer(field.type)
            for field in record.fields
        ]

        def pack_records(
            records: Sequence[tuple[Any, ...]], contents: list[bytes], address: int
        ) -> tuple[tuple[Iterable[int], ...], int]:
            slots: list[Iterable[Any]] = []
            for column, pack_column in zip(zip(*records, strict=True), pointed, strict=True):
                if pack_column is None:
                    slots.append(column)
                else:
                    columns, address = pack_column(column, contents, address)
                    slots += columns
            if address > UNSIGNED_32:
                raise _too_large(address)
            block = b"".join(map(pack_slots, *slots))
            contents.append(block)
            end = address + len(block)
            return (range(address, end, size),), end

        return pack_records


def _pack_strings(
    strings: Sequence[str], contents: list[bytes], address: int
) -> tuple[tuple[Iterable[int], ...], int]:
    text = "".join(strings)
    if text.isascii():  # then a string has as many bytes as characters
        return _pack_joined(text.encode(), strings, contents, address)
    return _pack_byte_arrays([string.encode() for string in strings], contents, address)


def _pack_byte_arrays(
    byte_arrays: Sequence[bytes], contents: list[bytes], address: int
) -> tuple[tuple[Iterable[int], ...], int]:
    return _pack_joined(b"".join(byte_arrays), byte_arrays, contents, address)


def _pack_joined(
    block: bytes, parts: Sequence[str] | Sequence[bytes], contents: list[bytes], address: int
) -> tuple[tuple[Iterable[int], ...], int]:
    contents.append(block)
    lengths = [len(part) for part in parts]
    return (_pointers(address, lengths), lengths), address + len(block)


def _pointers(address: int, lengths: list[int]) -> Iterable[int]:
    """Where parts of these lengths lie that follow each other from an address on."""
    return accumulate(lengths[:-1], initial=address)

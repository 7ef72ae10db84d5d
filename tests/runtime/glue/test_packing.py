"""What is packed for staging lies there as the spec's memory layout says, and is unpacked again."""

import struct
from collections.abc import Iterator, Sequence
from math import inf, isnan, nan
from typing import cast

import cffi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.adapters.lift import array_lifter
from runtime.adapters.lower import array_lowerer
from runtime.engine.raw import MemoryView
from runtime.glue.packing import prepare_packing
from runtime.glue.unpacking import prepare_unpacking
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
)
from runtime.linked_module import LinkedModule
from tests.support.homes import instantiate
from tests.support.lifting import lifting
from tests.support.values import TypedValue, typed_values

BASE = 64
_ffi = cffi.FFI()


def record(*types: InterfaceType) -> RecordType:
    return RecordType("Record", tuple(Field(f"field_{at}", each) for at, each in enumerate(types)))


def packed(types: Sequence[InterfaceType], *arguments: InterfaceValue) -> bytes:
    return packed_at(BASE, types, arguments)


def packed_at(
    base: int, types: Sequence[InterfaceType], arguments: Sequence[InterfaceValue]
) -> bytes:
    pieces = prepare_packing(types, base)(arguments)
    return pieces if isinstance(pieces, bytes) else b"".join(pieces)


def staging(content: bytes) -> MemoryView:
    """Staging with the content at the base address, and other bytes around it."""
    data = bytearray(b"\xaa" * BASE + content + b"\xbb" * 40)
    return cast("MemoryView", _ffi.buffer(_ffi.from_buffer(data)))


def round_trip(interface_type: InterfaceType, value: InterfaceValue) -> InterfaceValue:
    content = packed([interface_type], value)
    return prepare_unpacking(interface_type)(staging(content), BASE)


SCALARS = [
    (Scalar.BOOL, True, "01"),
    (Scalar.U8, 0xFE, "fe"),
    (Scalar.U16, 0xFFFE, "feff"),
    (Scalar.U32, 0xFFFFFFFE, "feffffff"),
    (Scalar.U64, 0xFFFFFFFFFFFFFFFE, "feffffffffffffff"),
    (Scalar.S8, -2, "fe"),
    (Scalar.S16, -2, "feff"),
    (Scalar.S32, -2, "feffffff"),
    (Scalar.I32, -2, "feffffff"),
    (Scalar.S64, -2, "feffffffffffffff"),
    (Scalar.I64, -2, "feffffffffffffff"),
    (Scalar.F32, 1.5, "0000c03f"),
    (Scalar.F64, 1.5, "000000000000f83f"),
]


@pytest.mark.parametrize(("scalar", "value", "expected"), SCALARS)
def test_a_scalar_is_its_little_endian_bytes_everywhere(
    scalar: Scalar, value: InterfaceValue, expected: str
) -> None:
    data = bytes.fromhex(expected)
    assert packed([scalar], value) == data
    elements = bytes(cast("list[int]", [value] * 3)) if scalar is Scalar.U8 else [value] * 3
    assert packed([ArrayType(scalar)], elements) == struct.pack("<II", BASE + 8, 3) + data * 3
    assert packed([record(scalar, scalar)], (value, value)) == struct.pack("<I", 68) + data * 2


@pytest.mark.parametrize(("scalar", "value", "expected"), SCALARS)
def test_a_scalar_is_read_from_its_little_endian_bytes(
    scalar: Scalar, value: InterfaceValue, expected: str
) -> None:
    found = prepare_unpacking(scalar)(staging(bytes.fromhex(expected)), BASE)
    assert found == value
    assert type(found) is type(value)


def test_no_arguments_take_no_bytes() -> None:
    assert packed([]) == b""


def test_scalars_follow_each_other_without_padding() -> None:
    types = [Scalar.U8, Scalar.U32, Scalar.BOOL, Scalar.F64]
    assert packed(types, 1, 2, True, 0.5) == struct.pack("<BIBd", 1, 2, 1, 0.5)


@pytest.mark.parametrize(
    ("interface_type", "value", "data"),
    [
        (Scalar.STRING, "añ€😀", "añ€😀".encode()),
        (Scalar.BYTE_ARRAY, b"\x00\xff", b"\x00\xff"),
        (ArrayType(Scalar.U8), b"\x00\xff", b"\x00\xff"),
    ],
)
def test_strings_and_byte_arrays_are_pointer_and_length_in_bytes(
    interface_type: InterfaceType, value: InterfaceValue, data: bytes
) -> None:
    assert packed([interface_type], value) == struct.pack("<II", BASE + 8, len(data)) + data


def test_a_record_lies_behind_its_pointer_and_before_what_it_holds() -> None:
    point = record(Scalar.U8, Scalar.STRING, Scalar.BOOL, Scalar.BYTE_ARRAY)
    fields = BASE + 4
    contents = fields + 18
    assert packed([point], (7, "abc", True, b"xy")) == (
        struct.pack("<I", fields)
        + struct.pack("<BIIBII", 7, contents, 3, 1, contents + 3, 2)
        + b"abcxy"
    )


def test_the_arguments_slots_come_before_their_contents() -> None:
    types: list[InterfaceType] = [
        Scalar.STRING,
        Scalar.U16,
        record(Scalar.S8),
        ArrayType(Scalar.U16),
    ]
    contents = BASE + 22
    assert packed(types, "ab", 5, (-1,), [1, 2]) == (
        struct.pack("<IIHIII", contents, 2, 5, contents + 2, contents + 3, 2)
        + b"ab"
        + b"\xff"
        + struct.pack("<HH", 1, 2)
    )


def test_an_array_of_strings_is_pointers_and_lengths_in_order() -> None:
    contents = BASE + 8
    assert packed([ArrayType(Scalar.STRING)], ["ab", "", "cde"]) == (
        struct.pack("<II", contents + 5, 3)
        + b"abcde"
        + struct.pack("<6I", contents, 2, contents + 2, 0, contents + 2, 3)
    )


def test_an_array_of_arrays_counts_elements() -> None:
    contents = BASE + 8
    assert packed([ArrayType(ArrayType(Scalar.U16))], [[1, 2], [], [3]]) == (
        struct.pack("<II", contents + 6, 3)
        + struct.pack("<3H", 1, 2, 3)
        + struct.pack("<6I", contents, 2, contents + 4, 0, contents + 4, 1)
    )


def test_an_array_of_records_is_pointers_to_their_fields() -> None:
    contents = BASE + 8
    people = ArrayType(record(Scalar.U8, Scalar.STRING))
    assert packed([people], [(1, "ab"), (2, "c")]) == (
        struct.pack("<II", contents + 3 + 18, 2)
        + b"abc"
        + struct.pack("<BIIBII", 1, contents, 2, 2, contents + 2, 1)
        + struct.pack("<II", contents + 3, contents + 12)
    )


@pytest.mark.parametrize(
    ("interface_type", "value"),
    [
        (Scalar.STRING, ""),
        (Scalar.BYTE_ARRAY, b""),
        (ArrayType(Scalar.U8), b""),
        (ArrayType(Scalar.F64), []),
        (ArrayType(Scalar.BOOL), []),
        (ArrayType(Scalar.STRING), []),
        (ArrayType(record(Scalar.STRING)), []),
        (ArrayType(ArrayType(ArrayType(Scalar.U32))), [[], [[]]]),
        (ArrayType(ArrayType(record(Scalar.STRING))), [[], []]),
        (record(ArrayType(Scalar.STRING), Scalar.STRING), ([], "")),
    ],
)
def test_empty_values_come_back_and_point_into_the_buffer(
    interface_type: InterfaceType, value: InterfaceValue
) -> None:
    content = packed([interface_type], value)
    (pointer,) = struct.unpack_from("<I", content)
    assert BASE <= pointer <= BASE + len(content)
    assert round_trip(interface_type, value) == value


def test_a_packer_packs_the_same_each_time() -> None:
    pack = prepare_packing([record(Scalar.STRING, ArrayType(Scalar.STRING))], BASE)
    first = pack([("a", ["b"])])
    pack([("longer", ["texts", "in", "more", "places"])])
    assert pack([("a", ["b"])]) == first


@given(typed_values())
def test_a_value_of_any_type_comes_back_unchanged(typed: TypedValue) -> None:
    found = round_trip(typed.type, typed.value)
    assert found == typed.value
    assert repr(found) == repr(typed.value)  # `True == 1`, so equality alone says too little


@given(st.lists(typed_values(), max_size=5))
def test_each_of_several_arguments_comes_back_from_its_place(values: list[TypedValue]) -> None:
    types = [each.type for each in values]
    memory = staging(packed(types, *(each.value for each in values)))
    address = BASE
    for each in values:
        found = prepare_unpacking(each.type)(memory, address)
        assert repr(found) == repr(each.value)
        address += slot_size(each.type)


def slot_size(interface_type: InterfaceType) -> int:
    """The table of the spec's "Memory layout"."""
    if isinstance(interface_type, RecordType):
        return 4
    sizes = {scalar: len(expected) // 2 for scalar, _value, expected in SCALARS}
    return sizes.get(interface_type, 8) if isinstance(interface_type, Scalar) else 8


def test_big_arrays_come_back() -> None:
    person = record(Scalar.U32, Scalar.STRING, Scalar.BOOL, ArrayType(Scalar.STRING))
    people: list[InterfaceValue] = [
        (number, f"näme {number}", number % 3 == 0, ["x" * (number % 5), "ÿ"] * (number % 4))
        for number in range(10_000)
    ]
    assert round_trip(ArrayType(person), people) == people
    numbers: list[InterfaceValue] = list(range(100_000))
    assert round_trip(ArrayType(Scalar.U64), numbers) == numbers
    text = "tëxt" * 500_000
    assert round_trip(Scalar.STRING, text) == text


@pytest.mark.parametrize("scalar", [Scalar.F32, Scalar.F64])
def test_nan_and_infinities_come_back(scalar: Scalar) -> None:
    found = round_trip(ArrayType(scalar), [nan, inf, -inf, -0.0])
    assert isinstance(found, list)
    assert isnan(cast("float", found[0]))
    assert repr(found[1:]) == "[inf, -inf, -0.0]"
    assert round_trip(record(scalar, Scalar.STRING), (-inf, "x")) == (-inf, "x")


def test_ascii_and_other_strings_mix_in_one_array() -> None:
    strings: list[InterfaceValue] = ["plain", "ünïcode", "", "日本語", "plain", "\0", "😀"]
    assert round_trip(ArrayType(Scalar.STRING), strings) == strings


@pytest.mark.parametrize(
    ("types", "arguments"),
    [
        ([Scalar.STRING], ["12345678"]),
        ([ArrayType(Scalar.U32)], [[1, 2]]),
        ([Scalar.U32, Scalar.STRING], [1, "1234"]),
        ([record(Scalar.STRING)], [("1234",)]),
        ([ArrayType(Scalar.STRING)], [[""]]),
        ([ArrayType(Scalar.STRING)], [["12345678"]]),
        ([ArrayType(record(Scalar.U8))], [[(1,), (2,)]]),
        ([ArrayType(record(Scalar.BYTE_ARRAY))], [[(b"12345678",)]]),
    ],
)
def test_arguments_that_end_beyond_32_bits_are_refused(
    types: list[InterfaceType], arguments: list[InterfaceValue]
) -> None:
    size = len(packed_at(BASE, types, arguments))
    assert len(packed_at(2**32 - 1 - size, types, arguments)) == size
    with pytest.raises(OverflowError, match=r"packed arguments end at address \d+ of staging"):
        prepare_packing(types, 2**32 - size)(arguments)


def test_a_record_that_holds_itself_is_refused() -> None:
    tree = RecordType("Tree")
    tree.fields = (Field("name", Scalar.STRING), Field("children", ArrayType(tree)))
    holder = record(Scalar.U8, ArrayType(tree))
    for each in (tree, ArrayType(tree), holder, ArrayType(holder)):
        with pytest.raises(TypeError, match="the record Tree holds itself"):
            prepare_packing([each], BASE)
        with pytest.raises(TypeError, match="the record Tree holds itself"):
            prepare_unpacking(each)


def test_records_that_hold_others_twice_are_prepared_once_each() -> None:
    doubled = record(Scalar.STRING)
    for _ in range(60):  # 2**60 strings, so preparing each on its own would never end
        doubled = record(doubled, ArrayType(doubled), doubled)
    empty = ArrayType(doubled)
    prepare_packing([doubled], BASE)
    assert round_trip(empty, []) == []


@pytest.mark.parametrize(
    "interface_type",
    [Scalar.STRING, Scalar.BYTE_ARRAY, ArrayType(Scalar.STRING), ArrayType(record(Scalar.STRING))],
)
def test_wrong_pointers_read_nothing_outside_staging(interface_type: InterfaceType) -> None:
    memory = staging(struct.pack("<II", 2**32 - 8, 1))
    try:
        found = prepare_unpacking(interface_type)(memory, BASE)
    except struct.error:
        return
    assert found in ("", b"", [])


@pytest.fixture(scope="module")
def home() -> Iterator[LinkedModule]:
    linked, close = instantiate()
    yield linked
    close()


@settings(deadline=None)
@given(typed=typed_values())
def test_the_interpreter_lifts_what_was_packed(home: LinkedModule, typed: TypedValue) -> None:
    values = elements(typed)
    base = home.allocate(2**16, 1)
    content = packed_at(base, [ArrayType(typed.type)], [values])
    assert len(content) <= 2**16
    home.memory.write(base, content)
    pointer, count = struct.unpack_from("<II", content)
    assert array_lifter(typed.type)(lifting(home.memory), pointer, count) == values


@settings(deadline=None)
@given(typed=typed_values())
def test_what_the_interpreter_lowered_is_unpacked(home: LinkedModule, typed: TypedValue) -> None:
    values = elements(typed)
    lowered = array_lowerer(typed.type)(home.memory, home.allocate, values)
    slots = home.allocate(8, 1)
    home.memory.write(slots, struct.pack("<II", *lowered))
    found = prepare_unpacking(ArrayType(typed.type))(home.memory._view(), slots)
    assert repr(found) == repr(values)


def elements(typed: TypedValue) -> bytes | list[InterfaceValue]:
    """An array that holds the value twice."""
    values = [typed.value, typed.value]
    return bytes(cast("list[int]", values)) if typed.type is Scalar.U8 else values

"""What is lowered into a module's memory is lifted again, allocated in the order of the spec."""

from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings

from runtime.adapters.lift import array_lifter, lift_string, record_lifter
from runtime.adapters.lower import array_lowerer, lower_bytes, record_lowerer
from runtime.errors import AdapterError
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceValue,
    RecordType,
    Scalar,
)
from runtime.linked_module import LinkedModule
from tests.support.homes import instantiate
from tests.support.lifting import lifting
from tests.support.values import TypedValue, typed_values

POINT = RecordType("Point", (Field("x", Scalar.S16), Field("name", Scalar.STRING)))


@pytest.fixture(scope="module")
def home() -> Iterator[LinkedModule]:
    linked, close = instantiate()
    yield linked
    close()


class RecordingAllocate:
    """The module's `allocate`, with a note of every call."""

    def __init__(self, home: LinkedModule) -> None:
        self._allocate = home.allocate
        self.calls: list[tuple[int, int]] = []

    def __call__(self, size: int, tag: int) -> int:
        self.calls.append((size, tag))
        return self._allocate(size, tag)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed_values())
def test_a_value_of_any_type_comes_back_unchanged(home: LinkedModule, typed: TypedValue) -> None:
    lower = array_lowerer(typed.type)
    lift = array_lifter(typed.type)
    values = [typed.value, typed.value]
    elements = bytes(cast("list[int]", values)) if typed.type is Scalar.U8 else values
    pointer, count = lower(home.memory, home.allocate, elements)
    assert count == 2
    assert lift(lifting(home.memory), pointer, count) == elements


def test_an_array_is_allocated_before_what_its_elements_need(home: LinkedModule) -> None:
    allocate = RecordingAllocate(home)
    array_lowerer(Scalar.STRING)(home.memory, allocate, ["ab", "", "cde"])
    assert allocate.calls == [(3 * 8, 3), (2, 1), (0, 1), (3, 1)]


def test_a_record_is_allocated_after_what_its_fields_need(home: LinkedModule) -> None:
    allocate = RecordingAllocate(home)
    outer = RecordType("Outer", (Field("point", POINT), Field("flags", ArrayType(Scalar.BOOL))))
    record_lowerer(outer)(home.memory, allocate, ((7, "seven"), [True, False]))
    assert allocate.calls == [(5, 1), (2 + 8, 1), (2, 0), (4 + 8, 1)]


@pytest.mark.parametrize(
    ("element", "tag", "size"),
    [
        (Scalar.BOOL, 0, 1), (Scalar.U8, 1, 1), (Scalar.U16, 2, 2), (Scalar.U32, 3, 4),
        (Scalar.U64, 4, 8), (Scalar.S8, 5, 1), (Scalar.S16, 6, 2), (Scalar.S32, 7, 4),
        (Scalar.I32, 7, 4), (Scalar.S64, 8, 8), (Scalar.I64, 8, 8), (Scalar.F32, 9, 4),
        (Scalar.F64, 10, 8),
    ],
)  # fmt: skip
def test_numbers_are_allocated_by_their_size_and_tag(
    home: LinkedModule, element: Scalar, tag: int, size: int
) -> None:
    allocate = RecordingAllocate(home)
    elements = b"\1\1\1" if element is Scalar.U8 else [1, 1, 1]
    array_lowerer(element)(home.memory, allocate, elements)
    assert allocate.calls == [(3 * size, tag)]


def test_an_empty_array_is_two_zeros_and_allocates_nothing(home: LinkedModule) -> None:
    allocate = RecordingAllocate(home)
    assert array_lowerer(Scalar.U64)(home.memory, allocate, []) == (0, 0)
    assert allocate.calls == []


def test_a_record_lies_in_memory_without_padding(home: LinkedModule) -> None:
    packed = RecordType("Packed", (Field("a", Scalar.U8), Field("b", Scalar.U32)))
    pointer = record_lowerer(packed)(home.memory, home.allocate, (1, 0x04030201))
    assert home.memory.read(pointer, 5) == bytes([1, 1, 2, 3, 4])


def test_a_record_may_hold_arrays_of_itself(home: LinkedModule) -> None:
    tree = RecordType("Tree")
    tree.fields = (Field("value", Scalar.S32), Field("children", ArrayType(tree)))
    value: tuple[InterfaceValue, ...] = (1, [(2, []), (3, [(4, [])])])
    pointer = record_lowerer(tree)(home.memory, home.allocate, value)
    assert record_lifter(tree)(lifting(home.memory), pointer) == value


def test_any_byte_but_zero_is_true_in_memory(home: LinkedModule) -> None:
    pointer, _ = lower_bytes(home.memory, home.allocate, bytes([0, 1, 2, 255]))
    assert array_lifter(Scalar.BOOL)(lifting(home.memory), pointer, 4) == [False, True, True, True]


@pytest.mark.parametrize("data", [b"\xff", b"ab\xed\xa0\x80", b"\xc0\x80", b"ok\xf0\x9f"])
def test_a_string_that_is_not_utf8_is_refused_with_its_place(
    home: LinkedModule, data: bytes
) -> None:
    pointer, size = lower_bytes(home.memory, home.allocate, data)
    with pytest.raises(AdapterError, match=f"string at pointer {pointer} .* not valid UTF-8"):
        lift_string(home.memory, pointer, size)


def test_a_count_that_overflows_the_address_space_is_refused(home: LinkedModule) -> None:
    with pytest.raises(AdapterError, match="536870913 elements of 8 bytes each is larger than"):
        array_lifter(Scalar.U64)(lifting(home.memory), 16, 2**29 + 1)


@pytest.mark.parametrize("pointer", [-1, -8, 2**31 - 1, 4 * 65536 - 4])
def test_an_array_outside_memory_is_refused(home: LinkedModule, pointer: int) -> None:
    with pytest.raises(AdapterError, match="lie outside the module's memory"):
        array_lifter(Scalar.U64)(lifting(home.memory), pointer, 1)


def test_an_inner_pointer_outside_memory_is_refused(home: LinkedModule) -> None:
    pointer = record_lowerer(
        RecordType("Raw", (Field("pointer", Scalar.U32), Field("length", Scalar.U32)))
    )(home.memory, home.allocate, (2**32 - 1, 2**32 - 1))
    with pytest.raises(AdapterError, match="pointer 4294967295 and length 4294967295 lie outside"):
        array_lifter(Scalar.STRING)(lifting(home.memory), pointer, 1)


def test_memory_that_grows_while_a_value_is_lowered_is_written_rightly() -> None:
    home, close = instantiate()
    texts = [chr(97 + number % 26) * 40_000 for number in range(30)]
    before = home.memory.size
    pointer, count = array_lowerer(Scalar.STRING)(home.memory, home.allocate, texts)
    assert home.memory.size > before
    assert array_lifter(Scalar.STRING)(lifting(home.memory), pointer, count) == texts
    close()

"""Dataclasses as arguments and as results."""

from collections import UserList, deque
from dataclasses import dataclass
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import ArgumentsError
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    Signature,
)
from runtime.json_values import (
    NOT_PLAIN,
    PythonValue,
    arguments_to_values,
    prepare_arguments,
    prepare_result,
)
from runtime.python_types.record_classes import record_class
from tests.support.values import interface_types, values_of

PAIR = RecordType("Pair", (Field("x", Scalar.U8), Field("text", Scalar.STRING)))
KEYWORD = RecordType("Keyword", (Field("class", Scalar.U8),))
EMPTY = RecordType("Empty")
WIDE = RecordType("Wide", tuple(Field(f"f{index}", Scalar.U8) for index in range(100)))


@dataclass
class Pair:
    text: str
    x: int
    more: object = None


@dataclass
class Incomplete:
    x: int


@dataclass
class Nothing:
    pass


class NoDataclass:
    x = 1
    text = "a"


def values(
    kind: InterfaceType, *arguments: object, from_json: bool = False
) -> tuple[InterfaceValue, ...]:
    signature = Signature((Field("p", kind),), None)
    given: list[PythonValue] = [*arguments]  # type: ignore[list-item]
    return arguments_to_values(signature, given, module="m", function="f", from_json=from_json)


def problems(kind: InterfaceType, argument: object) -> list[str]:
    with pytest.raises(ArgumentsError) as raised:
        values(kind, argument)
    return list(map(str, raised.value.problems))


def test_any_dataclass_with_the_fields_is_a_record() -> None:
    assert values(PAIR, Pair("a", 1)) == ((1, "a"),)
    assert values(PAIR, record_class(PAIR)(1, "a")) == ((1, "a"),)
    assert values(ArrayType(PAIR), [Pair("a", 1), (2, "b"), {"x": 3, "text": "c"}]) == (
        [(1, "a"), (2, "b"), (3, "c")],
    )


def test_the_quick_way_takes_dataclasses_too() -> None:
    accept = prepare_arguments(Signature((Field("p", PAIR),), None))
    assert accept([Pair("a", 1)]) == ((1, "a"),)
    assert accept(Pair("a", 1)) == ((1, "a"),)
    for other in (Incomplete(1), NoDataclass(), Pair, Pair("a", 300)):
        with pytest.raises(NOT_PLAIN):
            accept([other])  # type: ignore[list-item]


def test_fields_are_found_by_their_python_names() -> None:
    made = record_class(KEYWORD)
    assert values(KEYWORD, made(class_=3)) == ((3,),)
    assert problems(KEYWORD, made(class_=300)) == ["args[0].class: expected u8 (0 to 255), got 300"]


def test_records_may_have_no_fields_or_many() -> None:
    assert values(EMPTY, Nothing()) == ((),)
    assert values(WIDE, record_class(WIDE)(*range(100))) == (tuple(range(100)),)
    wrong = record_class(WIDE)(*range(99), "x")
    assert problems(WIDE, wrong) == ["args[0].f99: expected u8 (0 to 255), got the string 'x'"]


def test_what_a_dataclass_lacks_is_named_with_its_class() -> None:
    assert problems(PAIR, Incomplete(1)) == [
        (
            "args[0]: expected Pair (a dataclass with x, text), got an instance of Incomplete, "
            "which lacks text"
        )
    ]
    assert problems(ArrayType(PAIR), [Nothing()]) == [
        (
            "args[0][0]: expected Pair (a dataclass with x, text), got an instance of Nothing, "
            "which lacks x, text"
        )
    ]


def test_wrong_values_in_a_dataclass_have_their_paths() -> None:
    assert problems(PAIR, Pair("a", 300)) == ["args[0].x: expected u8 (0 to 255), got 300"]
    assert problems(PAIR, Pair(5, -1)) == [  # type: ignore[arg-type]
        "args[0].x: expected u8 (0 to 255), got -1",
        "args[0].text: expected string, got 5",
    ]


def test_what_is_no_instance_of_a_dataclass_is_no_record() -> None:
    expected = "args[0]: expected Pair (an object with x, text), got a value of the Python type "
    assert problems(PAIR, NoDataclass()) == [f"{expected}NoDataclass"]
    assert problems(PAIR, Pair) == [f"{expected}type"]
    assert problems(Scalar.U8, Pair("a", 1)) == [
        "args[0]: expected u8 (0 to 255), got a value of the Python type Pair"
    ]


def test_a_dataclass_is_a_record_and_not_the_arguments_by_name() -> None:
    signature = Signature(PAIR.fields, None)
    with pytest.raises(ArgumentsError, match="requires 2 arguments, 1 provided"):
        arguments_to_values(signature, Pair("a", 1), module="m", function="f", from_json=False)
    wide = Signature(WIDE.fields, None)
    with pytest.raises(ArgumentsError, match="requires 100 arguments, 1 provided"):
        arguments_to_values(
            wide, record_class(WIDE)(*range(100)), module="m", function="f", from_json=False
        )


def test_results_become_dataclasses() -> None:
    made = record_class(PAIR)
    convert = prepare_result(ArrayType(PAIR), json=False, record_class=record_class)
    assert convert is not None
    assert convert([(1, "a"), (2, "b")]) == [made(1, "a"), made(2, "b")]
    wide = prepare_result(WIDE, json=False, record_class=record_class)
    assert wide is not None
    assert wide(tuple(range(100))) == record_class(WIDE)(*range(100))


def test_results_become_classes_whose_fields_have_another_order() -> None:
    convert = prepare_result(PAIR, json=False, record_class=lambda _record: Pair)
    assert convert is not None
    assert convert((1, "a")) == Pair("a", 1)


@given(st.data())
def test_a_result_of_dataclasses_is_accepted_as_the_same_value(data: st.DataObject) -> None:
    kind = data.draw(interface_types())
    value = data.draw(values_of(kind, infinities=False))
    convert = prepare_result(kind, json=False, record_class=record_class)
    result = value if convert is None else convert(value)
    again = values(kind, result)
    assert again == (value,)


@pytest.mark.parametrize(
    ("wanted", "value", "lifted"),
    [
        (ArrayType(Scalar.U32), range(3), [0, 1, 2]),
        (Scalar.BYTE_ARRAY, deque([1, 2]), b"\1\2"),
        (PAIR, MappingProxyType({"x": 1, "text": "a"}), (1, "a")),
        (PAIR, UserList([1, "a"]), (1, "a")),
    ],
)
def test_any_sequence_and_mapping_of_python_is_accepted(
    wanted: InterfaceType, value: PythonValue, lifted: InterfaceValue
) -> None:
    signature = Signature((Field("value", wanted),), None)
    for arguments in ([value], deque([value]), MappingProxyType({"value": value})):
        assert arguments_to_values(
            signature, arguments, module="m", function="f", from_json=False
        ) == (lifted,)


def test_what_is_neither_is_refused() -> None:
    signature = Signature((Field("value", ArrayType(Scalar.U32)),), None)
    with pytest.raises(ArgumentsError, match="got a value of the Python type set"):
        arguments_to_values(
            signature,
            [{1, 2}],  # type: ignore[list-item]
            module="m",
            function="f",
            from_json=False,
        )

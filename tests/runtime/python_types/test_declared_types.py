"""What Python annotations declare, and what is refused with what would be right."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Annotated, Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import (
    F32,
    F64,
    S8,
    S16,
    S32,
    S64,
    U8,
    U16,
    U32,
    U64,
    ArrayType,
    Field,
    InterfaceType,
    RecordType,
    Scalar,
)
from runtime.interface.types import InterfaceValue, same_type
from runtime.python_types.declared_types import UndeclarableType, declared_type


@dataclass(frozen=True)
class Point:
    x: U8
    y: F32


@dataclass
class Tree:
    name: str
    children: "list[Tree]"


@dataclass
class Parent:
    children: "list[Child]"


@dataclass
class Child:
    nearest: Parent
    others: tuple[Parent, ...]


@dataclass
class Endless:
    other: "EndlessToo"


@dataclass
class EndlessToo:
    many: "list[Endless]"
    one: Endless


@dataclass
class ByName:
    first: str
    _: KW_ONLY
    second: Point


POINT = RecordType("Point", (Field("x", Scalar.U8), Field("y", Scalar.F32)))


@pytest.mark.parametrize(
    ("annotation", "declared"),
    [
        (bool, Scalar.BOOL),
        (int, Scalar.S64),
        (float, Scalar.F64),
        (str, Scalar.STRING),
        (bytes, Scalar.BYTE_ARRAY),
        (S8, Scalar.S8),
        (S16, Scalar.S16),
        (S32, Scalar.S32),
        (S64, Scalar.S64),
        (U8, Scalar.U8),
        (U16, Scalar.U16),
        (U32, Scalar.U32),
        (U64, Scalar.U64),
        (F32, Scalar.F32),
        (F64, Scalar.F64),
        (Annotated[str, "a remark"], Scalar.STRING),
        (list[str], ArrayType(Scalar.STRING)),
        (Sequence[U32], ArrayType(Scalar.U32)),
        (tuple[bytes, ...], ArrayType(Scalar.BYTE_ARRAY)),
        (list[list[bool]], ArrayType(ArrayType(Scalar.BOOL))),
        (Point, POINT),
        (list[Point], ArrayType(POINT)),
        (Scalar.U16, Scalar.U16),
        (ArrayType(Scalar.U8), ArrayType(Scalar.U8)),
        (list[POINT], ArrayType(POINT)),  # type: ignore[valid-type]
    ],
)
def test_each_annotation_declares_its_type(annotation: object, declared: InterfaceType) -> None:
    assert same_type(declared_type(annotation).interface, declared)


def test_a_record_has_the_name_and_the_fields_of_its_dataclass() -> None:
    record = declared_type(Point).interface
    assert isinstance(record, RecordType)
    assert record.name == "Point"
    assert record.fields == POINT.fields


def test_a_dataclass_may_hold_lists_of_itself() -> None:
    declared = declared_type(Tree)
    tree = declared.interface
    assert isinstance(tree, RecordType)
    assert tree.fields[1].type == ArrayType(tree)
    assert declared.to_python is not None
    leaf: InterfaceValue = ("leaf", [])
    made = declared.to_python(("root", [leaf, leaf]))
    assert made == Tree("root", [Tree("leaf", []), Tree("leaf", [])])


def test_dataclasses_may_hold_each_other_where_an_array_is_between() -> None:
    declared = declared_type(Parent)
    assert declared.to_python is not None
    value: InterfaceValue = ([(([],), [([],)])],)
    assert declared.to_python(value) == Parent([Child(Parent([]), (Parent([]),))])


def test_fields_that_are_given_by_name_only_are_fields_like_others() -> None:
    declared = declared_type(ByName)
    assert declared.to_python is not None
    assert declared.to_python(("a", (1, 2.0))) == ByName("a", second=Point(1, 2.0))


def test_a_record_type_gives_dicts_as_calls_do() -> None:
    declared = declared_type(ArrayType(POINT))
    assert declared.to_python is not None
    assert declared.to_python([(1, 2.0)]) == [{"x": 1, "y": 2.0}]


@given(st.lists(st.tuples(st.integers(0, 255), st.floats(width=32, allow_nan=False))))
def test_values_become_what_was_annotated(values: list[tuple[int, float]]) -> None:
    as_list, as_tuple = declared_type(list[Point]), declared_type(tuple[Point, ...])
    assert as_list.to_python is not None
    assert as_tuple.to_python is not None
    points = [Point(x, y) for x, y in values]
    assert as_list.to_python(list(values)) == points
    assert as_tuple.to_python(list(values)) == tuple(points)


def test_values_that_are_what_was_annotated_stay_as_they_are() -> None:
    annotations = (str, U64, bytes, list[str], Sequence[list[F32]], Scalar.BOOL)
    assert [declared_type(each).to_python for each in annotations] == [None] * len(annotations)


@dataclass
class WithDict:
    inner: dict[str, int]


@dataclass
class WithPrivateField:
    _x: int


@dataclass
class WithUndefined:
    x: "Nowhere"  # type: ignore[name-defined]  # noqa: F821


@dataclass
class WithFieldOutsideOfInit:
    x: int
    y: int = field(init=False)


@dataclass
class WithInitVar:
    x: int
    y: InitVar[int]


@pytest.mark.parametrize(
    ("annotation", "problem"),
    [
        (dict, "dict is no interface type: expected bool, int (s64), float (f64), str, bytes, "),
        (dict[str, int], "dict[str, int] is no interface type"),
        (object, "object is no interface type"),
        (Any, "Any is no interface type"),
        ("text", "'text' is no interface type"),
        (list, "list is no interface type: expected the type of its elements too, such as"),
        (tuple, "expected the type of its elements too"),
        (Sequence, "expected the type of its elements too"),
        (
            Optional[str],  # noqa: UP045 - people still write it
            "Optional[str] is no interface type: expected one type, because no value",
        ),
        (int | str, "int | str is no interface type: expected one type"),
        (tuple[int, str], "tuple[int, str] has a fixed length: expected tuple[…, ...] or a"),
        (tuple[()], "tuple"),
        (list[U8], "list[U8] is a byte array: expected bytes"),
        (Annotated[str, Scalar.U8], "str cannot be annotated with u8: expected one width, of int"),
        (Annotated[U8, Scalar.U16], "int cannot be annotated with u8 and u16"),
        (Annotated[bool, Scalar.U8], "bool cannot be annotated with u8"),
        (list[WithDict], "field 'inner' of WithDict: dict[str, int] is no interface type"),
        (WithPrivateField, "field '_x' of WithPrivateField: expected a name without underscores"),
        (WithUndefined, "WithUndefined: 'Nowhere' in an annotation is not defined"),
        (WithFieldOutsideOfInit, "WithFieldOutsideOfInit cannot be made of the values of its"),
        (WithInitVar, "WithInitVar cannot be made of the values of its fields: missing a required"),
        (Endless, "holds itself, without end: expected list[Endless"),
    ],
    ids=str,
)
def test_what_is_no_interface_type_is_refused_with_what_would_be_right(
    annotation: object, problem: str
) -> None:
    with pytest.raises(UndeclarableType) as raised:
        declared_type(annotation)
    assert problem in str(raised.value)

"""Conversions prepared for a signature: the quick way of arguments, and results."""

import pytest

from runtime.errors import CallError
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
from tests.support.results import result_to_json, result_to_python

PAIR = RecordType("Pair", (Field("x", Scalar.U8), Field("text", Scalar.STRING)))
EMPTY = RecordType("Empty")
TREE = RecordType("Tree")
TREE.fields = (Field("value", Scalar.U8), Field("children", ArrayType(TREE)))
HOSTILE_NAMES = RecordType(
    "H", (Field('"}\n\\', Scalar.U8), Field("value", Scalar.U8), Field("import os\0ü", Scalar.U8))
)
SAME_NAMES = RecordType("S", (Field("a", Scalar.U8), Field("a", Scalar.U16)))


def signature(*types: InterfaceType) -> Signature:
    return Signature(tuple(Field(f"p{index}", kind) for index, kind in enumerate(types)), None)


@pytest.mark.parametrize(
    ("types", "arguments", "values"),
    [
        ((), [], ()),
        ((), {}, ()),
        ((), None, ()),
        ((), (), ()),
        ((Scalar.STRING,), ["é"], ("é",)),
        ((Scalar.STRING,), "x", ("x",)),
        ((Scalar.STRING,), {"p0": "x"}, ("x",)),
        ((Scalar.BYTE_ARRAY,), b"ab", (b"ab",)),
        ((Scalar.S8, Scalar.BOOL), [-128, False], (-128, False)),
        ((Scalar.S8, Scalar.BOOL), {"p1": True, "p0": 127}, (127, True)),
        ((PAIR,), [{"text": "t", "x": 1}], ((1, "t"),)),
        ((PAIR,), [[1, "t"]], ((1, "t"),)),
        ((PAIR,), {"p0": (1, "t")}, ((1, "t"),)),
        ((ArrayType(PAIR),), [[{"x": 1, "text": ""}, [2, "b"]]], ([(1, ""), (2, "b")],)),
        ((EMPTY,), [{}], ((),)),
        ((EMPTY, EMPTY), [[], {}], ((), ())),
        ((TREE,), [{"value": 1, "children": [[2, []]]}], ((1, [(2, [])]),)),
        ((HOSTILE_NAMES,), [{'"}\n\\': 1, "value": 2, "import os\0ü": 3}], ((1, 2, 3),)),
        ((SAME_NAMES,), [[1, 300]], ((1, 300),)),
        ((Scalar.F32,), [0.1], (0.10000000149011612,)),
        ((Scalar.F64,), [2**70], (2.0**70,)),
    ],
)
def test_plain_arguments_are_converted(
    types: tuple[InterfaceType, ...], arguments: PythonValue, values: tuple[InterfaceValue, ...]
) -> None:
    assert repr(prepare_arguments(signature(*types))(arguments)) == repr(values)


@pytest.mark.parametrize(
    ("types", "arguments"),
    [
        ((), [1]),
        ((), {"a": 1}),
        ((), 1),
        ((Scalar.STRING,), None),
        ((Scalar.STRING,), []),
        ((Scalar.STRING,), ["a", "b"]),
        ((Scalar.STRING,), [["a"]]),
        ((Scalar.STRING,), ["\ud800"]),
        ((Scalar.STRING,), {"p1": "a"}),
        ((Scalar.STRING,), {"p0": "a", "p1": "b"}),
        ((Scalar.U8,), [256]),
        ((Scalar.U8,), [True]),
        ((Scalar.U8,), [1.0]),
        ((Scalar.BOOL,), [1]),
        ((Scalar.F64,), [float("nan")]),
        ((Scalar.F64,), [float("-inf")]),
        ((Scalar.F64,), [10**400]),
        ((Scalar.F64,), [True]),
        ((Scalar.F32,), [1e39]),
        ((Scalar.F32,), [2**200]),
        ((Scalar.F32,), [10**400]),
        ((ArrayType(Scalar.F32),), [[10**400]]),
        ((ArrayType(Scalar.F64),), [7]),
        ((ArrayType(Scalar.S8),), [[1, True]]),
        ((ArrayType(Scalar.STRING),), [["a", "\udfff"]]),
        ((Scalar.BYTE_ARRAY,), [[256]]),
        ((Scalar.BYTE_ARRAY,), [[True]]),
        ((Scalar.U8, Scalar.U8), 1),
        ((Scalar.U8, Scalar.U8), None),
        ((PAIR,), [{"x": 1}]),
        ((PAIR,), [{"x": 1, "y": "t"}]),
        ((PAIR,), [[1]]),
        ((PAIR,), ["xy"]),
        ((SAME_NAMES,), [{"a": 1}]),
    ],
)
def test_arguments_that_are_not_plain_are_left_to_the_full_check(
    types: tuple[InterfaceType, ...], arguments: PythonValue
) -> None:
    with pytest.raises(NOT_PLAIN):
        prepare_arguments(signature(*types))(arguments)


def wide_record(count: int) -> tuple[RecordType, tuple[InterfaceValue, ...]]:
    kinds: list[tuple[InterfaceType, InterfaceValue]] = [
        (Scalar.U16, 300),
        (Scalar.F64, 0.5),
        (Scalar.STRING, "ü"),
        (Scalar.BYTE_ARRAY, b"\1"),
        (ArrayType(PAIR), [(1, "a")]),
    ]
    chosen = [kinds[index % 5] for index in range(count)]
    record = RecordType("W", tuple(Field(f"f{i}", kind) for i, (kind, _) in enumerate(chosen)))
    return record, tuple(value for _, value in chosen)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 1_000])
def test_records_of_any_width_are_converted_alike(count: int) -> None:
    record, value = wide_record(count)
    for json in (True, False):
        convert = prepare_result(record, json=json)
        assert convert is not None
        result = convert(value)
        assert isinstance(result, dict)
        assert [*result] == [f"f{index}" for index in range(count)]
        take = prepare_arguments(signature(record))
        assert take([result]) == take([[*result.values()]]) == (value,)
        with pytest.raises(NOT_PLAIN):
            take([{**result, "one": 1}])
        with pytest.raises(NOT_PLAIN):
            take([[*result.values(), 1]])
        with pytest.raises(NOT_PLAIN):
            take([{**result, "f0": -1}])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (HOSTILE_NAMES, (1, 2, 3)),
        (EMPTY, ()),
        (SAME_NAMES, (1, 2)),
        (ArrayType(EMPTY), [(), ()]),
        (TREE, (1, [(2, []), (3, [(4, [])])])),
    ],
)
def test_prepared_results_are_those_of_the_other_functions(
    kind: InterfaceType, value: InterfaceValue
) -> None:
    in_json, in_python = prepare_result(kind, json=True), prepare_result(kind, json=False)
    assert in_json is not None
    assert in_python is not None
    assert in_json(value) == result_to_json(kind, value)
    assert in_python(value) == result_to_python(kind, value)


def test_fields_keep_their_names_whatever_these_are() -> None:
    convert = prepare_result(HOSTILE_NAMES, json=True)
    assert convert is not None
    assert convert((1, 2, 3)) == {'"}\n\\': 1, "value": 2, "import os\0ü": 3}


@pytest.mark.parametrize("kind", [None, Scalar.STRING, Scalar.U64, ArrayType(Scalar.S16)])
def test_what_stays_as_it_is_needs_no_conversion(kind: InterfaceType | None) -> None:
    assert prepare_result(kind, json=True) is None
    assert prepare_result(kind, json=False) is None


def test_bytes_and_floats_stay_as_they_are_for_python_only() -> None:
    for kind in (Scalar.F32, Scalar.BYTE_ARRAY, ArrayType(Scalar.F64)):
        assert prepare_result(kind, json=False) is None
        assert prepare_result(kind, json=True) is not None


def test_types_that_nest_beyond_the_stack_are_refused_as_values_are() -> None:
    kind: InterfaceType = Scalar.BYTE_ARRAY
    for _ in range(5_000):
        kind = ArrayType(kind)
    convert = prepare_result(kind, json=True)
    assert convert is not None
    with pytest.raises(CallError, match="the result nests too deeply"):
        convert([])
    with pytest.raises(NOT_PLAIN):
        prepare_arguments(signature(kind))([[]])


def test_arguments_nested_too_deeply_are_not_plain() -> None:
    value: PythonValue = {"value": 0, "children": []}
    for _ in range(10_000):
        value = {"value": 0, "children": [value]}
    with pytest.raises(NOT_PLAIN):
        prepare_arguments(signature(TREE))([value])


def test_arguments_nested_hundreds_deep_are_converted() -> None:
    value: PythonValue = [0, []]
    expected: InterfaceValue = (0, [])
    for _ in range(150):
        value = {"value": 0, "children": [value]}
        expected = (0, [expected])
    assert prepare_arguments(signature(TREE))([value]) == (expected,)
    assert arguments_to_values(
        signature(TREE), [value], module="m", function="f", from_json=True
    ) == (expected,)

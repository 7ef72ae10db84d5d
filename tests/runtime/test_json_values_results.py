import json

import pytest

from runtime.errors import CallError
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
)
from runtime.json_values import JsonValue, PythonValue
from tests.support.results import result_to_json, result_to_python

BYTES = ArrayType(Scalar.U8)
INNER = RecordType("Inner", (Field("z", Scalar.F32), Field("a", BYTES)))
OUTER = RecordType("Outer", (Field("name", Scalar.STRING), Field("inner", ArrayType(INNER))))
TREE = RecordType("Tree")
TREE.fields = (Field("value", Scalar.U8), Field("children", ArrayType(TREE)))


@pytest.mark.parametrize(
    ("result_type", "value", "in_json", "in_python"),
    [
        (None, None, None, None),
        (Scalar.BOOL, True, True, True),
        (Scalar.S64, -(2**63), -(2**63), -(2**63)),
        (Scalar.F64, 1.5, 1.5, 1.5),
        (Scalar.STRING, "Hi", "Hi", "Hi"),
        (BYTES, b"\0\xff", [0, 255], b"\0\xff"),
        (Scalar.BYTE_ARRAY, b"", [], b""),
        (ArrayType(Scalar.STRING), ["a"], ["a"], ["a"]),
        (ArrayType(BYTES), [b"a", b""], [[97], []], [b"a", b""]),
        (
            OUTER,
            ("x", [(0.5, b"a")]),
            {"name": "x", "inner": [{"z": 0.5, "a": [97]}]},
            {"name": "x", "inner": [{"z": 0.5, "a": b"a"}]},
        ),
        (
            TREE,
            (1, [(2, [])]),
            {"value": 1, "children": [{"value": 2, "children": []}]},
            {"value": 1, "children": [{"value": 2, "children": []}]},
        ),
    ],
)
def test_results_are_converted_by_their_type(
    result_type: InterfaceType | None,
    value: InterfaceValue | None,
    in_json: JsonValue,
    in_python: PythonValue,
) -> None:
    assert result_to_json(result_type, value) == in_json
    assert result_to_python(result_type, value) == in_python


def test_fields_keep_the_order_of_the_record() -> None:
    in_json = result_to_json(ArrayType(INNER), [(0.5, b"a")])
    assert json.dumps(in_json) == '[{"z": 0.5, "a": [97]}]'


@pytest.mark.parametrize(
    ("value", "name"),
    [(float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity")],
)
def test_nan_and_infinities_are_strings_in_json_and_themselves_in_python(
    value: float, name: str
) -> None:
    for scalar in (Scalar.F32, Scalar.F64):
        assert result_to_json(scalar, value) == name
        assert result_to_json(ArrayType(scalar), [0.5, value]) == [0.5, name]
        assert result_to_json(INNER, (value, b"")) == {"z": name, "a": []}
        assert result_to_python(scalar, value) is value


def test_results_nested_hundreds_deep_are_converted() -> None:
    value: InterfaceValue = (0, [])
    for _ in range(150):  # a record and an array each
        value = (0, [value])
    assert json.dumps(result_to_json(TREE, value)).count('"value": 0') == 151


def test_results_nested_too_deeply_are_an_error_like_any_other() -> None:
    value: InterfaceValue = (0, [])
    for _ in range(100_000):
        value = (0, [value])
    for convert in (result_to_json, result_to_python):
        with pytest.raises(CallError, match="the result nests too deeply"):
            convert(TREE, value)

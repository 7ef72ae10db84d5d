"""The result of a call: from an interface value to JSON or Python values."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, isnan
from typing import TypeAlias, cast

from runtime.errors import CallError
from runtime.interface.types import (
    ArrayType,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    is_byte_array,
)
from runtime.json_values.value_types import JsonValue, PythonValue

_Converter: TypeAlias = Callable[[InterfaceValue], PythonValue]


def result_to_json(result_type: InterfaceType | None, value: InterfaceValue | None) -> JsonValue:
    """The result of a call as JSON: records as objects in field order, byte arrays as numbers.

    NaN and infinities, which JSON lacks, become the strings "NaN", "Infinity" and "-Infinity".
    Everything else is accepted back as an argument and gives the same interface value.

    Args:
        result_type: the result's type; None for a function without result.
        value: a value of the type; None without one. Parts of it are shared with what is returned.

    Raises:
        CallError: the value nests too deeply for Python's stack.
    """
    return cast("JsonValue", _convert(result_type, value, _JSON))


def result_to_python(
    result_type: InterfaceType | None, value: InterfaceValue | None
) -> PythonValue:
    """The result of a call for Python: records as dicts in field order, byte arrays as `bytes`.

    Arguments, sharing and errors are those of `result_to_json`.
    """
    return _convert(result_type, value, _PYTHON)


@dataclass(frozen=True, slots=True)
class _Target:
    """How values without parts are converted; None where they stay as they are."""

    byte_array: _Converter | None
    float: _Converter | None
    floats: _Converter | None


def _convert(
    result_type: InterfaceType | None, value: InterfaceValue | None, target: _Target
) -> PythonValue:
    if result_type is None or value is None:
        return None
    try:
        convert = _prepared(result_type, target)
        return _unchanged(value) if convert is None else convert(value)
    except RecursionError as error:
        raise CallError("the result nests too deeply for the stack of Python") from error


def _unchanged(value: InterfaceValue) -> PythonValue:
    return cast("PythonValue", value)


def _numbers(value: InterfaceValue) -> PythonValue:
    return list(cast("bytes", value))


def _json_float(value: InterfaceValue) -> PythonValue:
    number = cast("float", value)
    if isfinite(number):
        return number
    if isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def _json_floats(value: InterfaceValue) -> PythonValue:
    numbers = cast("list[float]", value)
    return numbers if all(map(isfinite, numbers)) else [_json_float(number) for number in numbers]


_JSON = _Target(byte_array=_numbers, float=_json_float, floats=_json_floats)
_PYTHON = _Target(byte_array=None, float=None, floats=None)


@lru_cache(maxsize=1024)
def _prepared(result_type: InterfaceType, target: _Target) -> _Converter | None:
    return _converter(result_type, target, {})


def _converter(
    source: InterfaceType, target: _Target, memo: dict[int, _Converter]
) -> _Converter | None:
    """The converter from a type, or None where its values stay as they are.

    Args:
        source: the type.
        target: what to convert to.
        memo: converters of records by the record's id; a record that holds arrays of itself is
            found here while its own converter is being prepared.
    """
    if is_byte_array(source):
        return target.byte_array
    if source is Scalar.F32 or source is Scalar.F64:
        return target.float
    if isinstance(source, RecordType):
        return memo.get(id(source)) or _record(source, target, memo)
    if isinstance(source, ArrayType):
        if source.element is Scalar.F32 or source.element is Scalar.F64:
            return target.floats
        element = _converter(source.element, target, memo)
        return None if element is None else _array(element)
    return None


def _array(element: _Converter) -> _Converter:
    def convert(value: InterfaceValue) -> PythonValue:
        return list(map(element, cast("list[InterfaceValue]", value)))

    return convert


def _record(source: RecordType, target: _Target, memo: dict[int, _Converter]) -> _Converter:
    names = tuple(field.name for field in source.fields)
    changed: list[tuple[str, int, _Converter]] = []

    def convert(value: InterfaceValue) -> PythonValue:
        parts = cast("tuple[InterfaceValue, ...]", value)
        converted: dict[str, PythonValue] = dict(zip(names, parts, strict=True))
        for name, index, item in changed:
            converted[name] = item(parts[index])
        return converted

    memo[id(source)] = convert
    for index, field in enumerate(source.fields):
        item = _converter(field.type, target, memo)
        if item is not None:
            changed.append((field.name, index, item))
    return convert

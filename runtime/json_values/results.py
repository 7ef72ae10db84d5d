"""The result of a call: from an interface value to JSON or Python values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite, isnan
from sys import float_info
from typing import TypeAlias, cast

from runtime.compiled_function import (
    MOST_FIELDS,
    as_tuple,
    compiled_function,
    variables,
)
from runtime.errors import CallError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import (
    ArrayType,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    is_byte_array,
)
from runtime.json_values.value_types import PythonValue
from runtime.python_names import python_names

_Converter: TypeAlias = Callable[[InterfaceValue], PythonValue]


def prepare_result(
    result_type: InterfaceType | None,
    *,
    json: bool,
    record_class: Callable[[RecordType], type] | None = None,
) -> Callable[[InterfaceValue], PythonValue] | None:
    """Prepare the conversion of results of one type, for JSON or for Python.

    In JSON, records are objects in field order, and byte arrays are arrays of numbers; NaN and
    infinities, which JSON lacks, become the strings "NaN", "Infinity" and "-Infinity". For Python,
    records are dicts or dataclasses, and byte arrays `bytes`. Everything but these strings is
    accepted back as an argument and gives the same interface value.

    Args:
        result_type: the result's type; its record types are complete. None for a function without
            result.
        json: whether the results become JSON.
        record_class: gives the dataclasses that records become, of which it is asked at once; their
            fields have the names that `python_names` gives. Without it records become dicts.

    Returns:
        A function from the result to what the caller gets, which shares parts of it; it raises a
        `CallError` where the result nests too deeply for Python's stack. None where results stay as
        they are.
    """
    if result_type is None:
        return None
    target = replace(_TARGETS[json], record_class=record_class)
    try:
        convert = _converter(result_type, target, {})
    except RecursionError:
        # Types nest up to 1,024 deep; calls from where more of the stack is left may succeed.
        return _guarded(partial(_convert_unprepared, result_type, target))
    return None if convert is None else _guarded(convert)


def _guarded(convert: _Converter) -> _Converter:
    def guarded(value: InterfaceValue) -> PythonValue:
        try:
            return convert(value)
        except RecursionError as error:
            raise CallError("the result nests too deeply for the stack of Python") from error

    return guarded


@frozen_dataclass
class _Target:
    """How values without parts are converted; None where they stay as they are.

    `float_in_record` is the source that converts the variable `v` in place, and `record_class`
    gives the dataclasses that records become, where these do not become dicts.
    """

    byte_array: _Converter | None
    float: _Converter | None
    floats: _Converter | None
    float_in_record: str
    record_class: Callable[[RecordType], type] | None = None


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


# NaN and infinities fail the comparison.
_JSON_FLOAT_IN_RECORD = """
    if not -largest <= {v} <= largest:
        {v} = json_float({v})"""

_JSON = _Target(
    byte_array=_numbers,
    float=_json_float,
    floats=_json_floats,
    float_in_record=_JSON_FLOAT_IN_RECORD,
)
_PYTHON = _Target(byte_array=None, float=None, floats=None, float_in_record="")
_TARGETS = {True: _JSON, False: _PYTHON}
"""By whether the result becomes JSON."""


@dataclass(slots=True)
class _Record:
    """The converter of a record, to be referred to before it is made."""

    convert: _Converter


_Memo: TypeAlias = dict[int, _Record]
"""Records by the id of their type: one that holds arrays of itself is found here meanwhile."""


def _convert_unprepared(
    result_type: InterfaceType, target: _Target, value: InterfaceValue
) -> PythonValue:
    convert = _converter(result_type, target, {})
    return _unchanged(value) if convert is None else convert(value)


def _unchanged(value: InterfaceValue) -> PythonValue:
    return cast("PythonValue", value)


def _converter(source: InterfaceType, target: _Target, memo: _Memo) -> _Converter | None:
    """The converter from a type, or None where its values stay as they are."""
    if is_byte_array(source):
        return target.byte_array
    if source is Scalar.F32 or source is Scalar.F64:
        return target.float
    if isinstance(source, RecordType):
        return _record(source, target, memo).convert
    if isinstance(source, ArrayType):
        if source.element is Scalar.F32 or source.element is Scalar.F64:
            return target.floats
        if isinstance(source.element, RecordType):
            return _array_of_records(_record(source.element, target, memo))
        element = _converter(source.element, target, memo)
        return None if element is None else _array(element)
    return None


def _array(element: _Converter) -> _Converter:
    def convert(value: InterfaceValue) -> PythonValue:
        return list(map(element, cast("list[InterfaceValue]", value)))

    return convert


def _array_of_records(record: _Record) -> _Converter:
    def convert(value: InterfaceValue) -> PythonValue:
        return list(map(record.convert, cast("list[InterfaceValue]", value)))

    return convert


def _record(source: RecordType, target: _Target, memo: _Memo) -> _Record:
    record = memo.get(id(source))
    if record is None:
        record = memo[id(source)] = _Record(_unchanged)
        if len(source.fields) > MOST_FIELDS:
            record.convert = _many_fields(source, target, memo)
        else:
            record.convert = _few_fields(source, target, memo)
    return record


_FIELDS = """
def convert(value):
    {parts} = value
    {changes}
    return {made}
"""

_OTHER_PART = """
    {v} = convert_{v}({v})"""


def _few_fields(source: RecordType, target: _Target, memo: _Memo) -> _Converter:
    parts = variables(len(source.fields))
    names: dict[str, object] = {"largest": float_info.max, "json_float": _json_float}
    changes: list[str] = []
    for variable, field in zip(parts, source.fields, strict=True):
        if field.type is Scalar.F32 or field.type is Scalar.F64:
            changes.append(target.float_in_record.format(v=variable))
            continue
        convert = _converter(field.type, target, memo)
        if convert is not None:
            changes.append(_OTHER_PART.format(v=variable))
            names[f"convert_{variable}"] = convert
    if target.record_class is None:
        entries = zip(_field_names(source), parts, strict=True)
        made = f"{{{', '.join(f'{name!a}: {variable}' for name, variable in entries)}}}"
    else:
        names["record_class"] = target.record_class(source)
        attributes = zip(python_names(_field_names(source)), parts, strict=True)
        made = f"record_class({', '.join(f'{name}={variable}' for name, variable in attributes)})"
    text = _FIELDS.format(parts=as_tuple(parts), changes="".join(changes), made=made)
    return cast("_Converter", compiled_function(text, names))


def _many_fields(source: RecordType, target: _Target, memo: _Memo) -> _Converter:
    names: Sequence[str] = _field_names(source)
    made: type | None = None
    if target.record_class is not None:
        names = python_names(names)
        made = target.record_class(source)
    changed: list[tuple[str, int, _Converter]] = []
    for index, (name, field) in enumerate(zip(names, source.fields, strict=True)):
        convert_part = _converter(field.type, target, memo)
        if convert_part is not None:
            changed.append((name, index, convert_part))

    def convert(value: InterfaceValue) -> PythonValue:
        parts = cast("tuple[InterfaceValue, ...]", value)
        converted: dict[str, PythonValue] = dict(zip(names, parts, strict=True))
        for name, index, convert_part in changed:
            converted[name] = convert_part(parts[index])
        return converted if made is None else cast("PythonValue", made(**converted))

    return convert


def _field_names(record: RecordType) -> list[str]:
    return [field.name for field in record.fields]

"""The quick way for arguments that are right and written in the ordinary form.

It never decides that arguments are wrong: whatever is not plainly right (subclasses of `int`, a
scalar in an array of its own, errors) is left to `checking`, which decides and explains. Both give
the same values for what is plain. Converters are prepared once a signature.
"""

from array import array
from collections.abc import Callable
from functools import lru_cache
from math import isfinite
from struct import Struct
from typing import TypeAlias, cast

from runtime.interface.types import (
    INTEGER_RANGES,
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    Signature,
    is_byte_array,
)
from runtime.json_values.value_types import PythonValue

_Converter: TypeAlias = Callable[[PythonValue], InterfaceValue]
_Memo: TypeAlias = dict[int, _Converter]

_F32 = Struct("<f")

_INTEGERS: frozenset[type] = frozenset({int})
_BOOLS: frozenset[type] = frozenset({bool})
_NUMBERS: frozenset[type] = frozenset({int, float})
_STRINGS: frozenset[type] = frozenset({str})


class _NotPlain(Exception):
    """The value is not plainly right."""


def plain_arguments(
    signature: Signature, arguments: PythonValue
) -> tuple[InterfaceValue, ...] | None:
    """The interface values of arguments that are plainly right, else None."""
    try:
        return _prepared(signature)(arguments)
    except (_NotPlain, KeyError, ValueError, OverflowError, RecursionError):
        return None


@lru_cache(maxsize=1024)
def _prepared(signature: Signature) -> Callable[[PythonValue], tuple[InterfaceValue, ...]]:
    fields = _prepared_fields(signature.parameters, {})
    by_name = _have_unique_names(signature.parameters)
    count = len(fields)
    only = fields[0][1] if count == 1 else None

    def convert(arguments: PythonValue) -> tuple[InterfaceValue, ...]:
        if type(arguments) is list or type(arguments) is tuple:
            if len(arguments) == count:
                if only is not None:
                    return (only(arguments[0]),)
                return tuple(
                    [item(value) for (_, item), value in zip(fields, arguments, strict=True)]
                )
        elif type(arguments) is dict:
            if by_name and len(arguments) == count:
                return tuple([item(arguments[name]) for name, item in fields])
        elif arguments is None:
            if count == 0:
                return ()
        elif only is not None:
            return (only(arguments),)
        raise _NotPlain

    return convert


def _have_unique_names(fields: tuple[Field, ...]) -> bool:
    return len({field.name for field in fields}) == len(fields)


def _prepared_fields(fields: tuple[Field, ...], memo: _Memo) -> list[tuple[str, _Converter]]:
    return [(field.name, _converter(field.type, memo)) for field in fields]


def _converter(wanted: InterfaceType, memo: _Memo) -> _Converter:
    """The converter to a type.

    Args:
        wanted: the type.
        memo: converters of records by the record's id; a record that holds arrays of itself is
            found here while its own converter is being prepared.
    """
    if is_byte_array(wanted):
        return _byte_array
    if isinstance(wanted, ArrayType):
        return _ARRAYS.get(wanted.element) or _array(_converter(wanted.element, memo))
    if isinstance(wanted, RecordType):
        return memo.get(id(wanted)) or _record(wanted, memo)
    return _SCALARS[wanted]


def _integer(wanted: Scalar) -> _Converter:
    lowest, highest = INTEGER_RANGES[wanted]

    def convert(value: PythonValue) -> InterfaceValue:
        if type(value) is int and lowest <= value <= highest:
            return value
        raise _NotPlain

    return convert


def _bool(value: PythonValue) -> InterfaceValue:
    if value is True or value is False:
        return value
    raise _NotPlain


def _f64(value: PythonValue) -> InterfaceValue:
    if type(value) is float and isfinite(value):
        return value
    if type(value) is int:
        return float(value)
    raise _NotPlain


def _f32(value: PythonValue) -> InterfaceValue:
    if (type(value) is float and isfinite(value)) or type(value) is int:
        rounded: float = _F32.unpack(_F32.pack(float(value)))[0]
        return rounded
    raise _NotPlain


def _string(value: PythonValue) -> InterfaceValue:
    if type(value) is str:
        if not value.isascii():
            value.encode()  # a ValueError for lone surrogates
        return value
    raise _NotPlain


def _byte_array(value: PythonValue) -> InterfaceValue:
    if type(value) is bytes:
        return value
    # bytes() would take True and False for 1 and 0.
    if (type(value) is list or type(value) is tuple) and _INTEGERS.issuperset(map(type, value)):
        return bytes(value)
    raise _NotPlain


def _elements_of(types: frozenset[type], value: PythonValue) -> list[PythonValue]:
    """A copy of an array whose elements all have one of the types."""
    if (type(value) is list or type(value) is tuple) and types.issuperset(map(type, value)):
        return [*value]
    raise _NotPlain


def _array(element: _Converter) -> _Converter:
    def convert(value: PythonValue) -> InterfaceValue:
        if type(value) is list or type(value) is tuple:
            return list(map(element, value))
        raise _NotPlain

    return convert


def _array_of_integers(element: Scalar) -> _Converter:
    lowest, highest = INTEGER_RANGES[element]

    def convert(value: PythonValue) -> InterfaceValue:
        integers = cast("list[int]", _elements_of(_INTEGERS, value))
        if not integers or (min(integers) >= lowest and max(integers) <= highest):
            return cast("InterfaceValue", integers)
        raise _NotPlain

    return convert


def _array_of_bools(value: PythonValue) -> InterfaceValue:
    return cast("InterfaceValue", _elements_of(_BOOLS, value))


def _array_of_floats(typecode: str) -> _Converter:
    def convert(value: PythonValue) -> InterfaceValue:
        # The array turns integers into floats, and rounds f32; what is too large gets infinite.
        floats = array(typecode, cast("list[float]", _elements_of(_NUMBERS, value))).tolist()
        if all(map(isfinite, floats)):
            return cast("InterfaceValue", floats)
        raise _NotPlain

    return convert


def _array_of_strings(value: PythonValue) -> InterfaceValue:
    strings = cast("list[str]", _elements_of(_STRINGS, value))
    if not all(map(str.isascii, strings)):
        "".join(strings).encode()  # a ValueError for lone surrogates
    return cast("InterfaceValue", strings)


def _record(wanted: RecordType, memo: _Memo) -> _Converter:
    fields: list[tuple[str, _Converter]] = []
    by_name = _have_unique_names(wanted.fields)
    count = len(wanted.fields)

    def convert(value: PythonValue) -> InterfaceValue:
        # Loops, because a comprehension would be one more frame of Python's limited stack.
        values: list[InterfaceValue] = []
        if type(value) is dict:
            if not by_name or len(value) != count:
                raise _NotPlain
            for name, item in fields:
                values.append(item(value[name]))
        elif (type(value) is list or type(value) is tuple) and len(value) == count:
            for (_, item), part in zip(fields, value, strict=True):
                values.append(item(part))
        else:
            raise _NotPlain
        return tuple(values)

    memo[id(wanted)] = convert
    fields.extend(_prepared_fields(wanted.fields, memo))
    return convert


_SCALARS: dict[Scalar, _Converter] = {
    **{integer: _integer(integer) for integer in INTEGER_RANGES},
    Scalar.BOOL: _bool,
    Scalar.F32: _f32,
    Scalar.F64: _f64,
    Scalar.STRING: _string,
}

_ARRAYS: dict[InterfaceType, _Converter] = {
    **{integer: _array_of_integers(integer) for integer in INTEGER_RANGES},
    Scalar.BOOL: _array_of_bools,
    Scalar.F32: _array_of_floats("f"),
    Scalar.F64: _array_of_floats("d"),
    Scalar.STRING: _array_of_strings,
}
"""Arrays of scalars are converted as a whole."""

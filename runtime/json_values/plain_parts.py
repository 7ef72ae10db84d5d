"""Checks and converters of single fields for `plain`: scalars, byte arrays, arrays."""

from array import array
from collections.abc import Callable
from math import isfinite
from operator import countOf
from struct import Struct
from sys import float_info
from typing import TypeAlias, cast

from runtime.interface.types import INTEGER_RANGES, InterfaceValue, Scalar
from runtime.json_values.value_types import PythonValue

Converter: TypeAlias = Callable[[PythonValue], InterfaceValue]

_F32 = Struct("<f")

_NUMBERS: frozenset[type] = frozenset({int, float})


class NotPlain(Exception):
    """The value is not plainly right, which does not mean that it is wrong."""


SCALAR_CHECKS: dict[Scalar, str] = {
    **{
        integer: f"""
    if type({{v}}) is not int or not {lowest} <= {{v}} <= {highest}:
        raise NotPlain"""
        for integer, (lowest, highest) in INTEGER_RANGES.items()
    },
    Scalar.BOOL: """
    if {v} is not True and {v} is not False:
        raise NotPlain""",
    # NaN and infinities fail the comparison.
    Scalar.F64: """
    if type({v}) is int:
        {v} = float({v})
    elif type({v}) is not float or not -largest <= {v} <= largest:
        raise NotPlain""",
    # Packing rounds; what is too large for f32 is an OverflowError.
    Scalar.F32: """
    if type({v}) is int:
        {v} = float({v})
    elif type({v}) is not float or not -largest <= {v} <= largest:
        raise NotPlain
    ({v},) = unpack_f32(pack_f32({v}))""",
    # A string with lone surrogates is a ValueError.
    Scalar.STRING: """
    if type({v}) is not str:
        raise NotPlain
    if not {v}.isascii():
        {v}.encode()""",
}
"""The source that checks and converts the variable `v` in place, by its type."""

NAMES_IN_CHECKS: dict[str, object] = {
    "NotPlain": NotPlain,
    "largest": float_info.max,
    "pack_f32": _F32.pack,
    "unpack_f32": _F32.unpack,
}
"""What the checks refer to."""


def byte_array(value: PythonValue) -> InterfaceValue:
    """Convert bytes or an array of integers; outside of 0 to 255 they are a ValueError."""
    if type(value) is bytes:
        return value
    # bytes() would take True and False for 1 and 0.
    if (type(value) is list or type(value) is tuple) and countOf(map(type, value), int) == len(
        value
    ):
        return bytes(cast("list[int]", value))
    raise NotPlain


def array_of(element: Converter) -> Converter:
    """The converter of an array from that of its elements."""

    def convert(value: PythonValue) -> InterfaceValue:
        if type(value) is list or type(value) is tuple:
            return list(map(element, value))
        raise NotPlain

    return convert


def _elements_of(wanted: type, value: PythonValue) -> list[PythonValue]:
    """A copy of an array whose elements all have the type."""
    if (type(value) is list or type(value) is tuple) and countOf(map(type, value), wanted) == len(
        value
    ):
        return [*value]
    raise NotPlain


def _array_of_integers(element: Scalar) -> Converter:
    lowest, highest = INTEGER_RANGES[element]

    def convert(value: PythonValue) -> InterfaceValue:
        integers = cast("list[int]", _elements_of(int, value))
        if not integers or (min(integers) >= lowest and max(integers) <= highest):
            return cast("InterfaceValue", integers)
        raise NotPlain

    return convert


def _array_of_bools(value: PythonValue) -> InterfaceValue:
    return cast("InterfaceValue", _elements_of(bool, value))


def _array_of_floats(typecode: str) -> Converter:
    def convert(value: PythonValue) -> InterfaceValue:
        if type(value) is not list and type(value) is not tuple:
            raise NotPlain
        if not _NUMBERS.issuperset(map(type, value)):
            raise NotPlain
        # The array turns integers into floats, and rounds f32; what is too large gets infinite.
        floats = array(typecode, cast("list[float]", value)).tolist()
        if all(map(isfinite, floats)):
            return cast("InterfaceValue", floats)
        raise NotPlain

    return convert


def _array_of_strings(value: PythonValue) -> InterfaceValue:
    strings = cast("list[str]", _elements_of(str, value))
    if not all(map(str.isascii, strings)):
        "".join(strings).encode()  # a ValueError for lone surrogates
    return cast("InterfaceValue", strings)


ARRAYS: dict[Scalar, Converter] = {
    **{integer: _array_of_integers(integer) for integer in INTEGER_RANGES},
    Scalar.BOOL: _array_of_bools,
    Scalar.F32: _array_of_floats("f"),
    Scalar.F64: _array_of_floats("d"),
    Scalar.STRING: _array_of_strings,
}
"""Converters of arrays of scalars, which take an array as a whole, by the element's type."""

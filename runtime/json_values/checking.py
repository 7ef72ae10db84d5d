"""The full conversion of arguments: every form that is accepted, and every error with its path.

`plain` is its quick twin for the ordinary case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from math import isfinite, isinf
from struct import Struct
from sys import float_info

from runtime.frozen_dataclass import frozen_dataclass
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
    type_text,
)
from runtime.json_values.problems import Problems, described, described_json, part_path
from runtime.json_values.value_types import PythonValue
from runtime.python_names import python_names
from runtime.suggestions import suggestion

_F32 = Struct("<f")

_NO_VALUE: InterfaceValue = False
"""Stands in for a value that could not be converted; the call is refused, so nobody sees it."""

_NAMES_LISTED = 20


@frozen_dataclass
class Checking:
    """One conversion.

    Attributes:
        problems: where everything wrong is noted; if anything is, the values are meaningless.
        from_json: whether the values come from JSON, in which NaN and infinities have no place.
    """

    problems: Problems
    from_json: bool

    def arguments(self, signature: Signature, arguments: PythonValue) -> tuple[InterfaceValue, ...]:
        """All arguments of a call, by the table of spec marine-runtime.md, "Calls".

        Raises:
            RecursionError: they nest too deeply for Python's stack.
        """
        parameters = signature.parameters
        arguments = _ordinary(arguments)
        if isinstance(arguments, dict):
            return self._by_name(parameters, arguments, "args", "argument")
        if arguments is None:
            positional: list[PythonValue] | tuple[PythonValue, ...] = []
        elif isinstance(arguments, list | tuple):
            positional = arguments
        elif len(parameters) == 1:
            return (self.value(parameters[0].type, arguments, "args"),)
        else:
            positional = [arguments]
        if len(positional) != len(parameters):
            plural = "" if len(parameters) == 1 else "s"
            self.problems.add(
                "args",
                f"function requires {len(parameters)} argument{plural}, {len(positional)} provided",
            )
            return ()
        return tuple(
            self.value(parameter.type, value, f"args[{index}]")
            for index, (parameter, value) in enumerate(zip(parameters, positional, strict=True))
        )

    def value(self, wanted: InterfaceType, value: PythonValue, path: str) -> InterfaceValue:
        """One value; `path` is its place, such as `args[1].field_3[4]`."""
        value = _ordinary(value)
        if isinstance(wanted, RecordType):
            return self._record(wanted, value, path)
        if is_byte_array(wanted):
            return self._byte_array(value, path)
        if isinstance(wanted, ArrayType):
            return self._array(wanted, value, path)
        value = _unwrapped(value)
        if wanted in INTEGER_RANGES:
            return self._integer(wanted, value, path)
        if wanted is Scalar.STRING:
            return self._string(value, path)
        if wanted is Scalar.BOOL:
            if isinstance(value, bool):
                return value
            return self._wrong(
                path, "bool (true or false)" if self.from_json else "bool (True or False)", value
            )
        return self._float(wanted, value, path)

    def _wrong(self, path: str, expected: str, value: PythonValue) -> InterfaceValue:
        self.problems.add(path, f"expected {expected}, got {self._described(value)}")
        return _NO_VALUE

    def _described(self, value: PythonValue) -> str:
        """A value for a message; JSON has no infinities, they come of numbers such as `1e400`."""
        if self.from_json and isinstance(value, float) and isinf(value):
            largest = float_info.max
            return f"a number above {largest}" if value > 0 else f"a number below -{largest}"
        return described_json(value) if self.from_json else described(value)

    def _integer(self, wanted: Scalar, value: PythonValue, path: str) -> int:
        lowest, highest = INTEGER_RANGES[wanted]
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return int(value)
        same = isinstance(value, float) and value.is_integer()
        hint = ", which is a float: write it without fraction and exponent" if same else ""
        found = f"{self._described(value)}{hint}"
        self.problems.add(
            path, f"expected {type_text(wanted)} ({lowest} to {highest}), got {found}"
        )
        return 0

    def _float(self, wanted: Scalar, value: PythonValue, path: str) -> InterfaceValue:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return self._wrong(path, f"{type_text(wanted)} (a number)", value)
        try:
            number = float(value)
            rounded = _F32.unpack(_F32.pack(number))[0] if wanted is Scalar.F32 else number
        except OverflowError:
            self.problems.add(path, f"{described_json(value)} is too large for {type_text(wanted)}")
            return _NO_VALUE
        if self.from_json and not isfinite(number):
            return self._wrong(path, f"{type_text(wanted)} (a finite number in its range)", value)
        return float(rounded)

    def _string(self, value: PythonValue, path: str) -> InterfaceValue:
        if not isinstance(value, str):
            return self._wrong(path, "string", value)
        text = str.__str__(value)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            self.problems.add(
                path,
                f"{described_json(text)} is no Unicode text: the surrogate "
                f"U+{ord(text[error.start]):04X} at index {error.start} stands alone",
            )
        return text

    def _byte_array(self, value: PythonValue, path: str) -> InterfaceValue:
        if isinstance(value, bytes | bytearray):
            return bytes(value)
        if isinstance(value, memoryview):
            return self._bytes_of_view(value, path)
        if not isinstance(value, list | tuple):
            return self._wrong(path, "[]u8 (an array of numbers from 0 to 255)", value)
        return bytes(
            [
                self._integer(Scalar.U8, _unwrapped(item), f"{path}[{index}]")
                for index, item in enumerate(value)
            ]
        )

    def _bytes_of_view(self, view: memoryview, path: str) -> bytes:
        try:
            if view.itemsize == 1:
                return view.tobytes()
            self.problems.add(
                path, f"expected []u8, got a memoryview with items of {view.itemsize} bytes"
            )
        except ValueError as error:  # a released one
            self.problems.add(path, f"expected []u8, but this memoryview is unusable: {error}")
        return b""

    def _array(self, wanted: ArrayType, value: PythonValue, path: str) -> InterfaceValue:
        if not isinstance(value, list | tuple):
            return self._wrong(path, f"{type_text(wanted)} (an array)", value)
        elements: list[InterfaceValue] = []
        for index, item in enumerate(value):
            elements.append(self.value(wanted.element, item, f"{path}[{index}]"))
        return elements

    def _record(self, wanted: RecordType, value: PythonValue, path: str) -> InterfaceValue:
        if isinstance(value, dict):
            return self._by_name(wanted.fields, value, path, "field")
        if is_dataclass(value) and not isinstance(value, type):
            return self._dataclass(wanted, value, path)
        names = _listed([field.name for field in wanted.fields])
        if not isinstance(value, list | tuple):
            return self._wrong(path, f"{wanted.name} (an object with {names})", value)
        if len(value) != len(wanted.fields):
            return self._wrong(
                path, f"{wanted.name} (an array of {len(wanted.fields)}: {names})", value
            )
        values: list[InterfaceValue] = []
        for field, item in zip(wanted.fields, value, strict=True):
            values.append(self.value(field.type, item, part_path(path, field.name)))
        return tuple(values)

    def _dataclass(self, wanted: RecordType, value: object, path: str) -> InterfaceValue:
        attributes = python_names([field.name for field in wanted.fields])
        lacking = [name for name in attributes if not hasattr(value, name)]
        if lacking:
            self.problems.add(
                path,
                f"expected {type_text(wanted)} (a dataclass with {_listed(attributes)}), got an "
                f"instance of {type(value).__name__}, which lacks {_listed(lacking)}",
            )
            return _NO_VALUE
        return tuple(
            self.value(field.type, getattr(value, name), part_path(path, field.name))
            for field, name in zip(wanted.fields, attributes, strict=True)
        )

    def _by_name(
        self, fields: tuple[Field, ...], given: Mapping[str, PythonValue], path: str, kind: str
    ) -> tuple[InterfaceValue, ...]:
        values: list[InterfaceValue] = []
        for field in fields:
            if field.name in given:
                values.append(
                    self.value(field.type, given[field.name], part_path(path, field.name))
                )
            else:
                self.problems.add(
                    part_path(path, field.name), f"missing {kind} with name {field.name}"
                )
        names = {field.name for field in fields}
        for name in given:
            if name not in names:
                near = suggestion(name, names) if isinstance(name, str) else ""
                allowed = near or f"; known are {_listed([field.name for field in fields])}"
                self.problems.add(part_path(path, name), f"unknown {kind}{allowed}")
        return tuple(values)


def _ordinary(value: PythonValue) -> PythonValue:
    """Any mapping as a dict, any sequence but strings and bytes as a list."""
    if isinstance(value, str | bytes | bytearray | memoryview | list | tuple | dict):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, Sequence) else value


def _unwrapped(value: PythonValue) -> PythonValue:
    """Where a scalar is wanted: the one element of an array.

    Paths into results of JSONPath give a scalar in an array of its own.
    """
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(names[:_NAMES_LISTED])
    return f"{listed}, …" if len(names) > _NAMES_LISTED else listed or "none"

"""The quick way for arguments that are right and written in the ordinary form.

It never decides that arguments are wrong: whatever is not plainly right (subclasses of `int`, a
scalar in an array of its own, errors) is left to `checking`, which decides and explains. Both give
the same values for what is plain. Converters are prepared once a signature.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter
from typing import NoReturn, TypeAlias, cast

from runtime.compiled_function import (
    MOST_FIELDS,
    as_tuple,
    compiled_function,
    variables,
)
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    Signature,
    is_byte_array,
)
from runtime.json_values.plain_parts import (
    ARRAYS,
    NAMES_IN_CHECKS,
    SCALAR_CHECKS,
    Converter,
    NotPlain,
    array_of,
    byte_array,
)
from runtime.json_values.value_types import PythonValue
from runtime.python_names import python_names

_Part: TypeAlias = Scalar | Converter
"""How a field or parameter is converted: a scalar's check is written out, the rest is called."""

_Named: TypeAlias = Callable[[dict[str, PythonValue]], tuple[PythonValue, ...]]
"""The fields' values of an object that has just these fields, in order."""

_Attributes: TypeAlias = Callable[[PythonValue], tuple[PythonValue, ...]]
"""The fields' values of an instance of a dataclass that has these fields, in order."""

NOT_PLAIN = (NotPlain, KeyError, AttributeError, ValueError, OverflowError, RecursionError)
"""All that a prepared function raises where arguments are not plainly right."""


def prepare_arguments(
    signature: Signature,
) -> Callable[[PythonValue], tuple[InterfaceValue, ...]]:
    """Prepare the quick conversion of a function's arguments, from JSON or Python values.

    Args:
        signature: the function's; its record types are complete.

    Returns:
        A function from arguments to a value for each parameter, in order. It gives what
        `arguments_to_values` gives, or raises one of `NOT_PLAIN`: then `arguments_to_values`
        decides and explains.
    """
    try:
        convert = _fields_converter(
            signature.parameters,
            {},
            attributes=never_plain,
            otherwise=_ALONE.get(len(signature.parameters), _NOTHING_ELSE),
        )
    except RecursionError:  # types nest up to 1,024 deep
        return never_plain
    return cast("Callable[[PythonValue], tuple[InterfaceValue, ...]]", convert)


def never_plain(_value: PythonValue) -> NoReturn:
    """A converter that leaves everything to `checking`."""
    raise NotPlain


@dataclass(slots=True)
class _Record:
    """The converter of a record, to be referred to before it is made.

    A record that holds arrays of itself is found in the memo while it is being prepared.
    """

    convert: Converter = never_plain


_Memo: TypeAlias = dict[int, _Record]
"""Records by the id of their type."""


def _part(wanted: InterfaceType, memo: _Memo) -> _Part:
    if is_byte_array(wanted):
        return byte_array
    if isinstance(wanted, ArrayType):
        return _array(wanted.element, memo)
    if isinstance(wanted, RecordType):
        return _record(wanted, memo).convert
    return wanted


def _array(element: InterfaceType, memo: _Memo) -> Converter:
    if isinstance(element, RecordType):
        return _array_of_records(_record(element, memo))
    part = _part(element, memo)
    return ARRAYS[part] if isinstance(part, Scalar) else array_of(part)


def _array_of_records(record: _Record) -> Converter:
    def convert(value: PythonValue) -> InterfaceValue:
        if type(value) is list or type(value) is tuple:
            return list(map(record.convert, value))
        raise NotPlain

    return convert


def _record(wanted: RecordType, memo: _Memo) -> _Record:
    record = memo.get(id(wanted))
    if record is None:
        record = memo[id(wanted)] = _Record()
        attributes = _attributes([field.name for field in wanted.fields])
        record.convert = _fields_converter(
            wanted.fields, memo, attributes=attributes, otherwise=_DATACLASS
        )
    return record


_FIELDS = """
def convert(value):
    if type(value) is dict:
        if len(value) != {count}:
            raise NotPlain
        {parts} = named(value)
    elif type(value) is list or type(value) is tuple:
        {parts} = value  # a ValueError where there are more or less
    {otherwise}
    {checks}
    return {parts}
"""

_OTHER_PART = """
    {v} = convert_{v}({v})"""

_DATACLASS = """else:
        {parts} = attributes(value)"""

_NOTHING_ELSE = """else:
        raise NotPlain"""

_ALONE = {
    0: """elif value is not None:
        raise NotPlain""",
    1: """elif value is None:
        raise NotPlain
    else:
        v0 = value""",
}
"""By the number of parameters: what else all arguments together may be."""


def _fields_converter(
    fields: tuple[Field, ...], memo: _Memo, *, attributes: _Attributes, otherwise: str
) -> Converter:
    parts = [_part(field.type, memo) for field in fields]
    named = _named([field.name for field in fields])
    if len(parts) > MOST_FIELDS:
        return _many_fields(parts, named, attributes)
    return _few_fields(parts, named, attributes, otherwise)


def _named(names: list[str]) -> _Named:
    if len(set(names)) < len(names):
        return never_plain
    if len(names) > 1:
        return itemgetter(*names)
    return lambda value: tuple([value[name] for name in names])


def _attributes(names: list[str]) -> _Attributes:
    # An AttributeError where the class is no dataclass; `__class__` makes it a tuple in any case.
    get = attrgetter("__class__.__dataclass_fields__", "__class__", *python_names(names))
    return lambda value: get(value)[2:]


def _few_fields(
    parts: list[_Part], named: _Named, attributes: _Attributes, otherwise: str
) -> Converter:
    names: dict[str, object] = {**NAMES_IN_CHECKS, "named": named, "attributes": attributes}
    checks: list[str] = []
    for variable, part in zip(variables(len(parts)), parts, strict=True):
        if isinstance(part, Scalar):
            checks.append(SCALAR_CHECKS[part].format(v=variable))
        else:
            checks.append(_OTHER_PART.format(v=variable))
            names[f"convert_{variable}"] = part
    source = _FIELDS.format(
        count=len(parts),
        parts=as_tuple(variables(len(parts))),
        otherwise=otherwise.format(parts=as_tuple(variables(len(parts)))),
        checks="".join(checks),
    )
    return cast("Converter", compiled_function(source, names))


def _many_fields(parts: list[_Part], named: _Named, attributes: _Attributes) -> Converter:
    converters = [_scalar(part) if isinstance(part, Scalar) else part for part in parts]

    def convert(value: PythonValue) -> InterfaceValue:
        if type(value) is dict and len(value) == len(converters):
            given = named(value)
        elif type(value) is list or type(value) is tuple:
            given = tuple(value)
        else:
            given = attributes(value)
        values: list[InterfaceValue] = []
        for item, part in zip(converters, given, strict=True):
            values.append(item(part))
        return tuple(values)

    return convert


_SCALAR = """
def convert(value):
    {check}
    return value
"""


@cache
def _scalar(wanted: Scalar) -> Converter:
    source = _SCALAR.format(check=SCALAR_CHECKS[wanted].format(v="value"))
    return cast("Converter", compiled_function(source, NAMES_IN_CHECKS))

"""Properties of the conversions, over random types and values."""

import json
from contextlib import suppress
from functools import partial
from struct import pack, unpack

from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import ArgumentsError
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
from runtime.json_values import (
    NOT_PLAIN,
    PythonValue,
    arguments_to_values,
    parse_json,
    prepare_arguments,
)
from tests.support.results import result_to_json, result_to_python

convert = partial(arguments_to_values, module="m", function="f")


def records(types: st.SearchStrategy[InterfaceType]) -> st.SearchStrategy[InterfaceType]:
    return st.lists(types, min_size=1, max_size=4).map(
        lambda fields: RecordType(
            "R", tuple(Field(f"f{index}", kind) for index, kind in enumerate(fields))
        )
    )


interface_types: st.SearchStrategy[InterfaceType] = st.recursive(
    st.sampled_from(Scalar),
    lambda types: st.builds(ArrayType, types) | records(types),
    max_leaves=6,
)


def values_of(kind: InterfaceType, *, finite: bool) -> st.SearchStrategy[InterfaceValue]:
    if is_byte_array(kind):
        return st.binary(max_size=5)
    if isinstance(kind, ArrayType):
        return st.lists(values_of(kind.element, finite=finite), max_size=3)
    if isinstance(kind, RecordType):
        return st.tuples(*(values_of(field.type, finite=finite) for field in kind.fields))
    if kind in INTEGER_RANGES:
        return st.integers(*INTEGER_RANGES[kind])
    if kind is Scalar.BOOL:
        return st.booleans()
    if kind is Scalar.STRING:
        return st.text(max_size=5)
    return st.floats(
        width=32 if kind is Scalar.F32 else 64, allow_nan=not finite, allow_infinity=not finite
    )


@st.composite
def typed_values(draw: st.DrawFn, *, finite: bool = True) -> tuple[InterfaceType, InterfaceValue]:
    kind = draw(interface_types)
    return kind, draw(values_of(kind, finite=finite))


mixed_values: st.SearchStrategy[PythonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-300, 300)
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.binary(max_size=3)
    | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["f0", "f1", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(typed_values())
def test_every_result_in_json_is_accepted_back_as_the_same_value(
    typed: tuple[InterfaceType, InterfaceValue],
) -> None:
    kind, value = typed
    signature = Signature((Field("x", kind),), kind)
    text = json.dumps(result_to_json(kind, value), allow_nan=False)
    for arguments in (f"[{text}]", f'{{"x": {text}}}'):
        assert convert(signature, parse_json(arguments), from_json=True) == (value,)


@given(typed_values(finite=False))
def test_every_result_in_python_is_accepted_back_as_the_same_value(
    typed: tuple[InterfaceType, InterfaceValue],
) -> None:
    kind, value = typed
    signature = Signature((Field("x", kind),), kind)
    in_python = result_to_python(kind, value)
    (back,) = convert(signature, [in_python], from_json=False)
    assert repr(back) == repr(value)  # which tells 0.0 from -0.0, and NaN equals itself


@given(st.lists(typed_values(), max_size=3))
def test_the_quick_way_takes_everything_ordinary_and_agrees_with_the_full_check(
    typed: list[tuple[InterfaceType, InterfaceValue]],
) -> None:
    signature = Signature(
        tuple(Field(f"x{index}", kind) for index, (kind, _) in enumerate(typed)), None
    )
    arguments = [result_to_json(kind, value) for kind, value in typed]
    quick = prepare_arguments(signature)(arguments)
    full = convert(signature, arguments, from_json=True)
    assert quick == full == tuple(value for _, value in typed)


@given(interface_types, mixed_values, st.booleans())
def test_whatever_the_quick_way_takes_the_full_check_takes_alike(
    kind: InterfaceType, arguments: PythonValue, from_json: bool
) -> None:
    signature = Signature((Field("f0", kind),), None)
    with suppress(*NOT_PLAIN):
        quick = prepare_arguments(signature)(arguments)
        assert repr(quick) == repr(convert(signature, arguments, from_json=from_json))


def fits(kind: InterfaceType, value: InterfaceValue) -> bool:
    """Whether an interface value is exactly what its type says."""
    if is_byte_array(kind):
        return type(value) is bytes
    if isinstance(kind, ArrayType):
        return type(value) is list and all(fits(kind.element, item) for item in value)
    if isinstance(kind, RecordType):
        return (
            type(value) is tuple
            and len(value) == len(kind.fields)
            and all(fits(field.type, item) for field, item in zip(kind.fields, value, strict=True))
        )
    if kind in INTEGER_RANGES:
        lowest, highest = INTEGER_RANGES[kind]
        return type(value) is int and lowest <= value <= highest
    if kind is Scalar.F32:
        return type(value) is float and repr(unpack("<f", pack("<f", value))[0]) == repr(value)
    return type(value) is {Scalar.F64: float, Scalar.STRING: str, Scalar.BOOL: bool}[kind]


def outcome(
    kind: InterfaceType, value: PythonValue, *, from_json: bool
) -> tuple[InterfaceValue, ...] | ArgumentsError:
    try:
        return convert(Signature((Field("f0", kind),), None), value, from_json=from_json)
    except ArgumentsError as error:
        return error


@given(interface_types, mixed_values, st.booleans())
def test_any_value_is_either_converted_to_the_type_or_refused_with_a_reason(
    kind: InterfaceType, value: PythonValue, from_json: bool
) -> None:
    result = outcome(kind, value, from_json=from_json)
    if isinstance(result, ArgumentsError):
        assert result.problems
        assert all(problem.path.startswith("args") for problem in result.problems)
        assert all(line.isprintable() for line in result.message.split("\n"))
    else:
        (converted,) = result
        assert fits(kind, converted)

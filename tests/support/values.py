"""Random types with values of them, for property tests."""

from dataclasses import dataclass

from hypothesis import strategies as st

from runtime.interface.types import (
    INTEGER_RANGES,
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    is_byte_array,
)


@dataclass(frozen=True)
class TypedValue:
    """A type and one value of it."""

    type: InterfaceType
    value: InterfaceValue


def interface_types(max_leaves: int = 6) -> st.SearchStrategy[InterfaceType]:
    """Any type: scalars, and arrays and records of such, nested."""
    return st.recursive(st.sampled_from(list(Scalar)), _composite, max_leaves=max_leaves)


def _composite(inner: st.SearchStrategy[InterfaceType]) -> st.SearchStrategy[InterfaceType]:
    records = st.lists(inner, min_size=1, max_size=5).map(
        lambda types: RecordType(
            "Record", tuple(Field(f"field_{number}", each) for number, each in enumerate(types))
        )
    )
    return inner.map(ArrayType) | records


def values_of(
    interface_type: InterfaceType, *, infinities: bool = True
) -> st.SearchStrategy[InterfaceValue]:
    """Values of a type; no NaN, so that they can be compared."""
    if is_byte_array(interface_type):
        return st.binary(max_size=20)
    if isinstance(interface_type, ArrayType):
        elements = values_of(interface_type.element, infinities=infinities)
        return st.lists(elements, max_size=4).map(list)
    if isinstance(interface_type, RecordType):
        fields = [values_of(each.type, infinities=infinities) for each in interface_type.fields]
        return st.tuples(*fields)
    assert isinstance(interface_type, Scalar)
    match interface_type:
        case Scalar.BOOL:
            return st.booleans()
        case Scalar.F32:
            return st.floats(width=32, allow_nan=False, allow_infinity=infinities)
        case Scalar.F64:
            return st.floats(allow_nan=False, allow_infinity=infinities)
        case Scalar.STRING:
            return st.text(max_size=20)
        case _:
            return st.integers(*INTEGER_RANGES[interface_type])


def typed_values() -> st.SearchStrategy[TypedValue]:
    """A random type and a value of it."""
    return interface_types().flatmap(
        lambda each: values_of(each).map(lambda value: TypedValue(each, value))
    )

"""Arguments of any shape, from Python and from JSON, right and wrong."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import PythonValue
from runtime.interface.types import (
    INTEGER_RANGES,
    ArrayType,
    InterfaceType,
    RecordType,
    Scalar,
    is_byte_array,
)
from tests.differential.both_engines import BothEngines, chain
from tests.differential.profile import examples
from tests.differential.scenarios import ALL_SCALARS, LEAF, NODE, TREE
from tests.support.chains import Echo

ECHOES = (
    *(
        Echo(f"one_{each.value}", (each,))
        for each in Scalar
        if each not in (Scalar.I32, Scalar.I64)
    ),
    Echo("scalars", (ALL_SCALARS,)),
    Echo("leaf", (LEAF,)),
    Echo("leaves", (ArrayType(LEAF),)),
    Echo("node", (NODE,)),
    Echo("tree", (TREE,)),
    Echo("octets", (ArrayType(Scalar.U8),)),
    Echo("flags", (ArrayType(Scalar.BOOL),)),
    Echo("texts", (ArrayType(Scalar.STRING),)),
    Echo("numbers", (ArrayType(Scalar.S16),)),
    Echo("reals", (ArrayType(Scalar.F32),)),
    Echo("grid", (ArrayType(ArrayType(Scalar.U32)),)),
    Echo("three", (Scalar.STRING, Scalar.U8, ArrayType(Scalar.U64)), 2),
)


@pytest.fixture(scope="module")
def two_modules() -> Iterator[BothEngines]:
    with chain(ECHOES, 2) as both:
        yield both


_ODD_NUMBERS = [
    bound + offset
    for low, high in INTEGER_RANGES.values()
    for bound in (low, high)
    for offset in (-1, 0, 1)
]
_ODD: list[PythonValue] = [
    None, True, False, 0, 1, 1.0, 1.5, -0.0, 1e39, 1e400, -1e400, float("nan"), 10**30, "", "x",
    "żółw 🐢", "lone \ud800 surrogate", "\udfff", b"", b"bytes", [], [[]], [None], {}, [1], [256],
    [-1], ["x"], [True], [1.5], {"f0": 1}, (), (1, 2), bytearray(b"ab"), memoryview(b"ab"),
    memoryview(b"abcd").cast("H"), "1", [[1]], [["x"], "y"], *_ODD_NUMBERS,
]  # fmt: skip
odd_values = st.integers(0, len(_ODD) - 1).map(_ODD.__getitem__)


def almost(interface_type: InterfaceType) -> st.SearchStrategy[PythonValue]:
    """Values of the type in any form that a caller may use, now and then a wrong one inside."""
    return st.one_of(_right(interface_type), _right(interface_type), odd_values)


def _right(interface_type: InterfaceType) -> st.SearchStrategy[PythonValue]:
    if interface_type is TREE:
        leaves = st.fixed_dictionaries({"name": st.text(max_size=3), "children": st.just([])})
        inner = st.lists(leaves, max_size=2)
        return st.fixed_dictionaries({"name": almost(Scalar.STRING), "children": inner})
    if isinstance(interface_type, RecordType):
        fields = {each.name: almost(each.type) for each in interface_type.fields}
        positional = st.tuples(*fields.values())
        renamed = {**fields, "unknown": st.just(1)}
        return st.one_of(
            st.fixed_dictionaries(fields),
            st.fixed_dictionaries(dict(reversed(fields.items()))),
            st.fixed_dictionaries({}, optional=fields) if len(fields) < 6 else positional,
            st.fixed_dictionaries(renamed),
            positional,
            positional.map(list),
        )
    if is_byte_array(interface_type):
        data = st.binary(max_size=4)
        return st.one_of(data, data.map(list), data.map(bytearray))
    if isinstance(interface_type, ArrayType):
        return st.lists(almost(interface_type.element), max_size=4)
    assert isinstance(interface_type, Scalar)
    if interface_type in INTEGER_RANGES:
        return st.integers(*INTEGER_RANGES[interface_type])
    match interface_type:
        case Scalar.BOOL:
            return st.booleans()
        case Scalar.STRING:
            return st.text(max_size=6)
        case Scalar.F32:
            return st.floats(width=32) | st.integers(-3, 3)
        case _:
            return st.floats() | st.integers(-(2**60), 2**60)


@given(st.sampled_from(ECHOES), st.sampled_from(["m0", "m1"]), st.booleans(), st.data())
@examples(250)
def test_arguments_are_taken_or_refused_alike(
    two_modules: BothEngines, echo: Echo, module: str, json: bool, data: st.DataObject
) -> None:
    arguments = [data.draw(almost(each)) for each in echo.parameters]
    names = [each.name for each in echo.signature.parameters]
    forms: list[PythonValue] = [
        arguments,
        tuple(arguments),
        dict(zip(names, arguments, strict=True)),
        arguments[0],
        [*arguments, 1],
        arguments[1:],
    ]
    form = forms[data.draw(st.integers(0, len(forms) - 1))]
    two_modules.set_scene()
    two_modules.call(module, echo.name, form, json=json)


@pytest.mark.parametrize("echo", ECHOES, ids=lambda echo: echo.name)
def test_odd_arguments_are_taken_or_refused_alike(two_modules: BothEngines, echo: Echo) -> None:
    for json in (False, True):
        for value in _ODD:
            two_modules.set_scene()
            two_modules.call("m0", echo.name, [value] * len(echo.parameters), json=json)

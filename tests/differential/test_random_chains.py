"""Random functions in chains of one to three modules, behaving and misbehaving."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.interface.types import ArrayType, InterfaceValue, Scalar
from tests.differential.both_engines import BothEngines, LastingChain, chain, exact
from tests.differential.profile import examples
from tests.differential.scenarios import (
    ALL_SCALARS,
    LEAF,
    NODE,
    TREE,
    Call,
    calls,
    echoes,
    scripts,
)
from tests.support.chains import Echo
from tests.support.recording import Line

FUNCTIONS = st.tuples(echoes("f0"), echoes("f1"))
MODULE_NUMBERS = st.frozensets(st.integers(0, 2))

_ = Scalar
RICH: tuple[tuple[Echo, tuple[InterfaceValue, ...]], ...] = (
    (Echo("text", (_.STRING,)), ("żółw 🐢 and plain text of some length",)),
    (Echo("empty", (_.STRING,)), ("",)),
    (Echo("data", (_.BYTE_ARRAY,)), (bytes(range(250, 256)) * 3,)),
    (Echo("octet", (_.U8,)), (255,)),
    (Echo("flag", (_.BOOL,)), (True,)),
    (Echo("small", (_.S16,)), (-32768,)),
    (Echo("large", (_.U64,)), (2**64 - 1,)),
    (Echo("real", (_.F64,)), (-0.0,)),
    (Echo("nothing", (_.STRING, _.U32), None), ("x", 2**32 - 1)),
    (Echo("flags", (ArrayType(_.BOOL),)), ([True, False, True],)),
    (Echo("longs", (ArrayType(_.S64),)), ([-1, 2**63 - 1],)),
    (Echo("texts", (ArrayType(_.STRING),)), (["a", "", "ßß", "dd"],)),
    (Echo("blobs", (ArrayType(_.BYTE_ARRAY),)), ([b"a", b"", b"\xff\xfe"],)),
    (Echo("grid", (ArrayType(ArrayType(_.U16)),)), ([[1, 2], [], [65535]],)),
    (Echo("leaf", (LEAF,)), ((True, "leaf", -128),)),
    (Echo("leaves", (ArrayType(LEAF),)), ([(True, "l", 1), (False, "", 2), (True, "ł", 3)],)),
    (
        Echo("node", (NODE,)),
        (((False, "n", 0), [(True, "in", 1), (True, "", 2)], 2**63, [["a", "b"], [], ["ü"]]),),
    ),
    (
        Echo("scalars", (ALL_SCALARS,)),
        ((True, -1, -2, -3, -4, 5, 6, 7, 8, 1.5, 2.5, -9, -10, "str", b"bytes"),),
    ),
    (Echo("tree", (TREE,)), (("root", [("a", []), ("b", [("c", [])])]),)),
    (
        Echo("many", (_.STRING, ArrayType(LEAF), _.F32, NODE, _.S64, _.BYTE_ARRAY, _.BOOL), 3),
        (
            "first",
            [(False, "second", 2)],
            0.5,
            ((True, "", 1), [], 0, [["x"]]),
            -(2**63),
            b"\0\1",
            False,
        ),
    ),
)
"""Functions with arguments that fill everything that their types have."""

_DATA = b"text to call other modules with while a call is under way"


@given(FUNCTIONS, st.integers(1, 3), MODULE_NUMBERS, MODULE_NUMBERS, st.data())
@examples(30)
def test_values_of_any_types_cross_a_chain_alike(
    functions: tuple[Echo, ...],
    length: int,
    old_allocate: frozenset[int],
    logging_modules: frozenset[int],
    data: st.DataObject,
) -> None:
    with chain(
        functions, length, old_allocate=old_allocate, logging_modules=logging_modules
    ) as both:
        for call in data.draw(st.lists(calls(functions), min_size=1, max_size=5)):
            seen = call.of(both, f"m{length - 1}")
            assert seen.outcome.value == exact(call.result)


@given(FUNCTIONS, st.integers(1, 3), MODULE_NUMBERS, MODULE_NUMBERS, st.data())
@examples(30)
def test_modules_with_random_functions_that_misbehave_do_the_same_harm(
    functions: tuple[Echo, ...],
    length: int,
    old_allocate: frozenset[int],
    logging_modules: frozenset[int],
    data: st.DataObject,
) -> None:
    with chain(
        functions, length, old_allocate=old_allocate, logging_modules=logging_modules
    ) as both:
        for _ in range(data.draw(st.integers(1, 4))):
            call = data.draw(calls(functions))
            both.set_scene()
            good = call.of(both, f"m{length - 1}")
            script = data.draw(scripts(call, good, functions.index(call.echo)))
            _misbehave(both, f"m{length - 1}", call, script)


@pytest.fixture(scope="module")
def rich_chain() -> Iterator[LastingChain]:
    functions = tuple(echo for echo, _ in RICH)
    old_allocate, logging_modules = frozenset({1}), frozenset({0, 2})
    with LastingChain(
        lambda: chain(functions, 3, old_allocate=old_allocate, logging_modules=logging_modules)
    ) as lasting:
        yield lasting


@given(st.integers(0, len(RICH) - 1), st.booleans(), st.data())
@examples(350)
def test_modules_that_misbehave_do_the_same_harm(
    rich_chain: LastingChain, position: int, json: bool, data: st.DataObject
) -> None:
    echo, arguments = RICH[position]
    both = rich_chain.both
    call = Call(echo, arguments, json)
    both.set_scene()
    good = call.of(both, "m2")
    _misbehave(both, "m2", call, data.draw(scripts(call, good, position)))


def _misbehave(both: BothEngines, module: str, call: Call, script: dict[str, list[Line]]) -> None:
    both.set_scene(script, dict.fromkeys(both.recorders, _DATA))
    call.of(both, module)
    call.of(both, module)  # with all that the first one left behind
    both.set_scene()
    assert call.of(both, module).outcome.value == exact(call.result)

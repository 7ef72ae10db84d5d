"""Values whose parts overlap: many pointers to the same bytes, up to a bound."""

import struct

import pytest

from runtime import PythonValue
from runtime.adapters.lifting_memory import MOST_OVERLAP
from runtime.interface.instructions import Instruction, Op
from runtime.interface.section import (
    Adapter,
    EncodedField,
    Export,
    FunctionDefinition,
    Implementation,
    make_section,
)
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar
from tests.differential.both_engines import BothEngines, Outcome, chain, exact
from tests.differential.scenarios import record
from tests.support.chains import Echo
from tests.support.modules import module_with_section
from tests.support.recording import DATA, FIRST_SIZE, Action, Line, after, before

LINE = record("Line", Scalar.STRING)
TYPES: dict[str, InterfaceType] = {
    "texts": ArrayType(Scalar.STRING),
    "blobs": ArrayType(Scalar.BYTE_ARRAY),
    "numbers": ArrayType(ArrayType(Scalar.U32)),
    "lines": ArrayType(LINE),
}
MOST = FIRST_SIZE + MOST_OVERLAP


def _handed(name: str, length: int, count: int) -> tuple[int, bytes]:
    """So many pointers to the same bytes, or records with them; what they lift to, and the bytes.

    Args:
        name: of the type.
        length: of the bytes.
        count: of the pointers.
    """
    kind = TYPES[name]
    assert isinstance(kind, ArrayType)
    if isinstance(kind.element, RecordType):
        at = DATA + 4 * count
        block = struct.pack("<I", at) * count + struct.pack("<II", FIRST_SIZE - length, length)
        return count * (4 + 8 + length), block
    unit = 1 if kind.element in (Scalar.STRING, Scalar.BYTE_ARRAY) else 4
    return count * (8 + length), struct.pack("<II", FIRST_SIZE - length, length // unit) * count


def _given(both: BothEngines, name: str, data: bytes, count: int, *, as_result: bool) -> Outcome:
    position = [*TYPES].index(name)
    if as_result:
        script = [
            Line(after(position), 0, Action.SET_POINTER, DATA),
            Line(after(position), 0, Action.SET_SIZE, count),
        ]
        both.set_scene({"m0": script}, {"m0": data})
        return both.call("m0", name, [[]]).outcome
    script = [
        Line(before(position), 1, Action.SET_ARGUMENT, value, index=index)
        for index, value in enumerate((DATA, count))
    ]
    both.set_scene({"m1": script}, {"m1": data})
    return both.call("m1", name, [[]]).outcome


@pytest.mark.parametrize("as_result", [True, False])
@pytest.mark.parametrize("name", TYPES)
def test_pointers_to_the_same_bytes_are_refused_from_the_same_size_on(
    name: str, *, as_result: bool
) -> None:
    functions = tuple(Echo(name, (each,)) for name, each in TYPES.items())
    with chain(functions, 2) as both:
        length = 60_000
        count = MOST // (length + 20)
        size, data = _handed(name, length, count)
        assert size <= MOST
        outcome = _given(both, name, data, count, as_result=as_result)
        # What is lifted has room; the other module's memory, of 3 MiB, has none for it.
        assert outcome.kind == ("result" if as_result else "Trap")
        count += 2
        size, data = _handed(name, length, count)
        assert size > MOST
        outcome = _given(both, name, data, count, as_result=as_result)
        assert outcome.kind == "AdapterError"
        assert f"lie in a memory of {FIRST_SIZE}: parts that overlap" in outcome.message
        both.set_scene()
        assert both.call("m1", name, [[]]).outcome.value == exact([])


def _lifting(times: int) -> bytes:
    """A module whose adapter lifts its whole memory that often, and gives the sum of the sizes."""
    i32 = Scalar.I32
    lift = (
        Instruction(Op.I32_PUSH, 0),
        Instruction(Op.I32_PUSH, 65536),
        Instruction(Op.BYTE_ARRAY_LIFT_MEMORY),
        Instruction(Op.BYTE_ARRAY_SIZE),
        Instruction(Op.CALL_CORE, 1),
    )
    section = make_section(
        "0.27.0",
        (
            *[FunctionDefinition((), (i32,))] * 2,
            FunctionDefinition((EncodedField("a", i32), EncodedField("b", i32)), (i32,)),
        ),
        (),
        (Adapter(1, (Instruction(Op.I32_PUSH, 0), *lift * times)),),
        (Export("f", 0), Export("add", 2)),
        (Implementation(0, 1),),
    )
    wat = """(module (memory (export "memory") 1)
      (func (export "f") (result i32) (i32.const 0))
      (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"""
    return module_with_section(wat, section)


@pytest.mark.parametrize(("times", "value"), [(257, 257 * 65536), (258, None)])
def test_all_that_one_run_of_an_adapter_lifts_counts(times: int, value: PythonValue) -> None:
    with BothEngines() as both:
        both.load("m0", _lifting(times))
        outcome = both.call("m0", "f").outcome
        if value is None:
            assert outcome.kind == "AdapterError"
            assert "instruction 1288 (byte_array.lift_memory): the values take" in outcome.message
        else:
            assert outcome.value == exact(value)
        assert both.call("m0", "f").outcome == outcome

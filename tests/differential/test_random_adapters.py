"""Adapters with random instructions, in both directions."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from runtime.interface.instructions import Instruction
from runtime.interface.types import INTEGER_RANGES, Scalar
from tests.differential.adapter_programs import (
    LENGTHS,
    POINTERS,
    import_adapters,
    public_functions,
)
from tests.differential.both_engines import BothEngines
from tests.differential.profile import examples
from tests.differential.programmed_module import (
    IMPORTED,
    RECORDED,
    PublicFunction,
    programmed_module,
)
from tests.differential.scenarios import NUMBERS
from tests.support.chains import echo_module
from tests.support.recording import DATA, Action, Line, after
from tests.support.results import result_to_python
from tests.support.values import values_of

_M0 = echo_module(IMPORTED)
_TEXTS = b"some text, \xc3\xa9\xff and \0 bytes that can be lifted"
_SLOTS = struct.pack("<IIBIIbI", DATA + 8, 5, 1, DATA, 4, -3, DATA)

_RAW_ARGUMENTS = {
    "i32": st.one_of(POINTERS, LENGTHS, st.integers(0, 300)).map(
        lambda number: (number + 2**31) % 2**32 - 2**31
    ),
    "i64": st.integers(*INTEGER_RANGES[Scalar.I64]),
    "f32": st.floats(width=32),
    "f64": st.floats(),
}


@given(public_functions(), st.tuples(*map(import_adapters, IMPORTED)), st.data())
@examples(60)
def test_adapters_of_any_instructions_do_the_same(
    function: PublicFunction, adapters: tuple[tuple[Instruction, ...], ...], data: st.DataObject
) -> None:
    with BothEngines() as both:
        both.load("m0", _M0, IMPORTED)
        both.recorders["m1"] = RECORDED
        loaded = both.load("m1", programmed_module(function, adapters))
        assert loaded.outcome.kind == "result", loaded.outcome
        for _ in range(3):
            given_results = [
                Line(after(position), 0, Action.RETURN, data.draw(NUMBERS))
                for position in range(4, 8)
            ]
            both.set_scene({"m1": given_results}, {"m1": _SLOTS + _TEXTS})
            values = [data.draw(values_of(each)) for each in function.parameters]
            arguments = [
                result_to_python(kind, value)
                for kind, value in zip(function.parameters, values, strict=True)
            ]
            both.call("m1", "f", arguments)
            asked = data.draw(st.sampled_from(IMPORTED))
            raw = [data.draw(_RAW_ARGUMENTS[kind]) for kind in asked.raw_parameters]
            both.call("m1", f"ask_{asked.name}", raw)
        both.set_scene()
        assert both.call("m0", "text", ["good"]).outcome.value == ("str", "good")

"""Modules are loaded, started and unloaded, and the engine is changed."""

from operator import methodcaller

import pytest

from runtime import Engine
from runtime.interface.types import Scalar
from tests.differential.both_engines import BothEngines, chain, exact
from tests.differential.scenarios import TEXT_AND_OCTET, record
from tests.support.chains import Echo, echo_module
from tests.support.modules import ABI, extern_item, function_item, module
from tests.support.recording import Action, Line


def test_a_module_that_was_unloaded_cannot_be_called_until_both_are_loaded_anew(
    three_modules: BothEngines,
) -> None:
    both = three_modules
    both.call("m2", "text", ["x"])
    both.do(lambda service: service.unload("m0"))
    both.do(lambda service: service.unload("m0", force=True))
    for name in ("m1", "m2"):
        assert both.call(name, "text", ["x"]).outcome.kind == "NoSuchModule"
    both.load("m0", echo_module(TEXT_AND_OCTET), TEXT_AND_OCTET)
    assert both.call("m0", "text", ["x"]).outcome.value == exact("x")
    assert both.call("m2", "text", ["x"]).outcome.kind == "NoSuchModule"
    both.do(lambda service: service.unload("m1", force=True))
    both.load("m1", echo_module(TEXT_AND_OCTET, passes_to="m0"), TEXT_AND_OCTET)
    assert both.call("m1", "text", ["x"]).outcome.value == exact("x")
    assert both.call("m2", "text", ["x"]).outcome.kind == "NoSuchModule"
    both.do(lambda service: service.unload("m2"))
    both.load("m2", echo_module(TEXT_AND_OCTET, passes_to="m1"), TEXT_AND_OCTET)
    assert both.call("m2", "text", ["x"]).outcome.value == exact("x")


def test_a_module_unloaded_before_its_first_call_cannot_be_called() -> None:
    with chain(TEXT_AND_OCTET, 2) as both:
        both.do(lambda service: service.unload("m0", force=True))
        assert both.call("m1", "text", ["x"]).outcome.kind == "NoSuchModule"
        both.do(lambda service: service.prepare("m1", "text"))
        assert both.call("m1", "octet", [1]).outcome.kind == "NoSuchModule"


def test_a_module_with_the_interface_of_another_record_cannot_be_linked() -> None:
    one, other = record("Same", Scalar.U8), record("Same", Scalar.U16)
    with BothEngines() as both:
        both.load("m0", echo_module((Echo("f", (one,)),)), ())
        seen = both.load("m1", echo_module((Echo("f", (other,)),), passes_to="m0"))
        assert seen.outcome.kind == "LinkError"


def test_calls_prepared_before_give_the_same(three_modules: BothEngines) -> None:
    for name in ("m2", "m0", "m1"):
        for function in ("text", "texd"):
            three_modules.do(methodcaller("prepare", name, function))
        assert three_modules.call(name, "text", ["x"]).outcome.value == exact("x")


def test_the_engine_of_a_service_can_be_changed_at_any_time(three_modules: BothEngines) -> None:
    both = three_modules
    interp, fused = Engine.INTERP, Engine.FUSED
    for round_number, (first, second) in enumerate([(interp, fused), (fused, interp)] * 3):
        both.services[Engine.INTERP].engine = first
        both.services[Engine.FUSED].engine = second
        text = f"round {round_number}"
        assert both.call("m2", "text", [text]).outcome.value == exact(text)
        both.set_scene({"m1": [Line(3, 1, Action.TRAP)]})
        assert both.call("m2", "text", [text]).outcome.kind == "Trap"
        both.set_scene({"m1": [Line(0, 1, Action.RETURN, 2**32 - 1)]})
        assert both.call("m2", "text", [text]).outcome.kind == "AdapterError"
        both.set_scene()
        if round_number == 2:
            both.load("late", echo_module(TEXT_AND_OCTET, passes_to="m2"), TEXT_AND_OCTET)
        if round_number > 1:
            assert both.call("late", "text", [text]).outcome.value == exact(text)


@pytest.mark.parametrize("at_start", ["_initialize", "_start", "start section"])
@pytest.mark.parametrize("argument", [3, 300])
def test_a_module_may_call_another_while_it_starts(at_start: str, argument: int) -> None:
    export = "" if at_start == "start section" else f'(export "{at_start}")'
    starts = "(start $begin)" if at_start == "start section" else ""
    wat = f"""(module
      (import "m0" "octet" (func $octet (param i32) (result i32)))
      (import "m0" "text" (func $text (param i32 i32)))
      {ABI}
      (global $given (mut i32) (i32.const 0))
      (func $begin {export}
        (global.set $given (call $octet (i32.const {argument})))
        (call $text (i32.const 0) (i32.const 5)))
      {starts}
      (func (export "given") (result i32) (global.get $given)))"""
    externs = extern_item(
        "m0",
        ("octet", [("p0", "U8")], "U8"),
        ("text", [("p0", "Utf8String")], "Utf8String"),
    )
    with BothEngines() as both:
        both.load("m0", echo_module(TEXT_AND_OCTET), TEXT_AND_OCTET)
        both.call("m0", "octet", [1])
        both.load("m1", module(wat, [externs, function_item("given", [], "U32")]))
        both.call("m1", "given")
        both.call("m0", "text", ["x"])


def test_a_start_section_may_call_another_module_with_numbers() -> None:
    wat = """(module
      (import "m0" "octet" (func $octet (param i32) (result i32)))
      (global $given (mut i32) (i32.const 0))
      (func $begin (global.set $given (call $octet (i32.const 9))))
      (start $begin)
      (func (export "given") (result i32) (global.get $given)))"""
    externs = extern_item("m0", ("octet", [("p0", "U8")], "U8"))
    for prepared in (False, True):
        with BothEngines() as both:
            both.load("m0", echo_module(TEXT_AND_OCTET), TEXT_AND_OCTET)
            if prepared:
                both.call("m0", "octet", [1])
            both.load("m1", module(wat, [externs, function_item("given", [], "U32")]))
            assert both.call("m1", "given").outcome.value == exact(9)

"""Modules that no SDK builds: imports twice, no memory, adapters that call other modules."""

from runtime.interface.instructions import Instruction, Op
from runtime.interface.section import (
    Adapter,
    EncodedField,
    Export,
    FunctionDefinition,
    Implementation,
    Import,
    make_section,
)
from runtime.interface.types import Field, RecordType, Scalar
from tests.differential.both_engines import BothEngines, chain, exact
from tests.differential.scenarios import TEXT_AND_OCTET
from tests.support.chains import Echo, echo_module
from tests.support.modules import ABI, extern_item, function_item, module, module_with_section


def test_a_function_may_be_imported_twice_and_exported_again_as_it_is() -> None:
    wat = f"""(module
      (import "m0" "octet" (func $one (param i32) (result i32)))
      (import "m0" "octet" (func $two (param i32) (result i32)))
      {ABI}
      (export "again" (func $two))
      (func (export "sum") (param i32) (result i32)
        (i32.add (call $one (local.get 0)) (call $two (i32.const 1)))))"""
    items = [
        extern_item("m0", ("octet", [("p0", "U8")], "U8")),
        function_item("again", [("p0", "U32")], "U32"),
        function_item("sum", [("p0", "U32")], "U32"),
    ]
    with BothEngines() as both:
        both.load("m0", echo_module(TEXT_AND_OCTET), TEXT_AND_OCTET)
        both.load("m1", module(wat, items))
        assert both.call("m1", "again", [255]).outcome.value == exact(255)
        assert both.call("m1", "again", [256]).outcome.kind == "AdapterError"
        assert both.call("m1", "sum", [254]).outcome.value == exact(255)


def test_a_modules_allocate_may_be_another_modules_function() -> None:
    allocating = module(
        f"""(module {ABI}
          (global $at (mut i32) (i32.const 8192))
          (func (export "room") (param i32 i32) (result i32)
            (global.set $at (i32.add (global.get $at) (local.get 0)))
            (i32.sub (global.get $at) (local.get 0))))""",
        [function_item("room", [("size", "U32"), ("tag", "U32")], "U32")],
    )
    wat = """(module
      (import "m0" "room" (func $room (param i32 i32) (result i32)))
      (memory (export "memory") 4)
      (export "allocate" (func $room))
      (func (export "release_objects"))
      (func (export "get_result_ptr") (result i32) (i32.const 8192))
      (func (export "get_result_size") (result i32) (i32.const 4))
      (func (export "set_result_ptr") (param i32))
      (func (export "set_result_size") (param i32))
      (func (export "f") (param i32 i32)))"""
    items = [
        extern_item("m0", ("room", [("size", "U32"), ("tag", "U32")], "U32")),
        function_item("f", [("p0", "Utf8String")], "Utf8String"),
    ]
    with BothEngines() as both:
        both.load("m0", allocating)
        both.load("m1", module(wat, items))
        assert both.call("m1", "f", ["text"]).outcome.value == exact("text")


def test_two_ways_lead_to_one_module() -> None:
    with BothEngines() as both:
        both.load("m0", echo_module(TEXT_AND_OCTET), TEXT_AND_OCTET)
        both.load("left", echo_module(TEXT_AND_OCTET, passes_to="m0"), TEXT_AND_OCTET)
        both.load("right", echo_module(TEXT_AND_OCTET, passes_to="m0"), TEXT_AND_OCTET)
        wat = f"""(module
          (import "left" "text" (func $left (param i32 i32)))
          (import "right" "text" (func $right (param i32 i32)))
          {ABI}
          (func (export "text") (param i32 i32)
            (call $left (local.get 0) (local.get 1))
            (call $right (global.get $pointer) (global.get $size))))"""
        text = ("text", [("p0", "Utf8String")], "Utf8String")
        items = [extern_item("left", text), extern_item("right", text), function_item(*text)]
        both.load("top", module(wat, items))
        assert both.call("top", "text", ["ways"]).outcome.value == exact("ways")


def test_modules_without_memory_exchange_numbers() -> None:
    scalars = [("a", "I64"), ("b", "F32"), ("c", "Boolean")]
    double = module(
        """(module (func (export "f") (param i64 f32 i32) (result f32)
             (f32.add (local.get 1) (f32.convert_i64_s (local.get 0)))))""",
        [function_item("f", scalars, "F32")],
    )
    asking = module(
        """(module (import "m0" "f" (func $f (param i64 f32 i32) (result f32)))
             (func (export "f") (param i64 f32 i32) (result f32)
               (call $f (local.get 0) (local.get 1) (local.get 2))))""",
        [extern_item("m0", ("f", scalars, "F32")), function_item("f", scalars, "F32")],
    )
    with BothEngines() as both:
        both.load("m0", double)
        both.load("m1", asking)
        assert both.call("m1", "f", [-3, 0.5, True]).outcome.value == exact(-2.5)


def _function(parameters: tuple[Scalar, ...], *results: Scalar) -> FunctionDefinition:
    fields = (EncodedField(f"p{at}", each) for at, each in enumerate(parameters))
    return FunctionDefinition(tuple(fields), results)


def test_an_adapter_cannot_call_a_raw_function_with_several_results() -> None:
    i32 = Scalar.I32
    section = make_section(
        "0.27.0",
        (_function((), i32), _function((i32, i32), i32), _function((), i32), _function((), i32)),
        (),
        (Adapter(3, (Instruction(Op.CALL_CORE, 0), Instruction(Op.CALL_CORE, 1))),),
        (Export("two", 0), Export("minus", 1), Export("f", 2)),
        (Implementation(2, 3),),
    )
    wat = """(module
      (func (export "two") (result i32 i32) (i32.const 7) (i32.const 3))
      (func (export "minus") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
      (func (export "f") (result i32) (i32.const 0)))"""
    with BothEngines() as both:
        seen = both.load("m0", module_with_section(wat, section))
        assert seen.outcome.kind == "ValidationError"
        assert "the Wasm function 'two' with 2 results" in seen.outcome.message


def test_an_export_adapter_cannot_call_a_module_that_was_unloaded() -> None:
    i32, u8 = Scalar.I32, Scalar.U8
    section = make_section(
        "0.27.0",
        (*[_function((u8,), u8)] * 3, *[_function((i32,), i32)] * 2),
        (Import("m0", "octet", 2), Import("m0", "octet", 3)),
        (
            Adapter(1, (Instruction(Op.ARG_GET, 0), Instruction(Op.CALL_CORE, 1))),
            Adapter(4, (Instruction(Op.ARG_GET, 0),)),
        ),
        (Export("f", 0),),
        (Implementation(0, 1), Implementation(3, 4)),
    )
    wat = '(module (func (export "f") (param i32) (result i32) (local.get 0)))'
    with BothEngines() as both:
        both.load("m0", echo_module(TEXT_AND_OCTET), TEXT_AND_OCTET)
        both.load("m1", module_with_section(wat, section))
        assert both.call("m1", "f", [5]).outcome.value == exact(5)
        both.do(lambda service: service.unload("m0", force=True))
        assert both.call("m1", "f", [5]).outcome.kind == "NoSuchModule"


def test_names_with_dots_in_them_are_not_mixed_up() -> None:
    def constant(function: str, number: int) -> bytes:
        wat = f'(module (func (export "{function}") (result i32) (i32.const {number})))'
        return module(wat, [function_item(function, [], "I32")])

    wat = """(module
      (import "a.b" "c" (func $one (result i32)))
      (import "a" "b.c" (func $two (result i32)))
      (func (export "both") (result i32)
        (i32.add (call $one) (i32.mul (i32.const 10) (call $two)))))"""
    items = [
        extern_item("a.b", ("c", [], "I32")),
        extern_item("a", ("b.c", [], "I32")),
        function_item("both", [], "I32"),
    ]
    with BothEngines() as both:
        both.load("a.b", constant("c", 1))
        both.load("a", constant("b.c", 2))
        both.load("x", module(wat, items))
        assert both.call("x", "both").outcome.value == exact(21)


def test_records_may_have_the_same_and_numbered_names() -> None:
    names = ["R", "R/1", "R", "R/2", "R", "R/1"]
    functions = tuple(
        Echo(f"f{number}", (RecordType(name, (Field("x", Scalar.S32),)),))
        for number, name in enumerate(names)
    )
    with BothEngines() as both:
        both.load("m0", echo_module(functions), functions)
        for each in functions:
            assert both.call("m0", each.name, [{"x": 1}]).outcome.value == exact({"x": 1})


def test_hundreds_of_modules_may_import_each_other() -> None:
    with chain(TEXT_AND_OCTET, 200, most_pages=4) as both:
        assert both.call("m199", "text", ["x"]).outcome.kind == "CallDepthExceeded"
        assert both.call("m40", "text", ["x"]).outcome.value == exact("x")


def test_a_module_that_throws_exceptions_is_refused() -> None:
    wat = """(module (tag $t) (func (export "f") (throw $t)))"""
    with BothEngines() as both:
        seen = both.load("m0", module(wat, [function_item("f", [], None)]))
        assert seen.outcome.kind == "ModuleFileError"
        assert "exceptions proposal not enabled" in seen.outcome.message

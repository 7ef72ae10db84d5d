"""Odd names, many parameters, deep types, trees, empty values and the bits of floats."""

import struct

import pytest

from runtime import PythonValue
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar
from tests.differential.both_engines import BothEngines, chain, exact
from tests.differential.scenarios import LEAF, NODE, TEXT_AND_OCTET, TREE, record, some_value
from tests.support.chains import Echo
from tests.support.modules import ABI, extern_item, function_item, module
from tests.support.recording import Action, Line, after
from tests.support.results import result_to_python

ODD = ["a b", "a_b", 'qu"ote', "(;", ";)", ";; end", "$x", "back\\slash", "żółw", "🐢", "", "a\nb"]


def test_functions_may_have_any_names() -> None:
    text = [("p0", "Utf8String")]
    body = "".join(
        f'(func (export "{_escaped(name)}") (param i32 i32)'
        " (call $set_result_ptr (local.get 0)) (call $set_result_size (local.get 1)))"
        for name in ODD
    )
    items = [function_item(name, text, "Utf8String") for name in ODD]
    imports = "".join(
        f'(import "odd (; \\" name" "{_escaped(name)}" (func $i{at} (param i32 i32)))'
        for at, name in enumerate(ODD)
    )
    passing = "".join(
        f'(func (export "{_escaped(name)}") (param i32 i32)'
        f" (call $i{at} (local.get 0) (local.get 1)))"
        for at, name in enumerate(ODD)
    )
    externs = extern_item('odd (; " name', *((name, text, "Utf8String") for name in ODD))
    with BothEngines() as both:
        both.load('odd (; " name', module(f"(module {ABI} {body})", items))
        seen = both.load("m;)1", module(f"(module {imports} {ABI} {passing})", [externs, *items]))
        assert seen.outcome.kind == "result", seen.outcome
        for name in ODD:
            assert both.call("m;)1", name, ["x"]).outcome.value == exact("x")


def _escaped(name: str) -> str:
    return "".join(f"\\{byte:02x}" for byte in name.encode())


@pytest.mark.parametrize("count", [1, 40, 300])
def test_functions_may_have_many_parameters_and_records_many_fields(count: int) -> None:
    kinds = [*Scalar]
    types = tuple(kinds[at % len(kinds)] for at in range(count))
    wide = record("Wide", *types)
    functions = (Echo("wide", (wide,)),)
    value: dict[str, PythonValue] = {
        f"f{at}": some_value(kind, at) for at, kind in enumerate(types)
    }
    with chain(functions, 2) as both:
        assert both.call("m1", "wide", [value]).outcome.value == exact(value)
    crossing = tuple(each for each in types if each not in (Scalar.I32, Scalar.I64))
    with chain((Echo("many", crossing, len(crossing) - 1),), 2) as both:
        given = [some_value(kind, at) for at, kind in enumerate(crossing)]
        assert both.call("m1", "many", given).outcome.value == exact(given[-1])


@pytest.mark.parametrize("depth", [20, 99, 101, 130])
def test_types_may_nest_deeply(depth: int) -> None:
    arrays: InterfaceType = Scalar.STRING
    records: InterfaceType = Scalar.STRING
    array_value: PythonValue = "deep"
    record_value: PythonValue = "deep"
    for level in range(depth):
        arrays, array_value = ArrayType(arrays), [array_value]
        records = record(f"L{level}", records)
        record_value = {"f0": record_value}
    functions = (Echo("arrays", (arrays,)), Echo("records", (records,)), *TEXT_AND_OCTET)
    with chain(functions, 2) as both:
        assert both.call("m1", "arrays", [array_value]).outcome.value == exact(array_value)
        assert both.call("m1", "records", [record_value]).outcome.value == exact(record_value)
        assert both.call("m1", "text", ["x"]).outcome.value == exact("x")


def test_trees_cross_modules() -> None:
    tree: PythonValue = {"name": "root", "children": []}
    for level in range(30):
        tree = {"name": f"n{level}", "children": [tree, {"name": "", "children": []}]}
    with chain((Echo("tree", (TREE,)), *TEXT_AND_OCTET), 3) as both:
        both.set_scene()
        assert both.call("m2", "tree", [tree]).outcome.value == exact(tree)
        assert both.call("m2", "text", ["x"]).outcome.value == exact("x")
        both.set_scene({"m1": [Line(0, 4, Action.TRAP)]})
        assert both.call("m2", "tree", [tree]).outcome.kind == "Trap"
        both.set_scene({"m0": [Line(after(0), 1, Action.POKE_32, 65536, 2**32 - 1)]})
        both.call("m2", "tree", [tree])
        both.set_scene()
        assert both.call("m2", "text", ["x"]).outcome.value == exact("x")


def test_a_tree_that_holds_itself_is_told_alike() -> None:
    with chain((Echo("tree", (TREE,)), *TEXT_AND_OCTET), 2) as both:
        # A record whose array of children has one element: a pointer to the record itself.
        data = struct.pack("<IIIII", 0, 0, 49152 + 16, 1, 49152)
        both.set_scene({"m0": [Line(after(0), 0, Action.SET_POINTER, 49152)]}, {"m0": data})
        assert both.call("m0", "tree", [{"name": "", "children": []}]).outcome.kind != "result"
        assert both.call("m1", "tree", [{"name": "", "children": []}]).outcome.kind != "result"
        both.set_scene()
        assert both.call("m1", "text", ["x"]).outcome.value == exact("x")


def test_empty_values_of_all_kinds_cross() -> None:
    types: tuple[InterfaceType, ...] = (
        Scalar.STRING, Scalar.BYTE_ARRAY, ArrayType(Scalar.U8), ArrayType(LEAF), ArrayType(NODE),
        ArrayType(ArrayType(Scalar.STRING)), NODE, ArrayType(Scalar.BOOL),
    )  # fmt: skip
    functions = tuple(Echo(f"f{at}", (each,)) for at, each in enumerate(types))
    with chain(functions, 3) as both:
        for at, each in enumerate(types):
            value = result_to_python(each, _empty(each))  # type: ignore[arg-type]
            both.set_scene()
            assert both.call("m2", f"f{at}", [value]).outcome.value == exact(value)


def _empty(interface_type: InterfaceType) -> object:
    if isinstance(interface_type, RecordType):
        return tuple(_empty(each.type) for each in interface_type.fields)
    if interface_type in (Scalar.BYTE_ARRAY, ArrayType(Scalar.U8)):
        return b""
    if isinstance(interface_type, ArrayType):
        return []
    return {Scalar.STRING: "", Scalar.BOOL: False}.get(interface_type, 0)


@pytest.mark.parametrize(
    "bits",
    [0, 1 << 63, 0x7FF0 << 48, 0xFFF0 << 48, 0x7FF8 << 48, 0x7FF8_0000_0000_0001, 0xFFF8 << 48,
     0x7FFF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0001, 1],
)  # fmt: skip
def test_the_bits_of_doubles_cross_modules(bits: int) -> None:
    functions = (Echo("one", (Scalar.F64,)), Echo("all", (ArrayType(Scalar.F64),)))
    (number,) = struct.unpack("<d", struct.pack("<Q", bits))
    with chain(functions, 3) as both:
        assert both.call("m2", "one", [number]).outcome.value == exact(number)
        assert both.call("m2", "all", [[number]]).outcome.value == exact([number])
        both.set_scene({"m0": [Line(after(0), 1, Action.RETURN, bits)]})
        assert both.call("m2", "one", [0.5]).outcome.value == exact(number)


@pytest.mark.parametrize(
    "bits",
    [0, 1 << 31, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_0001, 0x7FFF_FFFF, 1],
)
def test_the_bits_of_floats_cross_modules(bits: int) -> None:
    functions = (
        Echo("one", (Scalar.F32,)),
        Echo("all", (ArrayType(Scalar.F32),)),
        Echo("boxed", (record("Box", Scalar.F32),)),
    )
    (number,) = struct.unpack("<f", struct.pack("<I", bits))
    with chain(functions, 3) as both:
        assert both.call("m2", "one", [number]).outcome.value == exact(number)
        assert both.call("m2", "all", [[number]]).outcome.value == exact([number])
        both.set_scene({"m0": [Line(after(0), 1, Action.RETURN, bits)]})
        assert both.call("m2", "one", [0.5]).outcome.value == exact(number)
        both.set_scene({"m0": [Line(after(1), 1, Action.POKE_32, 65536, bits)]})
        assert both.call("m2", "all", [[0.5]]).outcome.value == exact([number])
        both.set_scene({"m0": [Line(after(2), 1, Action.POKE_32, 65536, bits)]})
        assert both.call("m2", "boxed", [[0.5]]).outcome.value == exact({"f0": number})

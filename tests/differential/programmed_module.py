"""A module made by hand, whose adapters are any programs.

It records its raw calls, as chains do, and has raw functions of every number type to call; its
adapters may also call the functions of an echo module, `m0`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.interface.instructions import (
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
    Op,
)
from runtime.interface.section import (
    Adapter,
    EncodedField,
    Export,
    FunctionDefinition,
    Implementation,
    Import,
    RecordDefinition,
    TypeDefinition,
    make_section,
)
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar
from tests.differential.scenarios import LEAF, record
from tests.support.chains import Echo
from tests.support.modules import module_with_section
from tests.support.recording import (
    IS_OVERRIDDEN,
    OVERRIDE,
    abi,
    after,
    before,
    narrowed,
    recording,
)

BOX = record("Box", Scalar.U8, LEAF, ArrayType(LEAF), Scalar.F32)
RECORDS = (LEAF, BOX)

IMPORTED = (
    Echo("text", (Scalar.STRING,)),
    Echo("octets", (Scalar.BYTE_ARRAY,)),
    Echo("texts", (ArrayType(Scalar.STRING),)),
    Echo("box", (BOX,)),
    Echo("small", (Scalar.S8,)),
    Echo("large", (Scalar.U64,)),
    Echo("real", (Scalar.F32,)),
    Echo("nothing", (Scalar.STRING, Scalar.U16), None),
)
"""What the other module, `m0`, has."""

NUMBER_TYPES = (Scalar.I32, Scalar.I64, Scalar.F32, Scalar.F64)
_I32, _I64 = Scalar.I32, Scalar.I64


@dataclass(frozen=True)
class RawFunction:
    """A raw function: its name and type."""

    name: str
    parameters: tuple[Scalar, ...]
    result: Scalar | None


RAW_FUNCTIONS = (
    *(RawFunction(f"take_{each.value}", (each,), None) for each in NUMBER_TYPES),
    *(RawFunction(f"give_{each.value}", (), each) for each in NUMBER_TYPES),
    RawFunction("add", (_I32, _I32), _I32),
    RawFunction("mixed", (_I32, _I64, Scalar.F32), _I64),
)
ABI = (
    RawFunction("allocate", (_I32, _I32), _I32),
    RawFunction("release_objects", (), None),
    RawFunction("get_result_size", (), _I32),
    RawFunction("get_result_ptr", (), _I32),
    RawFunction("set_result_size", (_I32,), None),
    RawFunction("set_result_ptr", (_I32,), None),
)
CALLABLE = (*ABI, *RAW_FUNCTIONS)


def encoded(interface_type: InterfaceType) -> EncodedType:
    """The type as the module's section writes it."""
    if isinstance(interface_type, ArrayType):
        return EncodedArray(encoded(interface_type.element))
    if isinstance(interface_type, RecordType):
        return EncodedRecord(RECORDS.index(interface_type))
    return interface_type


@dataclass(frozen=True)
class PublicFunction:
    """A public function `f`: what it takes, and its adapter."""

    parameters: tuple[InterfaceType, ...]
    result: InterfaceType | None
    instructions: tuple[Instruction, ...]


ASKED = len(CALLABLE)
"""The position of the first function `ask_…`, which passes raw arguments to an import."""

FIRST_IMPORT = len(CALLABLE) + len(IMPORTED) + 1
RECORDED = tuple(each.name for each in RAW_FUNCTIONS) + tuple(f"ask_{e.name}" for e in IMPORTED)
"""The names of the module's functions that record, without those of the ABI."""


def programmed_module(
    function: PublicFunction, adapters: Sequence[tuple[Instruction, ...]]
) -> bytes:
    """The module, with the public function `f` and the import adapters, one for each import."""
    types: list[TypeDefinition] = [
        RecordDefinition(
            each.name, tuple(EncodedField(f.name, encoded(f.type)) for f in each.fields)
        )
        for each in RECORDS
    ]
    exports: list[Export] = []
    bodies: list[Adapter] = []
    implementations: list[Implementation] = []

    def add(parameters: Sequence[InterfaceType], result: InterfaceType | None) -> int:
        fields = tuple(EncodedField(f"p{n}", encoded(e)) for n, e in enumerate(parameters))
        types.append(FunctionDefinition(fields, () if result is None else (encoded(result),)))
        return len(types) - 1

    def implement(core: int, adapter: int, instructions: Sequence[Instruction]) -> None:
        bodies.append(Adapter(adapter, tuple(instructions)))
        implementations.append(Implementation(core, adapter))

    for raw in CALLABLE:
        exports.append(Export(raw.name, add(raw.parameters, raw.result)))
    for at, each in enumerate(IMPORTED):
        parameters = tuple(Scalar(raw) for raw in each.raw_parameters)
        result = Scalar(each.raw_result) if each.raw_result else None
        core = add(parameters, result)
        exports.append(Export(f"ask_{each.name}", core))
        gets = [Instruction(Op.ARG_GET, index) for index in range(len(parameters))]
        implement(core, add(parameters, result), [*gets, Instruction(Op.CALL_CORE, ASKED + at)])
    core = add((), None)
    exports.append(Export("f", core))
    implement(core, add(function.parameters, function.result), function.instructions)
    imports = []
    for each, instructions in zip(IMPORTED, adapters, strict=True):
        imports.append(Import("m0", each.name, add(each.parameters, each.result)))
        parameters = tuple(Scalar(raw) for raw in each.raw_parameters)
        result = Scalar(each.raw_result) if each.raw_result else None
        core = add(parameters, result)
        imports.append(Import("m0", each.name, core))
        implement(core, add(parameters, result), instructions)
    section = make_section(
        "0.27.0",
        tuple(types),
        tuple(imports),
        tuple(bodies),
        tuple(exports),
        tuple(implementations),
    )
    return module_with_section(_wat(), section)


def _wat() -> str:
    wasm_imports = "".join(
        f'(import "m0" "{each.name}" (func $m0_{each.name} (param {" ".join(each.raw_parameters)})'
        + (f"(result {each.raw_result})" if each.raw_result else "")
        + "))"
        for each in IMPORTED
    )
    functions = [
        _recorded(at, each.name, [p.value for p in each.parameters],
                  each.result.value if each.result else None, None)
        for at, each in enumerate(RAW_FUNCTIONS)
    ]  # fmt: skip
    functions += [
        _recorded(len(RAW_FUNCTIONS) + at, f"ask_{each.name}", each.raw_parameters,
                  each.raw_result, f"$m0_{each.name}")
        for at, each in enumerate(IMPORTED)
    ]  # fmt: skip
    reenter = "(call $m0_text (local.get $pointer) (local.get $size))"
    return (
        f'(module {wasm_imports} {abi(reenter=reenter)} {"".join(functions)} (func (export "f")))'
    )


def _recorded(
    position: int, name: str, parameters: Sequence[str], result: str | None, calls: str | None
) -> str:
    """A raw function that records its call, and calls another one with the same arguments."""
    given = [(raw, f"(local.get {at})") for at, raw in enumerate(parameters)]
    body = recording(before(position), given) + f"(call $act (i32.const {before(position)}))"
    passed = f"(call {calls} {' '.join(value for _, value in given)})" if calls else ""
    if result is None:
        body += passed
    else:
        body += f"(local.set $result {passed or f'({result}.const 77)'})"
        body += f"""
          (call $act (i32.const {after(position)}))
          (if {IS_OVERRIDDEN} (then (local.set $result {narrowed(result, OVERRIDE)})))
          (local.get $result)"""
    head = " ".join(f"(param {raw})" for raw in parameters)
    if result is not None:
        head += f" (result {result}) (local $result {result})"
    return f'(func ${name} (export "{name}") {head} {body})'

"""Adapters are built here for one module, `m`, whose Wasm exports are `EXPORTS`.

Its section lists `allocate`, `release_objects`, `get_size`, `get_pointer` and `work` as exports (so
these are the core functions 0 to 4), and the function of another module that a test asks for.
"""

from dataclasses import dataclass

import pytest

from runtime.errors import ValidationError
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
    InterfaceSection,
    RecordDefinition,
    TypeDefinition,
    make_section,
)
from runtime.interface.types import Scalar, signature_text
from runtime.interface.validated import (
    CoreSignature,
    ImportedFunction,
    RawExport,
    ValidatedInterface,
)
from runtime.interface.validation import validate_interface

NOTHING = CoreSignature((), ())

I32, I64, F32, F64 = Scalar.I32, Scalar.I64, Scalar.F32, Scalar.F64

ALLOCATE, RELEASE, GET_SIZE, GET_POINTER, WORK = range(5)
EXPORT_NAMES = ("allocate", "release_objects", "get_size", "get_pointer", "work")

RECORD = RecordDefinition("Pair", (EncodedField("a", Scalar.U8), EncodedField("b", Scalar.STRING)))
OTHER_RECORD = RecordDefinition("Twin", RECORD.fields)
PAIR, TWIN, ABI, INTERFACE, CORE, RAW, RAW_IMPORT = range(7)


def exports(work: CoreSignature) -> dict[str, CoreSignature]:
    return {
        "allocate": CoreSignature((I32, I32), (I32,)),
        "release_objects": CoreSignature((), ()),
        "get_size": CoreSignature((), (I32,)),
        "get_pointer": CoreSignature((), (I32,)),
        "work": work,
    }


def op(mnemonic: str, operand: int | EncodedType | None = None) -> Instruction:
    return Instruction(next(op for op in Op if op.mnemonic == mnemonic), operand)


def get(index: int) -> Instruction:
    return Instruction(Op.ARG_GET, index)


def call(index: int) -> Instruction:
    return Instruction(Op.CALL_CORE, index)


def push(number: int) -> Instruction:
    return Instruction(Op.I32_PUSH, number)


def function_type(parameters: tuple[EncodedType, ...], *results: EncodedType) -> FunctionDefinition:
    return FunctionDefinition(
        tuple(EncodedField(f"p{n}", parameter) for n, parameter in enumerate(parameters)), results
    )


def export_section(interface: FunctionDefinition, *instructions: Instruction) -> InterfaceSection:
    """A section whose public function `work` has this interface and this adapter."""
    types: tuple[TypeDefinition, ...] = (
        RECORD,
        OTHER_RECORD,
        function_type(()),
        interface,
        interface,
    )
    return make_section(
        "0.27.0",
        types,
        (),
        (Adapter(INTERFACE, instructions),),
        tuple(Export(name, CORE if name == "work" else ABI) for name in EXPORT_NAMES),
        (Implementation(CORE, INTERFACE),),
    )


def import_section(
    interface: FunctionDefinition, raw: FunctionDefinition, *instructions: Instruction
) -> InterfaceSection:
    """A section that imports `other.f` with this interface, raw type and adapter."""
    types: tuple[TypeDefinition, ...] = (
        RECORD,
        OTHER_RECORD,
        function_type(()),
        interface,
        function_type(()),
        raw,
        raw,
    )
    return make_section(
        "0.27.0",
        types,
        (Import("other", "f", INTERFACE), Import("other", "f", RAW_IMPORT)),
        (Adapter(RAW, instructions),),
        tuple(Export(name, ABI) for name in EXPORT_NAMES),
        (Implementation(RAW_IMPORT, RAW),),
    )


@dataclass(frozen=True)
class Module:
    """The Wasm side of the module under test."""

    exports: dict[str, CoreSignature]
    imports: dict[tuple[str, str], CoreSignature]


def module(
    work: CoreSignature = NOTHING,
    other_f: CoreSignature | None = None,
) -> Module:
    return Module(exports(work), {} if other_f is None else {("other", "f"): other_f})


def validate(section: InterfaceSection, wasm: Module) -> ValidatedInterface:
    return validate_interface(section, module="m", exports=wasm.exports, imports=wasm.imports)


def refusal(section: InterfaceSection, wasm: Module) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        validate(section, wasm)
    assert caught.value.module == "m"
    assert caught.value.message.startswith("module 'm': ")
    return caught.value


LOWER_STRING = (
    get(0),
    op("string.size"),
    push(1),
    call(ALLOCATE),
    get(0),
    op("string.lower_memory"),
)
LIFT_STRING = (call(GET_POINTER), call(GET_SIZE), op("string.lift_memory"), call(RELEASE))
GREETING = export_section(
    function_type((Scalar.STRING,), Scalar.STRING), *LOWER_STRING, call(WORK), *LIFT_STRING
)
GREETING_MODULE = module(CoreSignature((I32, I32), ()))


def test_a_public_function_is_its_interface_and_its_resolved_adapter() -> None:
    interface = validate(GREETING, GREETING_MODULE)

    (adapter,) = interface.exports
    assert interface.version == "0.27.0"
    assert interface.imports == ()
    assert signature_text(adapter.name, adapter.signature) == "fn work(p0: string) -> string"
    assert [instruction.text for instruction in adapter.instructions][:4] == [
        "arg.get 0",
        "string.size",
        "i32.push 1",
        "call-core 0",
    ]
    assert [instruction.operand for instruction in adapter.instructions][:4] == [
        0,
        None,
        1,
        RawExport("allocate", CoreSignature((I32, I32), (I32,))),
    ]


def test_functions_without_an_implementation_are_not_public() -> None:
    interface = validate(GREETING, GREETING_MODULE)

    assert [adapter.name for adapter in interface.exports] == ["work"]


def test_an_allocate_of_one_parameter_is_called_without_a_type_tag() -> None:
    section = export_section(
        function_type((Scalar.STRING,)),
        *(instruction for instruction in LOWER_STRING if instruction.op is not Op.I32_PUSH),
        call(WORK),
    )
    wasm = module(CoreSignature((I32, I32), ()))
    wasm.exports["allocate"] = CoreSignature((I32,), (I32,))

    assert validate(section, wasm).exports[0].name == "work"


@pytest.mark.parametrize("sort", ["s8", "s16", "s32", "u8", "u16", "u32"])
def test_narrow_integers_are_converted_from_and_to_i32(sort: str) -> None:
    section = export_section(
        function_type((Scalar(sort),), Scalar(sort)),
        get(0),
        op(f"i32.from_{sort}"),
        call(WORK),
        op(f"{sort}.from_i32"),
    )

    validate(section, module(CoreSignature((I32,), (I32,))))
    assert (
        "found i32 on the stack" in refusal(section, module(CoreSignature((I64,), (I64,)))).message
    )


def test_floats_and_core_integers_pass_without_conversion() -> None:
    section = export_section(
        function_type((F32, F64, I32, I64), F64), get(0), get(1), get(2), get(3), call(WORK)
    )

    validate(section, module(CoreSignature((F32, F64, I32, I64), (F64,))))


def test_pushed_numbers_wrap_to_signed_ones() -> None:
    section = export_section(
        function_type(()),
        push(2**32 - 1),
        push(2**40 + 7),
        op("i64.push", 2**63 - 1),
        call(WORK),
    )

    (adapter,) = validate(section, module(CoreSignature((I32, I32, I64), ()))).exports

    assert [instruction.operand for instruction in adapter.instructions[:3]] == [-1, 7, 2**63 - 1]
    assert adapter.instructions[0].text == "i32.push 4294967295"


def test_a_byte_array_and_an_array_of_u8_are_the_same() -> None:
    lowered_as_array = export_section(
        function_type((Scalar.BYTE_ARRAY,), EncodedArray(Scalar.U8)),
        get(0),
        op("array.lower_memory", Scalar.U8),
        call(WORK),
        call(GET_POINTER),
        call(GET_SIZE),
        op("byte_array.lift_memory"),
    )
    lowered_as_bytes = export_section(
        function_type((EncodedArray(Scalar.U8),), EncodedArray(Scalar.BYTE_ARRAY)),
        get(0),
        op("byte_array.size"),
        push(1),
        call(ALLOCATE),
        get(0),
        op("byte_array.lower_memory"),
        call(WORK),
        call(GET_POINTER),
        call(GET_SIZE),
        op("array.lift_memory", EncodedArray(Scalar.U8)),
    )

    validate(lowered_as_array, GREETING_MODULE)
    validate(lowered_as_bytes, GREETING_MODULE)


def test_records_are_told_apart_by_their_index() -> None:
    def section(lowered: int) -> InterfaceSection:
        return export_section(
            function_type((EncodedRecord(PAIR),)),
            get(0),
            op("record.lower_memory", lowered),
            call(WORK),
        )

    wasm = module(CoreSignature((I32,), ()))
    (adapter,) = validate(section(PAIR), wasm).exports

    assert adapter.instructions[1].operand is adapter.signature.parameters[0].type
    assert (
        "found record 'Pair' on the stack, expected record 'Twin'"
        in refusal(section(TWIN), wasm).message
    )


def test_operands_can_be_doubled_and_swapped() -> None:
    section = export_section(
        function_type((F32, I32), F32), get(0), get(1), op("swap2"), op("dup"), call(WORK)
    )

    validate(section, module(CoreSignature((I32, F32, F32), (F32,))))


IMPORT_RAW = function_type((I32, I32), Scalar.S32)
IMPORT = import_section(
    function_type((Scalar.STRING,), Scalar.U8),
    IMPORT_RAW,
    get(0),
    get(1),
    op("string.lift_memory"),
    call(RELEASE),
    call(len(EXPORT_NAMES)),
    op("i32.from_u8"),
)
IMPORT_CORE = CoreSignature((I32, I32), (I32,))


def test_an_import_adapter_has_raw_arguments_and_the_interface_of_the_function() -> None:
    interface = validate(IMPORT, module(other_f=IMPORT_CORE))

    (adapter,) = interface.imports
    assert interface.exports == ()
    assert (adapter.namespace, adapter.name, adapter.raw) == ("other", "f", IMPORT_CORE)
    assert signature_text(adapter.name, adapter.signature) == "fn f(p0: string) -> u8"
    assert adapter.instructions[4].operand == ImportedFunction("other", "f", adapter.signature)


def test_an_import_adapter_may_be_there_though_the_module_does_not_import_the_function() -> None:
    assert len(validate(IMPORT, module()).imports) == 1


def test_an_import_adapter_must_have_the_type_of_the_wasm_import() -> None:
    error = refusal(IMPORT, module(other_f=CoreSignature((I64,), ())))

    assert error.function == "other.f"
    assert "found raw type (i32, i32) -> (i32), expected (i64) -> ()" in error.message


def test_a_raw_type_has_only_numbers() -> None:
    section = import_section(function_type(()), function_type((Scalar.STRING,)))

    error = refusal(section, module())

    assert "adapter of 'other.f': found string in its raw type" in error.message


def test_an_import_with_an_implementation_must_be_listed_with_its_interface_first() -> None:
    section = make_section(
        "0.27.0",
        IMPORT.types,
        (Import("other", "f", RAW_IMPORT), Import("other", "f", INTERFACE)),
        IMPORT.adapters,
        IMPORT.exports,
        IMPORT.implementations,
    )

    assert "import 'other.f': found only its raw type" in refusal(section, module()).message


def test_core_functions_are_exports_and_then_imports_with_implementations() -> None:
    first, second = function_type((), Scalar.U8), function_type((), Scalar.U16)
    raw = function_type((), I32)
    section = make_section(
        "0.27.0",
        (first, raw, raw, second, raw, raw),
        (
            Import("host", "unused", 0),
            Import("a", "f", 0),
            Import("a", "f", 2),
            Import("b", "f", 3),
            Import("b", "f", 5),
        ),
        (
            Adapter(1, (call(0), op("i32.from_u8"))),
            Adapter(4, (call(1), op("i32.from_u16"))),
        ),
        (),
        (Implementation(2, 1), Implementation(5, 4)),
    )

    interface = validate(section, module())

    targets = [adapter.instructions[0].operand for adapter in interface.imports]
    assert [
        (target.namespace, target.name)
        for target in targets
        if isinstance(target, ImportedFunction)
    ] == [("a", "f"), ("b", "f")]


def test_a_function_that_is_imported_twice_with_one_interface_has_one_adapter() -> None:
    def section(second: FunctionDefinition) -> InterfaceSection:
        first, raw = function_type((Scalar.U8,)), function_type((I32,))
        return make_section(
            "0.27.0",
            (first, raw, raw, second, raw, raw),
            (Import("a", "f", 0), Import("a", "f", 2), Import("a", "f", 3), Import("a", "f", 5)),
            (
                Adapter(1, (get(0), op("u8.from_i32"), call(0))),
                Adapter(
                    4, (get(0), *((op("u8.from_i32"), call(1)) if second == first else (call(1),)))
                ),
            ),
            (),
            (Implementation(2, 1), Implementation(5, 4)),
        )

    assert len(validate(section(function_type((Scalar.U8,))), module()).imports) == 1
    error = refusal(section(function_type((I32,))), module())
    assert "a second interface of 'a.f': fn f(p0: i32)" in error.message
    assert "expected fn f(p0: u8)" in error.message


@pytest.mark.parametrize(
    ("parameters", "instructions", "says"),
    [
        ((), [op("string.size")], "(string.size): found nothing on the stack, expected string"),
        ((), [op("dup")], "(dup): found nothing on the stack, expected an operand to double"),
        ((I32,), [get(0), op("swap2")], "(swap2): found i32 on the stack, expected two operands"),
        ((I32,), [get(1)], "(arg.get 1): found argument 1 where there are 1"),
        ((), [get(2**62)], "(arg.get 4611686018427387904): found argument 4611686018427387904"),
        (
            (I64,),
            [get(0), op("u8.from_i32")],
            "(u8.from_i32): found i64 on the stack, expected i32",
        ),
        (
            (Scalar.S32,),
            [get(0), op("string.size")],
            "(string.size): found s32 on the stack, expected string",
        ),
        ((), [call(5)], "(call-core 5): found function 5 where there are 5 exports and 0 imports"),
        (
            (),
            [call(ALLOCATE)],
            "(call-core 0): found nothing on the stack, expected i32, i32 for 'allocate'",
        ),
        (
            (I32, Scalar.STRING),
            [get(1), get(0), op("string.lower_memory")],
            "(string.lower_memory): found string, i32 on the stack, expected i32, string",
        ),
        (
            (EncodedArray(Scalar.U16),),
            [get(0), op("array.lower_memory", Scalar.U8)],
            "(array.lower_memory u8): found array (u16) on the stack, expected array (u8)",
        ),
        (
            (EncodedArray(EncodedArray(Scalar.U16)),),
            [get(0), op("array.lower_memory", Scalar.U16)],
            "(array.lower_memory u16): found array (array (u16)) on the stack",
        ),
        (
            (),
            [op("array.lift_memory", EncodedRecord(99))],
            "(array.lift_memory record 99): found type index 99 where there are 5 types",
        ),
        (
            (),
            [op("record.lift_memory", ABI)],
            "(record.lift_memory 2): found type index 2, which is a function type, expected the",
        ),
        ((), [Instruction(Op.ARG_GET)], "(arg.get): found the operand None, expected one of kind"),
    ],
)
def test_an_instruction_that_does_not_fit_is_named_with_what_was_found_and_expected(
    parameters: tuple[EncodedType, ...], instructions: list[Instruction], says: str
) -> None:
    section = export_section(function_type(parameters), *instructions)
    last = len(instructions) - 1

    error = refusal(section, module())

    assert (error.function, error.instruction) == ("work", last)
    assert f"adapter of 'work', instruction {last} {says}" in error.message


@pytest.mark.parametrize(
    ("results", "instructions", "found", "expected"),
    [
        ((Scalar.U8,), [], "nothing on the stack", "u8"),
        ((), [push(1)], "i32 on the stack", "nothing"),
        ((Scalar.U8,), [push(1)], "i32 on the stack", "u8"),
        ((I32,), [push(1), push(1)], "i32, i32 on the stack", "i32"),
        ((), [push(1)] * 20, "…" + ", i32" * 8 + " on the stack", "nothing"),
    ],
)
def test_what_is_left_at_the_end_must_be_the_result(
    results: tuple[Scalar, ...], instructions: list[Instruction], found: str, expected: str
) -> None:
    error = refusal(export_section(function_type((), *results), *instructions), module())

    assert (error.function, error.instruction) == ("work", None)
    assert error.message == (
        f"module 'm': adapter of 'work', at its end: found {found}, expected {expected}"
    )


@pytest.mark.parametrize(
    ("allocate", "found"),
    [
        (None, "none as the type of the exported Wasm function 'allocate'"),
        (CoreSignature((I64,), (I32,)), "(i64) -> (i32) as the type"),
        (CoreSignature((I32, I32), ()), "(i32, i32) -> () as the type"),
    ],
)
@pytest.mark.parametrize(
    ("parameter", "lowering"),
    [
        (EncodedArray(Scalar.STRING), op("array.lower_memory", Scalar.STRING)),
        (EncodedRecord(PAIR), op("record.lower_memory", PAIR)),
    ],
)
def test_lowering_arrays_and_records_needs_the_modules_allocate(
    allocate: CoreSignature | None, found: str, parameter: EncodedType, lowering: Instruction
) -> None:
    section = export_section(function_type((parameter,)), get(0), lowering)
    wasm = module()
    del wasm.exports["allocate"]
    if allocate is not None:
        wasm.exports["allocate"] = allocate

    error = refusal(section, wasm)

    assert error.instruction == 1
    assert f"found {found}" in error.message
    assert "expected (i32, i32) -> (i32) or (i32) -> (i32)" in error.message


def test_lifting_arrays_and_records_needs_no_allocate() -> None:
    section = export_section(
        function_type((), EncodedRecord(PAIR)), call(GET_POINTER), op("record.lift_memory", PAIR)
    )
    wasm = module()
    del wasm.exports["allocate"]

    validate(section, wasm)


def test_a_function_that_the_wasm_module_does_not_export_cannot_be_called() -> None:
    wasm = module()
    del wasm.exports["work"]

    error = refusal(export_section(function_type(()), call(WORK)), wasm)

    assert "found 'work', which the Wasm module does not export" in error.message
    validate(export_section(function_type(())), wasm)


@pytest.mark.parametrize(
    ("adapters", "exports", "implementations", "says"),
    [
        (
            (Adapter(1, ()),),
            (Export("f", 2),),
            (Implementation(0, 1),),
            "implementation 0: found no function of core type 0",
        ),
        (
            (Adapter(1, ()),),
            (Export("f", 2),),
            (Implementation(99, 1),),
            "implementation 0: found no function of core type 99",
        ),
        (
            (Adapter(1, ()),),
            (Export("f", 2), Export("g", 2)),
            (Implementation(2, 1),),
            "implementation 0: found functions 'f', 'g' of core type 2",
        ),
        (
            (Adapter(1, ()),),
            (Export("f", 2),),
            (Implementation(2, 0),),
            "implementation 0: found no adapter of type 0",
        ),
        (
            (Adapter(1, ()),),
            (Export("f", 2), Export("g", 0)),
            (Implementation(2, 1), Implementation(0, 1)),
            "implementation 1: found no adapter of type 1",
        ),
        (
            (Adapter(1, ()), Adapter(1, ())),
            (Export("f", 2),),
            (Implementation(2, 1),),
            "adapter 1: found a second adapter of type 1",
        ),
        (
            (Adapter(1, ()),),
            (Export("f", 2),),
            (),
            "adapter of type 1: found no implementation that uses it",
        ),
        (
            (Adapter(0, ()), Adapter(1, ())),
            (Export("f", 2), Export("f", 3)),
            (Implementation(2, 0), Implementation(3, 1)),
            "implementation 1: found a second public function 'f'",
        ),
        (
            (Adapter(4, ()),),
            (Export("f", 2),),
            (Implementation(2, 4),),
            "adapter 0: found type index 4, which is a record type, expected the index of a func",
        ),
        (
            (),
            (Export("f", 5),),
            (),
            "export 'f': found type index 5 where there are 5 types",
        ),
    ],
)
def test_implementations_that_lead_nowhere_are_refused(
    adapters: tuple[Adapter, ...],
    exports: tuple[Export, ...],
    implementations: tuple[Implementation, ...],
    says: str,
) -> None:
    types: tuple[TypeDefinition, ...] = (*[function_type(())] * 4, RECORD)
    section = make_section("0.27.0", types, (), adapters, exports, implementations)

    assert says in refusal(section, module()).message


def test_an_import_of_a_type_that_does_not_exist_is_refused() -> None:
    section = make_section("0.27.0", (), (Import("a", "f", 3),), (), (), ())

    assert (
        "import 'a.f': found type index 3 where there are 0 types"
        in refusal(section, module()).message
    )

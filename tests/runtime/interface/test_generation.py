from pathlib import Path

import pytest

from runtime.errors import InterfaceError
from runtime.interface.custom_sections import custom_sections
from runtime.interface.generation import generate_section
from runtime.interface.instruction_text import encoded_type_text, instruction_text
from runtime.interface.instructions import EncodedArray, EncodedRecord
from runtime.interface.sdk_metadata import (
    SECTION_PREFIXES,
    SdkExternModule,
    SdkField,
    SdkFunction,
    SdkItem,
    SdkRecord,
    SdkRecordName,
    SdkType,
    SdkVector,
    parse_sdk_items,
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
)
from runtime.interface.section_codec import decode_section, encode_section
from runtime.interface.types import Scalar

FIXTURES = Path(__file__).parents[3] / "fixtures"

LEAF = SdkRecord("Leaf", (SdkField("value", Scalar.S32),))
LEAF_NAME = SdkRecordName("Leaf")

ALLOCATE_AND_LOWER_STRING = [
    "arg.get 0",
    "string.size",
    "i32.push 1",
    "call-core 0",
    "arg.get 0",
    "string.lower_memory",
]
LOWER_STRING_RESULT = [
    "dup",
    "string.size",
    "i32.push 1",
    "call-core 0",
    "swap2",
    "string.lower_memory",
    "call-core 4",
    "call-core 5",
]


def function(*arguments: SdkType, result: SdkType | None = None, name: str = "run") -> SdkFunction:
    fields = tuple(SdkField(f"a{i}", argument) for i, argument in enumerate(arguments))
    return SdkFunction(name, fields, result)


def imported(*functions: SdkFunction, namespace: str = "other") -> SdkExternModule:
    return SdkExternModule(namespace, functions)


def texts(adapter: Adapter) -> list[str]:
    return [instruction_text(instruction) for instruction in adapter.instructions]


def adapter_texts(*items: SdkItem) -> list[str]:
    (adapter,) = generate_section(items).adapters
    return texts(adapter)


def function_text(section: InterfaceSection, index: int) -> str:
    definition = section.types[index]
    assert isinstance(definition, FunctionDefinition)
    parameters = ", ".join(f"{p.name}: {encoded_type_text(p.type)}" for p in definition.parameters)
    results = ", ".join(encoded_type_text(result) for result in definition.results)
    return f"({parameters}) -> ({results})"


def test_every_section_begins_with_the_six_functions_of_the_module_abi() -> None:
    section = generate_section(())
    assert section.exports == tuple(
        Export(name, index)
        for index, name in enumerate(
            [
                "allocate",
                "release_objects",
                "get_result_size",
                "get_result_ptr",
                "set_result_size",
                "set_result_ptr",
            ]
        )
    )
    assert [function_text(section, index) for index in range(6)] == [
        "(size: i32) -> (i32)",
        "() -> ()",
        "() -> (i32)",
        "() -> (i32)",
        "(result_size: i32) -> ()",
        "(result_ptr: i32) -> ()",
    ]
    assert (section.adapters, section.implementations, section.imports) == ((), (), ())


def test_a_section_names_the_version_that_is_asked_for() -> None:
    assert generate_section(()).version == "0.27.0"
    assert generate_section((), version="0.26.1").version == "0.26.1"


def test_a_function_has_two_equal_types_and_the_export_implements_the_second() -> None:
    section = generate_section([function(Scalar.U8, result=Scalar.STRING)])
    assert function_text(section, 6) == function_text(section, 7) == "(a0: u8) -> (string)"
    assert section.exports[6] == Export("run", 7)
    assert section.adapters[0].function_type == 6
    assert section.implementations == (Implementation(core_type=7, adapter_type=6),)


@pytest.mark.parametrize(
    ("sdk_type", "expected"),
    [
        (Scalar.BOOL, ["arg.get 0", "i32.from_bool"]),
        (Scalar.S8, ["arg.get 0", "i32.from_s8"]),
        (Scalar.S16, ["arg.get 0", "i32.from_s16"]),
        (Scalar.S32, ["arg.get 0", "i32.from_s32"]),
        (Scalar.S64, ["arg.get 0", "i64.from_s64"]),
        (Scalar.U8, ["arg.get 0", "i32.from_u8"]),
        (Scalar.U16, ["arg.get 0", "i32.from_u16"]),
        (Scalar.U32, ["arg.get 0", "i32.from_u32"]),
        (Scalar.U64, ["arg.get 0", "i64.from_u64"]),
        (Scalar.F32, ["arg.get 0"]),
        (Scalar.F64, ["arg.get 0"]),
        (Scalar.STRING, ALLOCATE_AND_LOWER_STRING),
        (Scalar.BYTE_ARRAY, ["arg.get 0", "array.lower_memory u8"]),
        (SdkVector(Scalar.U16), ["arg.get 0", "array.lower_memory u16"]),
        (SdkVector(Scalar.BYTE_ARRAY), ["arg.get 0", "array.lower_memory array (u8)"]),
        (LEAF_NAME, ["arg.get 0", "record.lower_memory 6"]),
        (SdkVector(LEAF_NAME), ["arg.get 0", "array.lower_memory record 6"]),
    ],
)
def test_an_export_lowers_its_arguments(sdk_type: SdkType, expected: list[str]) -> None:
    assert adapter_texts(LEAF, function(sdk_type)) == [*expected, "call-core 6"]


@pytest.mark.parametrize(
    ("sdk_type", "expected"),
    [
        (Scalar.BOOL, ["bool.from_i32"]),
        (Scalar.S8, ["s8.from_i32"]),
        (Scalar.S64, ["s64.from_i64"]),
        (Scalar.U32, ["u32.from_i32"]),
        (Scalar.U64, ["u64.from_i64"]),
        (Scalar.F32, []),
        (Scalar.F64, []),
        (Scalar.STRING, ["call-core 3", "call-core 2", "string.lift_memory", "call-core 1"]),
        (
            Scalar.BYTE_ARRAY,
            ["call-core 3", "call-core 2", "byte_array.lift_memory", "call-core 1"],
        ),
        (
            SdkVector(Scalar.STRING),
            ["call-core 3", "call-core 2", "array.lift_memory string", "call-core 1"],
        ),
        (LEAF_NAME, ["call-core 3", "record.lift_memory 6", "call-core 1"]),
    ],
)
def test_an_export_lifts_its_result_and_releases_what_was_kept_for_it(
    sdk_type: SdkType, expected: list[str]
) -> None:
    assert adapter_texts(LEAF, function(result=sdk_type)) == ["call-core 6", *expected]


@pytest.mark.parametrize(
    ("sdk_type", "raw", "expected"),
    [
        (Scalar.BOOL, "a0: i32", ["arg.get 0", "bool.from_i32"]),
        (Scalar.S16, "a0: i32", ["arg.get 0", "s16.from_i32"]),
        (Scalar.U64, "a0: i64", ["arg.get 0", "u64.from_i64"]),
        (Scalar.F32, "a0: f32", ["arg.get 0"]),
        (
            Scalar.STRING,
            "a0_ptr: i32, a0_ptr: i32",
            ["arg.get 0", "arg.get 1", "string.lift_memory", "call-core 1"],
        ),
        (
            Scalar.BYTE_ARRAY,
            "a0_ptr: i32, a0_ptr: i32",
            ["arg.get 0", "arg.get 1", "byte_array.lift_memory", "call-core 1"],
        ),
        (
            SdkVector(Scalar.F64),
            "a0_ptr: i32, a0_ptr: i32",
            ["arg.get 0", "arg.get 1", "array.lift_memory f64", "call-core 1"],
        ),
        (LEAF_NAME, "a0: i32", ["arg.get 0", "record.lift_memory 6", "call-core 1"]),
    ],
)
def test_an_import_lifts_its_raw_arguments(
    sdk_type: SdkType, raw: str, expected: list[str]
) -> None:
    items = (LEAF, imported(function(sdk_type)))
    assert adapter_texts(*items) == [*expected, "call-core 6"]
    section = generate_section(items)
    assert function_text(section, 8) == function_text(section, 9) == f"({raw}) -> ()"


@pytest.mark.parametrize(
    ("sdk_type", "raw", "expected"),
    [
        (Scalar.BOOL, "s32", ["i32.from_bool"]),
        (Scalar.U8, "s32", ["i32.from_u8"]),
        (Scalar.S64, "s64", ["i64.from_s64"]),
        (Scalar.U64, "s64", ["i64.from_u64"]),
        (Scalar.F32, "f32", []),
        (Scalar.F64, "f64", []),
        (Scalar.STRING, "", LOWER_STRING_RESULT),
        (Scalar.BYTE_ARRAY, "", ["array.lower_memory u8", "call-core 4", "call-core 5"]),
        (
            SdkVector(LEAF_NAME),
            "",
            ["array.lower_memory record 6", "call-core 4", "call-core 5"],
        ),
        (LEAF_NAME, "", ["record.lower_memory 6", "call-core 5"]),
    ],
)
def test_an_import_lowers_its_result(sdk_type: SdkType, raw: str, expected: list[str]) -> None:
    items = (LEAF, imported(function(result=sdk_type)))
    assert adapter_texts(*items) == ["call-core 6", *expected]
    assert function_text(generate_section(items), 8) == f"() -> ({raw})"


def test_an_imports_arguments_are_counted_as_raw_ones() -> None:
    several = function(Scalar.STRING, Scalar.U8, LEAF_NAME, SdkVector(Scalar.BOOL))
    assert adapter_texts(LEAF, imported(several)) == [
        "arg.get 0",
        "arg.get 1",
        "string.lift_memory",
        "arg.get 2",
        "u8.from_i32",
        "arg.get 3",
        "record.lift_memory 6",
        "arg.get 4",
        "arg.get 5",
        "array.lift_memory bool",
        "call-core 1",
        "call-core 6",
    ]


def test_an_import_is_listed_with_its_interface_type_and_with_its_raw_type() -> None:
    section = generate_section([imported(function(Scalar.BOOL))])
    assert section.imports == (Import("other", "run", 6), Import("other", "run", 8))
    assert function_text(section, 6) == "(a0: bool) -> ()"
    assert section.adapters[0].function_type == 7
    assert section.implementations == (Implementation(core_type=8, adapter_type=7),)


def test_imports_are_called_after_the_exports_in_their_order() -> None:
    section = generate_section(
        [
            imported(function(name="first"), function(name="second"), namespace="one"),
            function(name="own"),
            imported(function(name="third"), namespace="two"),
        ]
    )
    assert [texts(adapter) for adapter in section.adapters] == [
        ["call-core 6"],
        ["call-core 7"],
        ["call-core 8"],
        ["call-core 9"],
    ]
    assert [(i.namespace, i.name) for i in section.imports[::2]] == [
        ("one", "first"),
        ("one", "second"),
        ("two", "third"),
    ]


@pytest.mark.parametrize("namespace", ["host", "__marine_host_api_v1", "__marine_host_api_v3"])
def test_functions_of_the_host_have_no_interface_types(namespace: str) -> None:
    with_host = generate_section([imported(function(Scalar.STRING), namespace=namespace)])
    assert with_host == generate_section([])


def test_a_record_that_another_one_names_first_takes_its_index_first() -> None:
    holder = SdkRecord("Holder", (SdkField("leaf", LEAF_NAME),))
    assert generate_section([holder, LEAF]).types[6:] == (
        RecordDefinition("Leaf", (EncodedField("value", Scalar.S32),)),
        RecordDefinition("Holder", (EncodedField("leaf", EncodedRecord(6)),)),
    )


def test_a_record_can_hold_an_array_of_itself() -> None:
    tree = SdkRecord("Tree", (SdkField("children", SdkVector(SdkRecordName("Tree"))),))
    field = EncodedField("children", EncodedArray(EncodedRecord(6)))
    assert generate_section([tree]).types[6] == RecordDefinition("Tree", (field,))


def test_a_record_without_fields_is_left_out() -> None:
    assert generate_section([SdkRecord("Nothing", ())]) == generate_section([])


@pytest.mark.parametrize(
    ("user", "where"),
    [
        (function(LEAF_NAME), "function run"),
        (function(result=SdkVector(LEAF_NAME)), "function run"),
        (imported(function(LEAF_NAME)), "import other.run"),
        (SdkRecord("Holder", (SdkField("leaf", LEAF_NAME),)), "record Holder"),
    ],
)
def test_a_record_that_nobody_defines_is_an_error_naming_it_and_its_user(
    user: SdkItem, where: str
) -> None:
    with pytest.raises(InterfaceError, match=f"{where} uses record Leaf, which no document"):
        generate_section([user])


def test_a_record_defined_twice_is_an_error() -> None:
    with pytest.raises(InterfaceError, match="record Leaf is defined twice"):
        generate_section([LEAF, LEAF])


def test_two_functions_of_one_name_are_an_error() -> None:
    with pytest.raises(InterfaceError, match="function name run is used twice"):
        generate_section([function(), function(Scalar.U8)])


def test_a_function_named_as_one_of_the_module_abi_is_an_error() -> None:
    with pytest.raises(InterfaceError, match="function name allocate is a name of the module ABI"):
        generate_section([function(name="allocate")])


def test_an_official_modules_section_comes_out_byte_for_byte(avm_module: Path) -> None:
    sections = custom_sections(avm_module.read_bytes())
    (official,) = [bytes(s.payload) for s in sections if s.name == "interface-types"]
    documents = [bytes(s.payload) for s in sections if s.name.startswith(SECTION_PREFIXES)]
    assert encode_section(generate_section(parse_sdk_items(documents))) == official


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.glob("*/*.metadata.jsonl")), ids=lambda path: path.name.split(".")[0]
)
def test_generated_sections_survive_encoding_and_decoding(path: Path) -> None:
    section = generate_section(parse_sdk_items(path.read_bytes().splitlines()))
    assert decode_section(encode_section(section)) == section

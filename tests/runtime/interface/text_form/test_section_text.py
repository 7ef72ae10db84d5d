"""What a section looks like as text, line by line."""

import pytest

from runtime.interface.instructions import EncodedArray, EncodedRecord, EncodedType, Instruction, Op
from runtime.interface.section import (
    Adapter,
    AdaptersBlock,
    EncodedField,
    Export,
    ExportsBlock,
    FunctionDefinition,
    Implementation,
    Import,
    InterfaceSection,
    RecordDefinition,
    TypesBlock,
    VersionBlock,
    make_section,
)
from runtime.interface.text_form import section_text
from runtime.interface.types import Scalar

I32 = Scalar.I32


def section(*types: FunctionDefinition | RecordDefinition) -> InterfaceSection:
    return make_section("0.27.0", types, (), (), (), ())


def test_a_section_is_printed_in_paragraphs_of_one_kind_each() -> None:
    printed = section_text(
        make_section(
            "0.27.0",
            (
                FunctionDefinition((EncodedField("size", I32), EncodedField("tag", I32)), (I32,)),
                FunctionDefinition((), ()),
                RecordDefinition(
                    "TestRecord0",
                    (
                        EncodedField("field_0", Scalar.S32),
                        EncodedField("field_1", EncodedArray(EncodedRecord(2))),
                    ),
                ),
                FunctionDefinition((), (Scalar.BYTE_ARRAY, EncodedRecord(2))),
            ),
            (Import("curl_adapter", "download", 12),),
            (
                Adapter(11, (Instruction(Op.ARG_GET, 0), Instruction(Op.STRING_SIZE))),
                Adapter(3, ()),
            ),
            (Export("allocate", 0), Export("release_objects", 1)),
            (Implementation(12, 11),),
        )
    )

    assert printed.split("\n") == [
        '(@interface it_version "0.27.0")',
        "",
        ";; Types",
        "(@interface type (func ",
        "  (param $size: i32 $tag: i32)",
        "  (result i32)))   ;; 0",
        "(@interface type (func ))   ;; 1",
        "(@interface type (record $TestRecord0 (",
        " field $field_0: s32",
        " field $field_1: array (record 2)",
        ")))   ;; 2",
        "(@interface type (func ",
        "  (result array (u8) record 2)))   ;; 3",
        "",
        ";; Imports",
        '(@interface import "curl_adapter" "download" (func (type 12)))',
        "",
        ";; Adapters",
        "(@interface func (type 11)",
        "  arg.get 0",
        "  string.size)",
        "(@interface func (type 3))",
        "",
        ";; Exports",
        '(@interface export "allocate" (func 0))',
        '(@interface export "release_objects" (func 1))',
        "",
        ";; Implementations",
        "(@interface implement (func 12) (func 11))",
    ]


def test_empty_paragraphs_are_left_out() -> None:
    assert section_text(section()) == '(@interface it_version "0.27.0")'


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("field_0", "$field_0"),
        ("größe", "$größe"),
        ("", "$"),
        ("a b", '$"a b"'),
        ("a:b", '$"a:b"'),
        ('say "hi"', '$"say \\"hi\\""'),
        ("a(b\\c", '$"a(b\\\\c"'),
        ("line\nend\0", '$"line\\nend\\u{0}"'),
        ("\u202eabc\x1b[31m", '$"\\u{202e}abc\\u{1b}[31m"'),
    ],
)
def test_a_name_stands_in_quotes_only_where_it_must(name: str, shown: str) -> None:
    printed = section_text(section(RecordDefinition(name, (EncodedField(name, Scalar.BOOL),))))

    assert f"(record {shown} (\n field {shown}: bool\n)))" in printed


@pytest.mark.parametrize(
    ("encoded", "shown"),
    [
        (Scalar.BYTE_ARRAY, "array (u8)"),
        (EncodedArray(Scalar.U8), "array (element u8)"),
        (EncodedArray(EncodedArray(Scalar.U8)), "array (array (element u8))"),
        (EncodedArray(Scalar.BYTE_ARRAY), "array (array (u8))"),
    ],
)
def test_only_an_array_of_u8_that_is_no_byte_array_is_marked(
    encoded: EncodedType, shown: str
) -> None:
    assert f"(result {shown}))" in section_text(section(FunctionDefinition((), (encoded,))))


def test_blocks_in_another_order_than_encoders_write_are_named() -> None:
    nothing = FunctionDefinition((), ())
    printed = section_text(
        InterfaceSection(
            (
                TypesBlock((nothing,)),
                TypesBlock((nothing,)),
                VersionBlock("0.27.0"),
                ExportsBlock(()),
            )
        )
    )

    assert printed.split("\n") == [
        ";; Types",
        "(@interface block type)",
        "(@interface type (func ))   ;; 0",
        "",
        ";; Types",
        "(@interface block type)",
        "(@interface type (func ))   ;; 1",
        "",
        '(@interface it_version "0.27.0")',
        "",
        ";; Exports",
        "(@interface block export)",
    ]


def test_what_is_printed_is_text_that_no_terminal_acts_on() -> None:
    odd = "".join(map(chr, range(0x100))) + "\u200b\u2028\u202e\ue000\U000e0001"
    printed = section_text(
        make_section(
            odd,
            (RecordDefinition(odd, (EncodedField(odd, I32),)),),
            (Import(odd, odd, 0),),
            (),
            (Export(odd, 0),),
            (),
        )
    )

    assert printed.replace("\n", "").isprintable()


def test_an_empty_adapters_block_is_named_even_in_the_usual_order() -> None:
    printed = section_text(InterfaceSection((VersionBlock("1"), AdaptersBlock(()))))

    assert printed.endswith(";; Adapters\n(@interface block func)")

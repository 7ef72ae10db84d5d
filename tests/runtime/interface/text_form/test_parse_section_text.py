"""Texts that people write, and what is wrong with them."""

import pytest

from runtime.errors import TextError
from runtime.interface.instructions import EncodedArray, EncodedRecord, EncodedType, Instruction, Op
from runtime.interface.section import (
    Adapter,
    AdaptersBlock,
    Block,
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
from runtime.interface.section_codec import encode_section
from runtime.interface.text_form import parse_section_text
from runtime.interface.types import Scalar

VERSION = '(@interface it_version "0.27.0")'
I32 = Scalar.I32


def blocks(text: str) -> list[Block]:
    first, *others = parse_section_text(f"{VERSION}{text}").blocks
    assert first == VersionBlock("0.27.0")
    return others


def failure(text: str) -> TextError:
    with pytest.raises(TextError) as caught:
        parse_section_text(text)
    return caught.value


def problem(text: str) -> str:
    """The first line of the error's message, less the place."""
    return failure(text).message.split("\n")[0].partition(": ")[2]


def result_of(type_text: str) -> EncodedType:
    (block,) = blocks(f"(@interface type (func (result {type_text})))")
    assert isinstance(block, TypesBlock)
    (definition,) = block.types
    assert isinstance(definition, FunctionDefinition)
    (result,) = definition.results
    return result


def test_a_text_gives_its_section() -> None:
    text = """
        (@interface it_version "0.27.0")
        (@interface type (func (param $size: i32 $tag: i32) (result i32)))
        (@interface type (record $Tree ( field $name: string field $children: array (record 1) )))
        (@interface import "other" "f" (func (type 0)))
        (@interface func (type 0) arg.get 0 array.lower_memory array (u8) string.size)
        (@interface export "allocate" (func 0))
        (@interface implement (func 2) (func 3))
    """

    assert parse_section_text(text) == make_section(
        "0.27.0",
        (
            FunctionDefinition((EncodedField("size", I32), EncodedField("tag", I32)), (I32,)),
            RecordDefinition(
                "Tree",
                (
                    EncodedField("name", Scalar.STRING),
                    EncodedField("children", EncodedArray(EncodedRecord(1))),
                ),
            ),
        ),
        (Import("other", "f", 0),),
        (
            Adapter(
                0,
                (
                    Instruction(Op.ARG_GET, 0),
                    Instruction(Op.ARRAY_LOWER_MEMORY, Scalar.BYTE_ARRAY),
                    Instruction(Op.STRING_SIZE),
                ),
            ),
        ),
        (Export("allocate", 0),),
        (Implementation(2, 3),),
    )


def test_white_space_and_comments_may_stand_between_any_two_tokens() -> None:
    text = (
        ";; first\n(\t@interface(; a (; nested ;) one ;)export\r\n"
        '"f" ;; second\r(func(;;)\n0 ) )\n;;'
    )

    assert blocks(text) == [ExportsBlock((Export("f", 0),))]


@pytest.mark.parametrize(
    ("written", "encoded"),
    [
        ("bool", Scalar.BOOL),
        ("boolean", Scalar.BOOL),
        ("array (u8)", Scalar.BYTE_ARRAY),
        ("array(array(u8))", EncodedArray(Scalar.BYTE_ARRAY)),
        ("array (element u8)", EncodedArray(Scalar.U8)),
        ("array (element array (u8))", EncodedArray(Scalar.BYTE_ARRAY)),
        ("record 007", EncodedRecord(7)),
    ],
)
def test_a_type_is_read(written: str, encoded: EncodedType) -> None:
    assert result_of(written) == encoded


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r'"\t\n\r\"\'\\"', "\t\n\r\"'\\"),
        (r'"\00\c3\a9\u{20AC}é"', "\0é€é"),
        ('"a ;; b (; c"', "a ;; b (; c"),
    ],
)
def test_a_string_may_have_the_escapes_of_webassembly(written: str, text: str) -> None:
    assert blocks(f"(@interface export {written} (func 0))") == [ExportsBlock((Export(text, 0),))]


def test_a_name_may_stand_in_quotes_or_apart_from_its_colon() -> None:
    assert blocks('(@interface type (func (param $"a:b"\n:i32 $c :i32 $:i32)))') == [
        TypesBlock(
            (
                FunctionDefinition(
                    tuple(EncodedField(name, I32) for name in ("a:b", "c", "")),
                    (),
                ),
            )
        )
    ]


def test_items_in_any_order_come_in_the_order_that_encoders_write() -> None:
    export, nothing = '(@interface export "f" (func 0))', "(@interface type (func))"

    section = parse_section_text(export + nothing + export + VERSION + nothing)

    definition = FunctionDefinition((), ())
    assert section == make_section(
        "0.27.0", (definition, definition), (), (), (Export("f", 0), Export("f", 0)), ()
    )


def test_a_named_block_keeps_the_order_of_the_text() -> None:
    nothing = "(@interface type (func))"

    section = parse_section_text(
        f"{nothing}(@interface block type){nothing}{nothing}(@interface block func){VERSION}"
    )

    definition = FunctionDefinition((), ())
    assert section == InterfaceSection(
        (
            TypesBlock((definition,)),
            TypesBlock((definition, definition)),
            AdaptersBlock(()),
            VersionBlock("0.27.0"),
        )
    )


def test_an_error_shows_its_place_what_is_there_and_what_should_be() -> None:
    error = failure(f"{VERSION}\r\n;; Types\r\n(@interface type (func (param $size i32)))\r\n")

    assert (error.line, error.column) == (3, 37)
    assert error.message.split("\n") == [
        "line 3, column 37: found `i32`, expected `:` and a type",
        "    (@interface type (func (param $size i32)))",
        "                                        ^",
    ]


def test_an_error_in_a_long_line_shows_the_part_around_it() -> None:
    shown = failure(VERSION + " " * 100_000 + "\x1b," + " " * 100_000).message.split("\n")

    assert shown[0].startswith(f"line 1, column {len(VERSION) + 100_001}: found `\\u{{1b}}`, ")
    assert shown[1:] == [" " * 65 + "," + " " * 18, " " * 64 + "^"]


@pytest.mark.parametrize("text", ["", "(@interface type\n", " \t\n \n"])
def test_an_error_in_a_blank_line_shows_no_line(text: str) -> None:
    assert "\n" not in failure(text).message


ANY_ITEM = "one of `it_version`, `type`, `import`, `func`, `export`, `implement`, `block`"
A_TYPE = "a type, such as `u8`, `string`, `array (u8)` or `record 0`"
A_NUMBER = "(a number from 0 to 2**63 - 1)"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", 'found the end of the text, expected `(@interface it_version "…")`'),
        ("(interface", "found `interface`, expected `@interface`; did you mean '@interface'?"),
        ("(@interface tpye", f"found `tpye`, expected {ANY_ITEM}; did you mean 'type'?"),
        ("(@interface it_version 0.27", "found `0.27`, expected the version of interface types"),
        (VERSION + VERSION, "found a second version, expected exactly one"),
        (VERSION + ")", "found `)`, expected `(@interface …)` or the end of the text"),
        ("(@interface type (function", "found `function`, expected `func` or `record`"),
        ("(@interface type (func (result) (param", "found `(`, expected `)`"),
        ("(@interface type (func (param) (param", "found `param`, expected `result`"),
        ("(@interface type (func (param i32", "found `i32`, expected a parameter"),
        ("(@interface type (func (result (u8", "found `(`, expected a type or `)`"),
        ("(@interface type (func (result int", f"found `int`, expected {A_TYPE}"),
        ("(@interface type (func (result element", f"found `element`, expected {A_TYPE}"),
        ("(@interface type (func (result array (element element", f"expected {A_TYPE}"),
        ("(@interface type (func (result array u8", "found `u8`, expected `(`"),
        ("(@interface type (record $A ()))", "found `)`, expected `field $name: type`"),
        ("(@interface type (record A", "found `A`, expected the name of the record"),
        ("(@interface func (type -1)", f"expected the index of a function type {A_NUMBER}"),
        (f"(@interface func (type {2**63})", f"expected the index of a function type {A_NUMBER}"),
        (f"(@interface func (type {'9' * 9999})", f"the index of a function type {A_NUMBER}"),
        ("(@interface func (type ٣)", f"expected the index of a function type {A_NUMBER}"),
        ("(@interface func (type 0) arg.get)", f"the operand of `arg.get` {A_NUMBER}"),
        ("(@interface func (type 0) string.sise", "did you mean 'string.size'?"),
        ("(@interface func (type 0) (", "found `(`, expected `)`"),
        ("(@interface func (type 0) array.lift_memory)", f"found `)`, expected {A_TYPE}"),
        ("(@interface block it_version", "expected `type` or `import` or `func` or `export`"),
        ('(@interface export "f', "found the end of the text inside a string, expected a closing"),
        ('(@interface export "f\n"', "found the end of the line inside a string, expected a"),
        ('(@interface export "f\\', "found the end of the text inside a string, expected a"),
        ('(@interface export "\x1b"', "found a control character inside a string, expected a"),
        (r'(@interface export "\q"', "found an unknown escape, expected a character, or one of"),
        (r'(@interface export "\u{d800}"', "found an escape of no character, expected a code"),
        (r'(@interface export "\u{110000}"', "found an escape of no character, expected a code"),
        (r'(@interface export "\ff"', "found a string whose bytes are no UTF-8, expected UTF-8"),
        ('(@interface export "\ud800"', "found a lone surrogate, expected a character"),
        (
            f'(@interface export "{"é" * 128}"',
            "found a string of 256 bytes, expected at most 255 bytes",
        ),
        ("(@interface (; (; ;)", "found a comment that does not end, expected `;)` after it"),
        ("(@interface, type", "found `,`, expected one of"),
    ],
)
def test_a_malformed_text_is_refused_with_what_was_expected(text: str, says: str) -> None:
    assert says in problem(text)


def test_arrays_may_be_as_deep_as_the_binary_form_allows() -> None:
    deepest = "array (" * 1024 + "string" + ")" * 1024

    section = parse_section_text(f"{VERSION}(@interface type (func (result {deepest})))")

    assert b"\x36" * 1024 + b"\x0a" in encode_section(section)


@pytest.mark.parametrize("depth", [1025, 200_000])
def test_deeper_arrays_are_refused_where_they_begin(depth: int) -> None:
    error = failure(f"{VERSION}(@interface type (func (result {'array (' * depth}string")

    assert f"found arrays nested {depth} deep, expected at most 1024" in error.message
    assert error.column == len(VERSION) + len("(@interface type (func (result ") + 1


def test_comments_may_be_nested_without_a_limit() -> None:
    assert blocks("(;" * 100_000 + ";)" * 100_000) == []


def test_an_adapter_without_instructions_is_read() -> None:
    assert blocks("(@interface func (type 3))") == [AdaptersBlock((Adapter(3, ()),))]


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        (
            "\n(@interface type (func\n (result i32))\n(@interface func (type 0))",
            "line 2, column 1",
        ),
        ("\n (@interface func (type 0)\n string.size", "line 2, column 2"),
        ("\n(@interface type\n (func\n (param $x: i32)", "line 3, column 2"),
        ('\n(@interface type (func\n\n(@interface export "a" (func 0))', "line 2, column 18"),
        ("\n(@interface export\n", "line 2, column 1"),
    ],
)
def test_what_is_not_closed_is_told_where_it_was_opened(text: str, opened: str) -> None:
    assert problem(VERSION + text).endswith(f"; the `(` opened at {opened} is not closed")


def test_a_parenthesis_in_the_line_that_is_shown_needs_no_place() -> None:
    assert problem(f"{VERSION}\n(@interface type (func)") == (
        "found the end of the text, expected `)`"
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("; types", "a comment begins with `;;`"),
        ("(@interface type (func (param $x: i32, $y: i32)))", "not commas"),
        ("(@interface func (type 0) call-core $allocate)", "all else goes by its index"),
        ("(@interface type $t (func))", "all else goes by its index"),
        ('(@interface export "a" (func $f))', "all else goes by its index"),
        ("(@interface type (func (param $x: i32) (param $y: i32)))", "holds all parameters"),
    ],
)
def test_habits_of_webassembly_text_get_a_hint_on_the_same_line(text: str, hint: str) -> None:
    assert hint in problem(f"{VERSION}\n{text}")

import pytest

from runtime.errors import InterfaceError
from runtime.interface.instructions import (
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
    Op,
    Operand,
)
from runtime.interface.section import (
    Adapter,
    AdaptersBlock,
    EncodedField,
    Export,
    ExportsBlock,
    FunctionDefinition,
    Implementation,
    ImplementationsBlock,
    Import,
    ImportsBlock,
    InterfaceSection,
    RecordDefinition,
    TypesBlock,
    VersionBlock,
    make_section,
)
from runtime.interface.section_codec import decode_section, encode_section
from runtime.interface.types import Scalar

VERSION = b"\x05\x060.27.0"

WHOLE_SECTION = b"".join(
    [
        VERSION,
        b"\x00\x02",
        b"\x00\x01\x01a\x36\x0e\x01\x01\x0a",
        b"\x01\x01R\x02\x01x\x3c\x01y\x0b",
        b"\x01\x01\x02ns\x01f\x00",
        b"\x02\x01\x00\x03\x00\x80\x01\x37\x36\x04\x35",
        b"\x03\x01\x04gr\xc3\xb6\x00",
        b"\x04\x01\x00\x00",
    ]
)


def adapter_of(instructions: bytes, count: int = 1) -> bytes:
    return VERSION + bytes([0x02, 1, 0, count]) + instructions


def type_of(encoded: bytes) -> bytes:
    return VERSION + b"\x00\x01\x00\x00\x01" + encoded


def decoding_error(data: bytes) -> InterfaceError:
    with pytest.raises(InterfaceError) as caught:
        decode_section(data)
    return caught.value


def encoding_error(section: InterfaceSection) -> InterfaceError:
    with pytest.raises(InterfaceError) as caught:
        encode_section(section)
    return caught.value


def section_with(
    *,
    types: tuple[FunctionDefinition | RecordDefinition, ...] = (),
    instructions: tuple[Instruction, ...] = (),
) -> InterfaceSection:
    return make_section("0.27.0", types, (), (Adapter(0, instructions),), (), ())


def test_every_part_of_a_section_is_read() -> None:
    assert decode_section(WHOLE_SECTION).blocks == (
        VersionBlock("0.27.0"),
        TypesBlock(
            (
                FunctionDefinition(
                    (EncodedField("a", EncodedArray(EncodedRecord(1))),), (Scalar.STRING,)
                ),
                RecordDefinition(
                    "R", (EncodedField("x", Scalar.BYTE_ARRAY), EncodedField("y", Scalar.BOOL))
                ),
            )
        ),
        ImportsBlock((Import("ns", "f", 0),)),
        AdaptersBlock(
            (
                Adapter(
                    0,
                    (
                        Instruction(Op.ARG_GET, 128),
                        Instruction(Op.ARRAY_LIFT_MEMORY, EncodedArray(Scalar.U8)),
                        Instruction(Op.SWAP2),
                    ),
                ),
            )
        ),
        ExportsBlock((Export("grö", 0),)),
        ImplementationsBlock((Implementation(0, 0),)),
    )


def test_a_decoded_section_is_written_with_the_same_bytes() -> None:
    assert encode_section(decode_section(WHOLE_SECTION)) == WHOLE_SECTION


def test_blocks_keep_an_unusual_order_and_empty_blocks_stay() -> None:
    data = b"\x04\x00\x03\x01\x01f\x00" + VERSION + b"\x00\x00\x03\x01\x01g\x00"

    section = decode_section(data)

    assert [export.name for export in section.exports] == ["f", "g"]
    assert encode_section(section) == data


def test_empty_blocks_are_left_out_of_a_section_that_is_made() -> None:
    assert encode_section(make_section("0.27.0", (), (), (), (), ())) == VERSION


@pytest.mark.parametrize("op", list(Op), ids=lambda op: op.mnemonic)
def test_every_instruction_is_its_byte_and_its_operand(op: Op) -> None:
    operands: dict[Operand, tuple[int | EncodedType | None, bytes]] = {
        Operand.NONE: (None, b""),
        Operand.INDEX: (2**63 - 1, b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
        Operand.TYPE: (EncodedArray(EncodedRecord(300)), b"\x36\x0e\xac\x02"),
    }
    operand, encoded = operands[op.operand]
    data = adapter_of(bytes([op.code]) + encoded)

    section = decode_section(data)

    assert section.adapters[0].instructions == (Instruction(op, operand),)
    assert encode_section(section) == data


@pytest.mark.parametrize(
    ("code", "scalar"),
    [
        (0x00, Scalar.S8),
        (0x01, Scalar.S16),
        (0x02, Scalar.S32),
        (0x03, Scalar.S64),
        (0x04, Scalar.U8),
        (0x05, Scalar.U16),
        (0x06, Scalar.U32),
        (0x07, Scalar.U64),
        (0x08, Scalar.F32),
        (0x09, Scalar.F64),
        (0x0A, Scalar.STRING),
        (0x0B, Scalar.BOOL),
        (0x0C, Scalar.I32),
        (0x0D, Scalar.I64),
        (0x3C, Scalar.BYTE_ARRAY),
    ],
)
def test_every_scalar_type_has_its_byte(code: int, scalar: Scalar) -> None:
    data = type_of(bytes([code]))

    section = decode_section(data)

    assert section.types == (FunctionDefinition((), (scalar,)),)
    assert encode_section(section) == data


def test_lists_may_have_more_than_127_items() -> None:
    instructions = (Instruction(Op.DUP),) * 200
    section = section_with(instructions=instructions)

    data = encode_section(section)

    assert data == VERSION + b"\x02\x01\x00\xc8\x01" + b"\x34" * 200
    assert decode_section(data).adapters[0].instructions == instructions


def test_arrays_may_nest_1024_deep_and_no_deeper() -> None:
    deepest = type_of(b"\x36" * 1024 + b"\x04")
    assert encode_section(decode_section(deepest)) == deepest

    error = decoding_error(type_of(b"\x36" * 1025 + b"\x04"))
    assert "arrays nested more than 1024 deep" in error.message


def test_too_deep_arrays_cannot_be_written_either() -> None:
    deep: EncodedType = Scalar.U8
    for _ in range(1025):
        deep = EncodedArray(deep)

    error = encoding_error(section_with(types=(FunctionDefinition((), (deep,)),)))

    assert "arrays nested 1025 deep" in error.message


@pytest.mark.parametrize(
    ("data", "offset", "found", "expected"),
    [
        (b"", 0, "the end of the section", "a version block (0x05)"),
        (b"\x00\x00", 2, "the end of the section", "a version block (0x05)"),
        (VERSION + VERSION, 8, "a second version block", "exactly one"),
        (VERSION + b"\x06", 8, "0x06", "the kind of a block (0x00 to 0x05)"),
        (VERSION + b"\x03", 9, "the end of the section", "the number of exports"),
        (VERSION + b"\x00\x01\x02\x00\x00", 10, "0x02", "0x00 function or 0x01 record"),
        (VERSION + b"\x00\x01\x01\x01R\x00", 13, "no fields in record 'R'", "at least one"),
        (b"\x05\xff0.27", 1, "a string of 255 bytes where 4 are left", "the version"),
        (b"\x05\x02\xc3\x28", 2, "no UTF-8 (c3)", "the version"),
        (adapter_of(b"\x25"), 12, "0x25", "an instruction"),
        (adapter_of(b"\x34", count=2), 11, "a count of 2 where 1 bytes are left", "instructions"),
        (adapter_of(b"\x00"), 13, "the end of the section", "the operand of arg.get"),
        (adapter_of(b"\x00\x80\x00"), 13, "needless bytes (80 00)", "in the shortest form"),
        (adapter_of(b"\x41" + b"\xff" * 9 + b"\x01"), 13, "more than 9 bytes", "i64.push"),
        (type_of(b"\x36\x36\x77"), 15, "0x77", "a type"),
        (type_of(b"\x36"), 14, "the end of the section", "a type"),
    ],
)
def test_corrupted_bytes_are_refused_with_their_place(
    data: bytes, offset: int, found: str, expected: str
) -> None:
    error = decoding_error(data)

    assert error.offset == offset
    assert error.message.startswith(f"corrupted interface-types section at byte {offset}: found ")
    assert found in error.message.partition("expected")[0]
    assert expected in error.message.partition("expected")[2]


def test_a_section_cut_inside_a_block_is_refused() -> None:
    blocks = decode_section(WHOLE_SECTION).blocks
    ends = [len(encode_section(InterfaceSection(blocks[: n + 1]))) for n in range(len(blocks))]

    for length in set(range(len(WHOLE_SECTION))) - set(ends):
        error = decoding_error(WHOLE_SECTION[:length])
        assert error.offset is not None
        assert error.offset <= length


def test_a_count_that_the_section_cannot_hold_is_refused_before_anything_is_read() -> None:
    error = decoding_error(VERSION + b"\x00" + b"\xff" * 8 + b"\x7f" + b"\x00" * 30)

    assert error.offset == 9
    assert "a count of 9223372036854775807 where 30 bytes are left" in error.message
    assert "at most 10 types" in error.message


def test_a_string_of_255_bytes_is_written_and_a_longer_one_refused() -> None:
    longest = make_section("ö" * 127 + "x", (), (), (), (), ())
    assert decode_section(encode_section(longest)) == longest

    error = encoding_error(make_section("ö" * 128, (), (), (), (), ()))
    assert "256 bytes" in error.message
    assert "at most 255" in error.message


@pytest.mark.parametrize(
    ("section", "found"),
    [
        (InterfaceSection(()), "0 version blocks"),
        (InterfaceSection((VersionBlock("1"), VersionBlock("1"))), "2 version blocks"),
        (section_with(types=(RecordDefinition("R", ()),)), "no fields"),
        (section_with(instructions=(Instruction(Op.ARG_GET, 2**63),)), "9223372036854775808"),
        (section_with(instructions=(Instruction(Op.ARG_GET, -1),)), "-1"),
        (section_with(instructions=(Instruction(Op.ARG_GET),)), "the operand None"),
        (section_with(instructions=(Instruction(Op.DUP, 1),)), "the operand 1"),
        (make_section("\ud800", (), (), (), (), ()), r"'\ud800'"),
    ],
)
def test_what_the_binary_form_cannot_hold_is_refused(section: InterfaceSection, found: str) -> None:
    assert found in encoding_error(section).message

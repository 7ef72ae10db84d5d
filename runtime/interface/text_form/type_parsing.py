"""Reads types and instructions of the text form."""

from runtime.interface.instructions import (
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
    Op,
    Operand,
)
from runtime.interface.section import EncodedField
from runtime.interface.section_codec import MAX_ARRAY_NESTING
from runtime.interface.text_form.token_reader import TokenReader
from runtime.interface.text_form.tokens import TokenKind
from runtime.interface.types import Scalar

_SCALARS = {
    "boolean": Scalar.BOOL,
    **{scalar.value: scalar for scalar in Scalar if scalar is not Scalar.BYTE_ARRAY},
}
_TYPE_WORDS = (*_SCALARS, "array", "record")
_A_TYPE = "a type, such as `u8`, `string`, `array (u8)` or `record 0`"

_OPS = {op.mnemonic: op for op in Op}


def read_type(reader: TokenReader) -> EncodedType:
    """A type: `u8`, `array (string)`, `record 3`; `array (u8)` is the byte array."""
    start = reader.next
    nesting = 0
    is_element = False
    words = _TYPE_WORDS
    while (word := reader.word_of(words, _A_TYPE)) in {"array", "element"}:
        is_element = word == "element"
        if is_element:
            words = _TYPE_WORDS
        else:
            nesting += 1
            words = (*_TYPE_WORDS, "element")
            reader.open()
    parentheses = nesting
    encoded: EncodedType
    if word == "record":
        encoded = EncodedRecord(reader.number("the type index of a record"))
    elif word == "u8" and nesting and not is_element:
        encoded = Scalar.BYTE_ARRAY
        nesting -= 1
    else:
        encoded = _SCALARS[word]
    if nesting > MAX_ARRAY_NESTING:
        raise reader.error(
            start,
            f"arrays nested {nesting} deep",
            f"at most {MAX_ARRAY_NESTING}",
        )
    for _ in range(parentheses):
        reader.close()
    for _ in range(nesting):
        encoded = EncodedArray(encoded)
    return encoded


def read_types(reader: TokenReader) -> tuple[EncodedType, ...]:
    """Types as long as there are any."""
    types = []
    while reader.next.kind is TokenKind.WORD:
        types.append(read_type(reader))
    return tuple(types)


def read_named_type(reader: TokenReader, expected: str) -> EncodedField:
    """A parameter or field: `$size: i32`."""
    name = reader.name(expected)
    reader.take(TokenKind.COLON, "`:` and a type")
    return EncodedField(name, read_type(reader))


def read_instructions(reader: TokenReader) -> tuple[Instruction, ...]:
    """Instructions as long as there are any."""
    instructions = []
    while reader.next.kind is TokenKind.WORD:
        instructions.append(_read_instruction(reader))
    return tuple(instructions)


def _read_instruction(reader: TokenReader) -> Instruction:
    op = _OPS[reader.word_of(_OPS, "an instruction or `)`")]
    match op.operand:
        case Operand.NONE:
            return Instruction(op)
        case Operand.INDEX:
            return Instruction(op, reader.number(f"the operand of `{op.mnemonic}`"))
        case Operand.TYPE:
            return Instruction(op, read_type(reader))

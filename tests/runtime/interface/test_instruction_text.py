import pytest

from runtime.interface.instruction_text import (
    encoded_type_text,
    instruction_text,
    interface_type_text,
)
from runtime.interface.instructions import (
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
    Op,
)
from runtime.interface.types import ArrayType, RecordType, Scalar


@pytest.mark.parametrize(
    ("instruction", "text"),
    [
        (Instruction(Op.ARG_GET, 0), "arg.get 0"),
        (Instruction(Op.CALL_CORE, 6), "call-core 6"),
        (Instruction(Op.I32_PUSH, 1), "i32.push 1"),
        (Instruction(Op.STRING_SIZE), "string.size"),
        (Instruction(Op.U8_FROM_I32), "u8.from_i32"),
        (Instruction(Op.ARRAY_LIFT_MEMORY, Scalar.U8), "array.lift_memory u8"),
        (
            Instruction(Op.ARRAY_LOWER_MEMORY, EncodedArray(EncodedRecord(3))),
            "array.lower_memory array (record 3)",
        ),
        (Instruction(Op.RECORD_LIFT_MEMORY, 3), "record.lift_memory 3"),
    ],
)
def test_an_instruction_is_its_name_and_its_operand(instruction: Instruction, text: str) -> None:
    assert instruction_text(instruction) == text


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        (Scalar.BOOL, "bool"),
        (Scalar.S8, "s8"),
        (Scalar.BYTE_ARRAY, "array (u8)"),
        (EncodedArray(Scalar.BYTE_ARRAY), "array (array (u8))"),
        (EncodedArray(Scalar.U8), "array (element u8)"),
        (EncodedRecord(12), "record 12"),
    ],
)
def test_a_type_has_the_name_of_the_text_form(encoded: EncodedType, text: str) -> None:
    assert encoded_type_text(encoded) == text


def test_a_resolved_record_is_shown_by_its_name() -> None:
    assert interface_type_text(ArrayType(RecordType("Tree"))) == "array (record 'Tree')"
    assert interface_type_text(Scalar.BYTE_ARRAY) == "array (u8)"

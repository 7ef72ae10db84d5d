"""The adapter instructions (spec interface-types.md, "Instructions")."""

from enum import Enum
from typing import TypeAlias

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import Scalar


class Operand(Enum):
    """What follows an instruction's byte."""

    NONE = "none"
    INDEX = "index"  # an unsigned number: argument, function, record or constant
    TYPE = "type"


class Op(Enum):
    """An instruction's kind: its byte, its name in the text form, its operand."""

    ARG_GET = (0x00, "arg.get", Operand.INDEX)
    CALL_CORE = (0x01, "call-core", Operand.INDEX)
    S8_FROM_I32 = (0x02, "s8.from_i32", Operand.NONE)
    S8_FROM_I64 = (0x03, "s8.from_i64", Operand.NONE)
    S16_FROM_I32 = (0x04, "s16.from_i32", Operand.NONE)
    S16_FROM_I64 = (0x05, "s16.from_i64", Operand.NONE)
    S32_FROM_I32 = (0x06, "s32.from_i32", Operand.NONE)
    S32_FROM_I64 = (0x07, "s32.from_i64", Operand.NONE)
    S64_FROM_I32 = (0x08, "s64.from_i32", Operand.NONE)
    S64_FROM_I64 = (0x09, "s64.from_i64", Operand.NONE)
    I32_FROM_S8 = (0x0A, "i32.from_s8", Operand.NONE)
    I32_FROM_S16 = (0x0B, "i32.from_s16", Operand.NONE)
    I32_FROM_S32 = (0x0C, "i32.from_s32", Operand.NONE)
    I32_FROM_S64 = (0x0D, "i32.from_s64", Operand.NONE)
    I64_FROM_S8 = (0x0E, "i64.from_s8", Operand.NONE)
    I64_FROM_S16 = (0x0F, "i64.from_s16", Operand.NONE)
    I64_FROM_S32 = (0x10, "i64.from_s32", Operand.NONE)
    I64_FROM_S64 = (0x11, "i64.from_s64", Operand.NONE)
    U8_FROM_I32 = (0x12, "u8.from_i32", Operand.NONE)
    U8_FROM_I64 = (0x13, "u8.from_i64", Operand.NONE)
    U16_FROM_I32 = (0x14, "u16.from_i32", Operand.NONE)
    U16_FROM_I64 = (0x15, "u16.from_i64", Operand.NONE)
    U32_FROM_I32 = (0x16, "u32.from_i32", Operand.NONE)
    U32_FROM_I64 = (0x17, "u32.from_i64", Operand.NONE)
    U64_FROM_I32 = (0x18, "u64.from_i32", Operand.NONE)
    U64_FROM_I64 = (0x19, "u64.from_i64", Operand.NONE)
    I32_FROM_U8 = (0x1A, "i32.from_u8", Operand.NONE)
    I32_FROM_U16 = (0x1B, "i32.from_u16", Operand.NONE)
    I32_FROM_U32 = (0x1C, "i32.from_u32", Operand.NONE)
    I32_FROM_U64 = (0x1D, "i32.from_u64", Operand.NONE)
    I64_FROM_U8 = (0x1E, "i64.from_u8", Operand.NONE)
    I64_FROM_U16 = (0x1F, "i64.from_u16", Operand.NONE)
    I64_FROM_U32 = (0x20, "i64.from_u32", Operand.NONE)
    I64_FROM_U64 = (0x21, "i64.from_u64", Operand.NONE)
    STRING_LIFT_MEMORY = (0x22, "string.lift_memory", Operand.NONE)
    STRING_LOWER_MEMORY = (0x23, "string.lower_memory", Operand.NONE)
    STRING_SIZE = (0x24, "string.size", Operand.NONE)
    DUP = (0x34, "dup", Operand.NONE)
    SWAP2 = (0x35, "swap2", Operand.NONE)
    ARRAY_LIFT_MEMORY = (0x37, "array.lift_memory", Operand.TYPE)
    ARRAY_LOWER_MEMORY = (0x38, "array.lower_memory", Operand.TYPE)
    RECORD_LIFT_MEMORY = (0x3A, "record.lift_memory", Operand.INDEX)
    RECORD_LOWER_MEMORY = (0x3B, "record.lower_memory", Operand.INDEX)
    BOOL_FROM_I32 = (0x3E, "bool.from_i32", Operand.NONE)
    I32_FROM_BOOL = (0x3F, "i32.from_bool", Operand.NONE)
    I32_PUSH = (0x40, "i32.push", Operand.INDEX)
    I64_PUSH = (0x41, "i64.push", Operand.INDEX)
    BYTE_ARRAY_LIFT_MEMORY = (0x43, "byte_array.lift_memory", Operand.NONE)
    BYTE_ARRAY_LOWER_MEMORY = (0x44, "byte_array.lower_memory", Operand.NONE)
    BYTE_ARRAY_SIZE = (0x45, "byte_array.size", Operand.NONE)

    def __init__(self, code: int, mnemonic: str, operand: Operand) -> None:
        self.code = code
        self.mnemonic = mnemonic
        self.operand = operand


OPS_BY_CODE: dict[int, Op] = {op.code: op for op in Op}


CONVERSIONS: dict[Op, tuple[Scalar, Scalar]] = {
    op: (Scalar(source), Scalar(target))
    for op in Op
    for target, separator, source in [op.mnemonic.partition(".from_")]
    if separator
}
"""For every `X.from_Y`: (Y, X), what it takes and what it gives."""


MEMORY_OPS = frozenset(op for op in Op if op.mnemonic.endswith("_memory"))
"""The instructions that read or write linear memory."""


@frozen_dataclass
class EncodedArray:
    """An array type inside a section."""

    element: "EncodedType"


@frozen_dataclass
class EncodedRecord:
    """A record named by its index among the section's types."""

    index: int


EncodedType: TypeAlias = Scalar | EncodedArray | EncodedRecord
"""A type as a section writes it: records are indices. `ResolvedTypes.type` resolves it."""


@frozen_dataclass
class Instruction:
    """One instruction of an adapter.

    Attributes:
        op: its kind.
        operand: what `op.operand` asks for: nothing, an unsigned number or a type.
    """

    op: Op
    operand: int | EncodedType | None = None

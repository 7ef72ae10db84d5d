"""Types and instructions as the text form shows them (spec interface-types.md, "Text form")."""

from runtime.interface.instructions import (
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
)
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar


def encoded_type_text(encoded: EncodedType) -> str:
    """The type's name: `u8`, `array (string)`, `record 3`; a byte array is `array (u8)`.

    An array of u8 that a section does not write as the byte array is `array (element u8)`: other
    tools print both alike, but only this tells them apart when it is read again.
    """
    nesting = 0
    while isinstance(encoded, EncodedArray):
        encoded = encoded.element
        nesting += 1
    if isinstance(encoded, EncodedRecord):
        base = f"record {encoded.index}"
    else:
        base = "element u8" if nesting and encoded is Scalar.U8 else _scalar(encoded)
    return "array (" * nesting + base + ")" * nesting


def interface_type_text(interface_type: InterfaceType) -> str:
    """As `encoded_type_text`, but with the record's name instead of its index: `record 'Tree'`."""
    nesting = 0
    while isinstance(interface_type, ArrayType):
        interface_type = interface_type.element
        nesting += 1
    base = (
        f"record {interface_type.name!r}"
        if isinstance(interface_type, RecordType)
        else _scalar(interface_type)
    )
    return "array (" * nesting + base + ")" * nesting


def instruction_text(instruction: Instruction) -> str:
    """The instruction with its operand: `string.size`, `call-core 6`, `array.lift_memory u8`."""
    match instruction.operand:
        case None:
            return instruction.op.mnemonic
        case int(number):
            return f"{instruction.op.mnemonic} {number}"
        case element:
            return f"{instruction.op.mnemonic} {encoded_type_text(element)}"


def _scalar(scalar: Scalar) -> str:
    return "array (u8)" if scalar is Scalar.BYTE_ARRAY else scalar.value

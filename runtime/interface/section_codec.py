"""The binary form of an `interface-types` section (spec interface-types.md, "Binary form").

Reading keeps the blocks in file order, so `encode_section(decode_section(data)) == data` for every
section that can be decoded.
"""

from runtime.errors import InterfaceError
from runtime.interface.instructions import (
    OPS_BY_CODE,
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
    Block,
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
    TypeDefinition,
    TypesBlock,
    VersionBlock,
)
from runtime.interface.section_reader import SectionReader
from runtime.interface.section_writer import SectionWriter
from runtime.interface.types import Scalar

MAX_ARRAY_NESTING = 1024
"""Deepest array of arrays, the same bound as for records in records."""

_TYPES, _IMPORTS, _ADAPTERS, _EXPORTS, _IMPLEMENTATIONS, _VERSION = range(6)

_FUNCTION, _RECORD = range(2)

_ARRAY_CODE = 0x36
_RECORD_CODE = 0x0E
_SCALAR_CODES = {
    Scalar.S8: 0x00,
    Scalar.S16: 0x01,
    Scalar.S32: 0x02,
    Scalar.S64: 0x03,
    Scalar.U8: 0x04,
    Scalar.U16: 0x05,
    Scalar.U32: 0x06,
    Scalar.U64: 0x07,
    Scalar.F32: 0x08,
    Scalar.F64: 0x09,
    Scalar.STRING: 0x0A,
    Scalar.BOOL: 0x0B,
    Scalar.I32: 0x0C,
    Scalar.I64: 0x0D,
    Scalar.BYTE_ARRAY: 0x3C,
}
_SCALARS_BY_CODE = {code: scalar for scalar, code in _SCALAR_CODES.items()}

_BARE_INSTRUCTIONS = {op: Instruction(op) for op in Op if op.operand is Operand.NONE}


def decode_section(data: bytes) -> InterfaceSection:
    """The section in `data`, the bytes after the custom section's name.

    Raises:
        InterfaceError: the bytes are no such section; with the offset, what was found there and
            what was expected.
    """
    reader = SectionReader(data)
    blocks: list[Block] = []
    has_version = False
    while reader.remaining:
        start = reader.offset
        block = _read_block(reader)
        if isinstance(block, VersionBlock):
            if has_version:
                raise reader.corrupted(
                    "a second version block", "exactly one in the section", offset=start
                )
            has_version = True
        blocks.append(block)
    if not has_version:
        raise reader.corrupted("the end of the section", "a version block (0x05) before it")
    return InterfaceSection(tuple(blocks))


def encode_section(section: InterfaceSection) -> bytes:
    """The bytes of the section, without the custom section's name.

    Raises:
        InterfaceError: the section has what the binary form cannot hold: a string of more than 255
            bytes, a number of 2**63 or more, a record without fields, none or several version
            blocks, arrays nested too deeply, an instruction with an operand of the wrong kind.
    """
    versions = sum(isinstance(block, VersionBlock) for block in section.blocks)
    if versions != 1:
        raise InterfaceError(
            f"cannot encode the section: found {versions} version blocks, expected exactly one"
        )
    writer = SectionWriter()
    for block in section.blocks:
        _write_block(writer, block)
    return bytes(writer.data)


def _read_block(reader: SectionReader) -> Block:
    start = reader.offset
    kind = reader.byte("the kind of a block")
    if kind == _TYPES:
        return TypesBlock(reader.items("types", 3, lambda: _read_type_definition(reader)))
    if kind == _IMPORTS:
        return ImportsBlock(reader.items("imports", 3, lambda: _read_import(reader)))
    if kind == _ADAPTERS:
        return AdaptersBlock(reader.items("adapters", 2, lambda: _read_adapter(reader)))
    if kind == _EXPORTS:
        return ExportsBlock(reader.items("exports", 2, lambda: _read_export(reader)))
    if kind == _IMPLEMENTATIONS:
        return ImplementationsBlock(
            reader.items("implementations", 2, lambda: _read_implementation(reader))
        )
    if kind == _VERSION:
        return VersionBlock(reader.string("the version of interface types"))
    raise reader.corrupted(f"0x{kind:02x}", "the kind of a block (0x00 to 0x05)", offset=start)


def _write_block(writer: SectionWriter, block: Block) -> None:
    match block:
        case TypesBlock(types):
            writer.byte(_TYPES)
            writer.items(types, lambda definition: _write_type_definition(writer, definition))
        case ImportsBlock(imports):
            writer.byte(_IMPORTS)
            writer.items(imports, lambda imported: _write_import(writer, imported))
        case AdaptersBlock(adapters):
            writer.byte(_ADAPTERS)
            writer.items(adapters, lambda adapter: _write_adapter(writer, adapter))
        case ExportsBlock(exports):
            writer.byte(_EXPORTS)
            writer.items(exports, lambda export: _write_export(writer, export))
        case ImplementationsBlock(implementations):
            writer.byte(_IMPLEMENTATIONS)
            writer.items(implementations, lambda item: _write_implementation(writer, item))
        case VersionBlock(version):
            writer.byte(_VERSION)
            writer.string(version, "the version of interface types")


def _read_type_definition(reader: SectionReader) -> TypeDefinition:
    start = reader.offset
    kind = reader.byte("the kind of a type")
    if kind == _FUNCTION:
        return FunctionDefinition(
            parameters=_read_fields(reader, "parameters"),
            results=reader.items("results", 1, lambda: _read_type(reader)),
        )
    if kind == _RECORD:
        name = reader.string("the name of a record")
        fields_start = reader.offset
        fields = _read_fields(reader, "fields")
        if not fields:
            raise reader.corrupted(
                f"no fields in record {name!r}", "at least one", offset=fields_start
            )
        return RecordDefinition(name, fields)
    raise reader.corrupted(
        f"0x{kind:02x}", "the kind of a type (0x00 function or 0x01 record)", offset=start
    )


def _write_type_definition(writer: SectionWriter, definition: TypeDefinition) -> None:
    match definition:
        case FunctionDefinition(parameters, results):
            writer.byte(_FUNCTION)
            _write_fields(writer, parameters, "the name of a parameter")
            writer.items(results, lambda result: _write_type(writer, result))
        case RecordDefinition(name, fields):
            if not fields:
                raise InterfaceError(
                    f"cannot encode record {name!r}: found no fields, expected at least one"
                )
            writer.byte(_RECORD)
            writer.string(name, "the name of a record")
            _write_fields(writer, fields, f"the name of a field of record {name!r}")


def _read_fields(reader: SectionReader, plural: str) -> tuple[EncodedField, ...]:
    expected = f"the name of one of the {plural}"

    def read_field() -> EncodedField:
        name = reader.string(expected)
        return EncodedField(name, _read_type(reader))

    return reader.items(plural, 2, read_field)


def _write_fields(writer: SectionWriter, fields: tuple[EncodedField, ...], what: str) -> None:
    def write_field(field: EncodedField) -> None:
        writer.string(field.name, what)
        _write_type(writer, field.type)

    writer.items(fields, write_field)


def _read_type(reader: SectionReader) -> EncodedType:
    start = reader.offset
    nesting = 0
    while (code := reader.byte("a type")) == _ARRAY_CODE:
        nesting += 1
        if nesting > MAX_ARRAY_NESTING:
            raise reader.corrupted(
                f"arrays nested more than {MAX_ARRAY_NESTING} deep",
                f"at most {MAX_ARRAY_NESTING}",
                offset=start,
            )
    encoded: EncodedType
    if code == _RECORD_CODE:
        encoded = EncodedRecord(reader.unsigned("the type index of a record"))
    elif code in _SCALARS_BY_CODE:
        encoded = _SCALARS_BY_CODE[code]
    else:
        raise reader.corrupted(f"0x{code:02x}", "a type", offset=reader.offset - 1)
    for _ in range(nesting):
        encoded = EncodedArray(encoded)
    return encoded


def _write_type(writer: SectionWriter, encoded: EncodedType) -> None:
    nesting = 0
    while isinstance(encoded, EncodedArray):
        writer.byte(_ARRAY_CODE)
        encoded = encoded.element
        nesting += 1
    if nesting > MAX_ARRAY_NESTING:
        raise InterfaceError(
            f"cannot encode a type: found arrays nested {nesting} deep, "
            f"expected at most {MAX_ARRAY_NESTING}"
        )
    if isinstance(encoded, EncodedRecord):
        writer.byte(_RECORD_CODE)
        writer.unsigned(encoded.index, "the type index of a record")
    else:
        writer.byte(_SCALAR_CODES[encoded])


def _read_import(reader: SectionReader) -> Import:
    return Import(
        namespace=reader.string("the namespace of an import"),
        name=reader.string("the name of an import"),
        function_type=reader.unsigned("the function type of an import"),
    )


def _write_import(writer: SectionWriter, imported: Import) -> None:
    writer.string(imported.namespace, "the namespace of an import")
    writer.string(imported.name, "the name of an import")
    writer.unsigned(imported.function_type, "the function type of an import")


def _read_adapter(reader: SectionReader) -> Adapter:
    return Adapter(
        function_type=reader.unsigned("the function type of an adapter"),
        instructions=reader.items("instructions", 1, lambda: _read_instruction(reader)),
    )


def _write_adapter(writer: SectionWriter, adapter: Adapter) -> None:
    writer.unsigned(adapter.function_type, "the function type of an adapter")
    writer.items(adapter.instructions, lambda instruction: _write_instruction(writer, instruction))


def _read_instruction(reader: SectionReader) -> Instruction:
    start = reader.offset
    code = reader.byte("an instruction")
    op = OPS_BY_CODE.get(code)
    if op is None:
        raise reader.corrupted(f"0x{code:02x}", "an instruction", offset=start)
    if op.operand is Operand.INDEX:
        return Instruction(op, reader.unsigned(f"the operand of {op.mnemonic}"))
    if op.operand is Operand.TYPE:
        return Instruction(op, _read_type(reader))
    return _BARE_INSTRUCTIONS[op]


def _write_instruction(writer: SectionWriter, instruction: Instruction) -> None:
    op = instruction.op
    match op.operand, instruction.operand:
        case Operand.NONE, None:
            writer.byte(op.code)
        case Operand.INDEX, int(number):
            writer.byte(op.code)
            writer.unsigned(number, f"the operand of {op.mnemonic}")
        case Operand.TYPE, (Scalar() | EncodedArray() | EncodedRecord()) as element:
            writer.byte(op.code)
            _write_type(writer, element)
        case expected, found:
            raise InterfaceError(
                f"cannot encode {op.mnemonic}: found the operand {found!r}, "
                f"expected {expected.value}"
            )


def _read_export(reader: SectionReader) -> Export:
    return Export(
        name=reader.string("the name of an export"),
        function_type=reader.unsigned("the function type of an export"),
    )


def _write_export(writer: SectionWriter, export: Export) -> None:
    writer.string(export.name, "the name of an export")
    writer.unsigned(export.function_type, "the function type of an export")


def _read_implementation(reader: SectionReader) -> Implementation:
    return Implementation(
        core_type=reader.unsigned("the core function type of an implementation"),
        adapter_type=reader.unsigned("the adapter function type of an implementation"),
    )


def _write_implementation(writer: SectionWriter, implementation: Implementation) -> None:
    writer.unsigned(implementation.core_type, "the core function type of an implementation")
    writer.unsigned(implementation.adapter_type, "the adapter function type of an implementation")

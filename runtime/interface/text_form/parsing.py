"""Reads the text form of a section."""

from collections.abc import Callable

from runtime.interface.instructions import EncodedType
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
    make_section,
)
from runtime.interface.text_form.token_reader import TokenReader
from runtime.interface.text_form.tokens import TokenKind
from runtime.interface.text_form.type_parsing import (
    read_instructions,
    read_named_type,
    read_types,
)


def parse_section_text(text: str) -> InterfaceSection:
    """The section that the text describes; `encode_section` can encode it.

    Args:
        text: what `section_text` gives, or anybody writes in the same form.

    Raises:
        TextError: the text is malformed, or has what the binary form cannot hold; with line,
            column, what was found there and what was expected.
    """
    reader = TokenReader(text)
    blocks: list[list[Block]] = []
    keeps_order = False
    has_version = False
    while reader.next.kind is not TokenKind.END:
        start = reader.next
        reader.open("`(@interface …)` or the end of the text")
        reader.word("@interface")
        keyword = reader.word_of(_ITEMS, _ANY_ITEM)
        if keyword == "it_version" and has_version:
            raise reader.error(start, "a second version", "exactly one `(@interface it_version …)`")
        has_version = has_version or keyword == "it_version"
        keeps_order = keeps_order or keyword == "block"
        block = _ITEMS[keyword](reader)
        reader.close()
        if blocks and keyword != "block" and type(block) is type(blocks[-1][0]):
            blocks[-1].append(block)
        else:
            blocks.append([block])
    if not has_version:
        raise reader.unexpected('`(@interface it_version "…")`')
    section = InterfaceSection(tuple(_joined(parts) for parts in blocks))
    return section if keeps_order else _in_encoders_order(section)


def _joined(parts: list[Block]) -> Block:
    """One block of what blocks of one kind hold."""
    together = InterfaceSection(tuple(parts))
    match parts[0]:
        case VersionBlock() as version:
            return version
        case TypesBlock():
            return TypesBlock(together.types)
        case ImportsBlock():
            return ImportsBlock(together.imports)
        case AdaptersBlock():
            return AdaptersBlock(together.adapters)
        case ExportsBlock():
            return ExportsBlock(together.exports)
        case ImplementationsBlock():
            return ImplementationsBlock(together.implementations)


def _in_encoders_order(section: InterfaceSection) -> InterfaceSection:
    return make_section(
        section.version,
        section.types,
        section.imports,
        section.adapters,
        section.exports,
        section.implementations,
    )


# Each of these reads what stands between the keyword of an item and its closing parenthesis.


def _read_block_start(reader: TokenReader) -> Block:
    return _EMPTY_BLOCKS[reader.word(*_EMPTY_BLOCKS)]


def _read_version(reader: TokenReader) -> VersionBlock:
    return VersionBlock(reader.string('the version of interface types, such as `"0.27.0"`'))


def _read_type_item(reader: TokenReader) -> TypesBlock:
    reader.open("`(func …)` or `(record …)`")
    definition: TypeDefinition
    if reader.word("func", "record") == "func":
        definition = _read_function(reader)
    else:
        definition = _read_record(reader)
    reader.close()
    return TypesBlock((definition,))


def _read_function(reader: TokenReader) -> FunctionDefinition:
    parameters: tuple[EncodedField, ...] = ()
    results: tuple[EncodedType, ...] = ()
    lists: tuple[str, ...] = ("param", "result")
    expected = "`param` or `result`"
    while lists and reader.next.kind is TokenKind.OPEN:
        reader.open()
        if reader.word_of(lists, expected) == "param":
            lists = ("result",)
            expected = "`result`; one `(param …)` holds all parameters"
            parameters = _read_parameters(reader)
            reader.close("a parameter (`$name: type`) or `)`")
        else:
            lists = ()
            results = read_types(reader)
            reader.close("a type or `)`")
    return FunctionDefinition(parameters, results)


def _read_parameters(reader: TokenReader) -> tuple[EncodedField, ...]:
    parameters = []
    while reader.next.kind is TokenKind.NAME:
        parameters.append(read_named_type(reader, "the name of a parameter"))
    return tuple(parameters)


def _read_record(reader: TokenReader) -> RecordDefinition:
    name = reader.name("the name of the record, such as `$Name`")
    reader.open("`(` and the fields of the record")
    fields: list[EncodedField] = []
    while not fields or reader.next.kind is TokenKind.WORD:  # the binary form asks for one
        reader.word_of(("field",), "`field $name: type`")
        fields.append(read_named_type(reader, "the name of the field, such as `$name`"))
    reader.close("`field $name: type` or `)`")
    return RecordDefinition(name, tuple(fields))


def _read_import(reader: TokenReader) -> ImportsBlock:
    namespace = reader.string('the namespace of the import in quotes, such as `"module"`')
    name = reader.string('the name of the import in quotes, such as `"function"`')
    reader.open("`(func (type n))`")
    reader.word("func")
    function_type = _read_reference(reader, "type")
    reader.close()
    return ImportsBlock((Import(namespace, name, function_type),))


def _read_adapter(reader: TokenReader) -> AdaptersBlock:
    function_type = _read_reference(reader, "type")
    return AdaptersBlock((Adapter(function_type, read_instructions(reader)),))


def _read_export(reader: TokenReader) -> ExportsBlock:
    name = reader.string('the name of the export in quotes, such as `"function"`')
    return ExportsBlock((Export(name, _read_reference(reader, "func")),))


def _read_implementation(reader: TokenReader) -> ImplementationsBlock:
    core_type = _read_reference(reader, "func")
    adapter_type = _read_reference(reader, "func")
    return ImplementationsBlock((Implementation(core_type, adapter_type),))


def _read_reference(reader: TokenReader, keyword: str) -> int:
    """A function type's index: `(type 3)` or `(func 3)`."""
    reader.open(f"`({keyword} n)`")
    reader.word(keyword)
    index = reader.number("the index of a function type")
    reader.close()
    return index


_ITEMS: dict[str, Callable[[TokenReader], Block]] = {
    "it_version": _read_version,
    "type": _read_type_item,
    "import": _read_import,
    "func": _read_adapter,
    "export": _read_export,
    "implement": _read_implementation,
    "block": _read_block_start,
}
_ANY_ITEM = "one of " + ", ".join(f"`{keyword}`" for keyword in _ITEMS)

_EMPTY_BLOCKS: dict[str, Block] = {
    "type": TypesBlock(()),
    "import": ImportsBlock(()),
    "func": AdaptersBlock(()),
    "export": ExportsBlock(()),
    "implement": ImplementationsBlock(()),
}

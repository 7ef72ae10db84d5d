"""Writes the text form of a section."""

from itertools import count

from runtime.interface.instruction_text import encoded_type_text, instruction_text
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
from runtime.interface.text_form.literals import name_literal, string_literal

_HEADINGS: dict[type[Block], tuple[str, str]] = {
    TypesBlock: (";; Types", "type"),
    ImportsBlock: (";; Imports", "import"),
    AdaptersBlock: (";; Adapters", "func"),
    ExportsBlock: (";; Exports", "export"),
    ImplementationsBlock: (";; Implementations", "implement"),
}
"""Of each kind of block but the version: the comment above it, and its items' keyword."""

_KINDS: tuple[type[Block], ...] = (VersionBlock, *_HEADINGS)
"""In the order in which encoders write them."""


def section_text(section: InterfaceSection) -> str:
    """The text form of the section, without a line end after the last line.

    `parse_section_text` reads it back, if the section is one that can be encoded. No character of
    it does anything to a terminal but show itself.
    """
    type_indices = count()
    names_blocks = not _is_in_encoders_order(section)
    paragraphs = []
    for block in section.blocks:
        lines = _heading(block, names_blocks=names_blocks)
        match block:
            case VersionBlock(version):
                lines.append(f"(@interface it_version {string_literal(version)})")
            case TypesBlock(types):
                lines += (
                    f"(@interface type ({_definition_text(definition)}))   ;; {index}"
                    for definition, index in zip(types, type_indices, strict=False)
                )
            case ImportsBlock(imports):
                lines += map(_import_text, imports)
            case AdaptersBlock(adapters):
                lines += map(_adapter_text, adapters)
            case ExportsBlock(exports):
                lines += map(_export_text, exports)
            case ImplementationsBlock(implementations):
                lines += map(_implementation_text, implementations)
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)


def _is_in_encoders_order(section: InterfaceSection) -> bool:
    """Whether a parser that knows nothing of blocks makes the same blocks of the same items."""
    kinds = [_KINDS.index(type(block)) for block in section.blocks]
    return kinds == sorted(set(kinds)) and not any(map(_is_empty, section.blocks))


def _is_empty(block: Block) -> bool:
    match block:
        case VersionBlock():
            return False
        case (
            TypesBlock(items)
            | ImportsBlock(items)
            | AdaptersBlock(items)
            | ExportsBlock(items)
            | ImplementationsBlock(items)
        ):
            return not items


def _heading(block: Block, *, names_blocks: bool) -> list[str]:
    """The lines before a block's own."""
    if isinstance(block, VersionBlock):
        return []
    heading, keyword = _HEADINGS[type(block)]
    return [heading, f"(@interface block {keyword})"] if names_blocks else [heading]


def _definition_text(definition: TypeDefinition) -> str:
    match definition:
        case FunctionDefinition(parameters, results):
            # The space after `func` stands at the end of the line, as in the original's texts.
            lines = ["func "]
            if parameters:
                shown = " ".join(map(_named_type_text, parameters))
                lines.append(f"  (param {shown})")
            if results:
                lines.append(f"  (result {' '.join(map(encoded_type_text, results))})")
            return "\n".join(lines)
        case RecordDefinition(name, fields):
            lines = [f" field {_named_type_text(field)}" for field in fields]
            return "\n".join((f"record {name_literal(name)} (", *lines, ")"))


def _named_type_text(field: EncodedField) -> str:
    return f"{name_literal(field.name)}: {encoded_type_text(field.type)}"


def _import_text(imported: Import) -> str:
    namespace, name = string_literal(imported.namespace), string_literal(imported.name)
    return f"(@interface import {namespace} {name} (func (type {imported.function_type})))"


def _adapter_text(adapter: Adapter) -> str:
    instructions = "".join(f"\n  {instruction_text(i)}" for i in adapter.instructions)
    return f"(@interface func (type {adapter.function_type}){instructions})"


def _export_text(export: Export) -> str:
    return f"(@interface export {string_literal(export.name)} (func {export.function_type}))"


def _implementation_text(implementation: Implementation) -> str:
    core, adapter = implementation.core_type, implementation.adapter_type
    return f"(@interface implement (func {core}) (func {adapter}))"

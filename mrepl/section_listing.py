"""A module's interface types as the shell and `marine` show them: `it`."""

from mrepl.text.marked_text import Mark, MarkedText, Span
from runtime import JsonValue
from runtime.interface.instruction_text import encoded_type_text, instruction_text
from runtime.interface.metadata import ModuleMetadata, interface_payload
from runtime.interface.section import (
    EncodedField,
    FunctionDefinition,
    InterfaceSection,
    RecordDefinition,
    TypeDefinition,
)
from runtime.interface.section_codec import decode_section
from runtime.interface.text_form import section_text


def interface_section(metadata: ModuleMetadata, *, module: str) -> InterfaceSection:
    """A module's one `interface-types` section.

    Raises:
        InterfaceError: there is none or more than one, or it is corrupted.
    """
    return decode_section(interface_payload(metadata, module=module))


def section_listing(section: InterfaceSection) -> MarkedText:
    """The section in the text form of interface types."""
    return (Span(f"{section_text(section)}\n", Mark.WASM),)


def section_json(section: InterfaceSection) -> dict[str, JsonValue]:
    """The section as data; types and instructions are as in the text form."""
    return {
        "it_version": section.version,
        "types": [_type_json(definition) for definition in section.types],
        "imports": [
            {"namespace": each.namespace, "name": each.name, "type": each.function_type}
            for each in section.imports
        ],
        "adapters": [
            {
                "type": adapter.function_type,
                "instructions": [instruction_text(each) for each in adapter.instructions],
            }
            for adapter in section.adapters
        ],
        "exports": [{"name": each.name, "type": each.function_type} for each in section.exports],
        "implementations": [
            {"core_type": each.core_type, "adapter_type": each.adapter_type}
            for each in section.implementations
        ],
    }


def _type_json(definition: TypeDefinition) -> JsonValue:
    match definition:
        case FunctionDefinition(parameters, results):
            return {
                "kind": "function",
                "arguments": _fields_json(parameters),
                "results": [encoded_type_text(result) for result in results],
            }
        case RecordDefinition(name, fields):
            return {"kind": "record", "name": name, "fields": _fields_json(fields)}


def _fields_json(fields: tuple[EncodedField, ...]) -> list[JsonValue]:
    return [{"name": field.name, "type": encoded_type_text(field.type)} for field in fields]

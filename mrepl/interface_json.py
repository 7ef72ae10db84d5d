"""Functions and records as JSON (spec mrepl.md, "`--json`")."""

from runtime import Field, JsonValue, RecordType, Signature, type_text


def function_json(name: str, signature: Signature) -> dict[str, JsonValue]:
    """A function: its name, its arguments with their types, the types of its results."""
    result = signature.result
    return {
        "name": name,
        "arguments": [_field_json(parameter) for parameter in signature.parameters],
        "results": [] if result is None else [type_text(result)],
    }


def record_json(record: RecordType) -> dict[str, JsonValue]:
    """A record: its name, its fields with their types."""
    return {"name": record.name, "fields": [_field_json(field) for field in record.fields]}


def _field_json(field: Field) -> JsonValue:
    return {"name": field.name, "type": type_text(field.type)}

"""An error as JSON, the same in all that the programs print for other programs."""

from runtime import JsonValue


def error_json(
    kind: str, message: str, module: str | None = None, function: str | None = None
) -> JsonValue:
    """The error; its keys stand in a fixed order (spec mrepl.md, "`--json`")."""
    return {"kind": kind, "message": message, "module": module, "function": function}

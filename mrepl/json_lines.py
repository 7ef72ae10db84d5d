"""One JSON object a command, for scripts (spec mrepl.md, "`--json`")."""

from mrepl.outcome import Failure, Outcome
from mrepl.text.json_text import compact_json
from runtime import JsonValue


def json_line(outcome: Outcome) -> str:
    """The outcome as one line of JSON, without a line feed; its keys stand in a fixed order."""
    result = outcome.result
    if isinstance(result, Failure):
        error: JsonValue = {
            "kind": result.kind,
            "message": result.message,
            "module": result.module,
            "function": result.function,
        }
        said = f'"ok": false, "error": {compact_json(error)}'
    else:
        said = f'"ok": true, "result": {result.result}'
        if result.verdict is not None:
            verdict: JsonValue = {
                "kind": result.verdict.kind,
                "message": result.verdict.message,
                "module": None,
                "function": None,
            }
            said = f'"ok": false, "result": {result.result}, "error": {compact_json(verdict)}'
    command = compact_json(outcome.line)
    return f'{{"command": {command}, {said}, "elapsed_ns": {outcome.elapsed_ns}}}'

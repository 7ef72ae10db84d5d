"""One JSON object a command, for scripts (spec mrepl.md, "`--json`")."""

from mrepl.outcome import Failure, Outcome
from mrepl.text.error_json import error_json
from mrepl.text.json_text import compact_json


def json_line(outcome: Outcome) -> str:
    """The outcome as one line of JSON, without a line feed; its keys stand in a fixed order."""
    result = outcome.result
    if isinstance(result, Failure):
        error = error_json(result.kind, result.message, result.module, result.function)
        said = f'"ok": false, "error": {compact_json(error)}'
    elif result.verdict is not None:
        error = error_json(result.verdict.kind, result.verdict.message)
        said = f'"ok": false, "result": {result.result}, "error": {compact_json(error)}'
    else:
        said = f'"ok": true, "result": {result.result}'
    command = compact_json(outcome.line)
    return f'{{"command": {command}, {said}, "elapsed_ns": {outcome.elapsed_ns}}}'

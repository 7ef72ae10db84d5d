"""`call`."""

from functools import partial
from time import perf_counter_ns

from mrepl.command import Arguments, Reply
from mrepl.durations import duration_text
from mrepl.json_text import compact_json
from mrepl.marked_text import Mark, MarkedText, Span
from mrepl.result_styles import ResultStyle, result_text
from mrepl.session import Session
from runtime import JsonValue, parse_json

_RESULT = "result: "


def call(session: Session, arguments: Arguments) -> Reply:
    """Calls a function; the time covers the arguments from JSON, the call, the result to JSON."""
    module, function = arguments["module"], arguments["func"]
    given = arguments.get("args") or "[]"
    call_parameters = arguments.get("call_params")
    call_text = session.service.call_text

    session.prepare_call(module, function)
    start = perf_counter_ns()
    result_json = call_text(module, function, given, call_parameters=call_parameters)
    elapsed_ns = perf_counter_ns() - start

    if "-nr" in arguments.flags:
        return Reply("null", partial(_hidden_text, elapsed_ns), elapsed_ns)
    result = parse_json(result_json)
    style = session.settings.style
    return Reply(compact_json(result), partial(_result_text, result, style, elapsed_ns), elapsed_ns)


def _result_text(result: JsonValue, style: ResultStyle, elapsed_ns: int) -> MarkedText:
    return (
        Span(_RESULT),
        Span(result_text(result, style, len(_RESULT)), Mark.VALUE),
        Span("\n"),
        Span(f" elapsed time: {duration_text(elapsed_ns)}\n", Mark.FAINT),
    )


def _hidden_text(elapsed_ns: int) -> MarkedText:
    return (Span(f"call succeeded, elapsed time: {duration_text(elapsed_ns)}\n"),)

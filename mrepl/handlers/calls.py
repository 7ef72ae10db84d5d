"""`call` and `show`: a function's result, with its time, and once more."""

from functools import partial
from time import perf_counter_ns

from mrepl.command import Arguments, Reply
from mrepl.elapsed_time import elapsed_line
from mrepl.json_references import resolve_references
from mrepl.session import Session
from mrepl.settings import Settings
from mrepl.text.cutting import cut
from mrepl.text.durations import duration_text
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.text.result_styles import ResultStyle, result_text
from mrepl.usage import UsageError
from runtime import JsonValue, parse_json

_RESULT = "result: "


def call(session: Session, arguments: Arguments) -> Reply:
    """Calls a function; the time covers the arguments from JSON, the call, the result to JSON."""
    module, function = arguments["module"], arguments["func"]
    given, call_parameters = given_values(session, arguments)
    call_text = session.service.call_text

    session.prepare_call(module, function)
    start = perf_counter_ns()
    result_json = call_text(module, function, given, call_parameters=call_parameters)
    elapsed_ns = perf_counter_ns() - start

    session.last_result = result_json
    settings = session.settings
    if arguments.has("-nr"):
        return Reply("null", partial(_hidden_text, elapsed_ns, settings), elapsed_ns)
    lines = None if arguments.has("--full") else settings.result_lines
    result = parse_json(result_json)
    return Reply(
        compact_json(result),
        partial(result_listing, result, settings, lines, elapsed_ns),
        elapsed_ns,
    )


def show(session: Session, _arguments: Arguments) -> Reply:
    """Shows the last result once more, in full."""
    result_json = session.last_result
    if result_json is None:
        raise UsageError("no call has given a result yet")
    result = parse_json(result_json)
    return Reply(
        compact_json(result),
        partial(_result_text, result, session.settings.style, None),
    )


def given_values(session: Session, arguments: Arguments) -> tuple[str, str | None]:
    """The arguments that a line gives a function, and the call parameters, if any: JSON texts.

    Raises:
        UsageError: one of them refers to what is not there.
    """
    given = resolve_references(arguments.get("args") or "[]", session.last_result)
    call_parameters = arguments.get("call_params")
    if call_parameters is not None:
        call_parameters = resolve_references(call_parameters, session.last_result)
    return given, call_parameters


def result_listing(
    result: JsonValue, settings: Settings, lines: int | None, elapsed_ns: int
) -> MarkedText:
    """The result of a call as `call` shows it, with its time.

    Args:
        result: the result.
        settings: of the session.
        lines: how many lines of it are shown; None for all.
        elapsed_ns: the call's time.
    """
    return (
        *_result_text(result, settings.style, lines),
        *elapsed_line(elapsed_ns, settings, indent=" "),
    )


def _result_text(result: JsonValue, style: ResultStyle, lines: int | None) -> MarkedText:
    text = result_text(result, style, len(_RESULT))
    shown, missing = (text, "") if lines is None else cut(text, lines)
    note = f" … {missing}: `show` gives all of it, `show --pager` page by page\n"
    return (
        Span(_RESULT),
        Span(shown, Mark.VALUE),
        Span("\n"),
        *((Span(note, Mark.FAINT),) if missing else ()),
    )


def _hidden_text(elapsed_ns: int, settings: Settings) -> MarkedText:
    elapsed = f", elapsed time: {duration_text(elapsed_ns)}" if settings.timing else ""
    return (Span(f"call succeeded{elapsed}\n"),)

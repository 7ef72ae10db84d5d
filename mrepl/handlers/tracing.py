"""`trace`: a call, shown step by step across all modules (spec mrepl.md, "`trace`").

What shows it, `mrepl.trace`, is imported when it is first needed: a session starts without it.
"""

import shutil
import sys
from functools import partial

from mrepl.command import Arguments, Reply, Verdict
from mrepl.handlers.calls import given_values, result_listing
from mrepl.session import Session
from mrepl.settings import Settings
from mrepl.text.escaping import escape_line
from mrepl.text.json_text import compact_json, pretty_json
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.typed_numbers import whole_number
from mrepl.usage import UsageError
from runtime import AdapterEvent, JsonValue, Service, Trace, parse_json, suggestion

_WIDTH_WITHOUT_TERMINAL = 80
_LEAST_WIDTH = 40


def trace(session: Session, arguments: Arguments) -> Reply:
    """Calls a function by the interpreter and shows its steps, then its result and its times."""
    from mrepl.trace.selection import runs_of  # noqa: PLC0415 - see above
    from mrepl.trace.tree_json import trace_json  # noqa: PLC0415 - see above

    depth = _depth(arguments.option("--depth"))
    adapter = arguments.option("--adapter")
    if adapter is not None:
        _check_adapter(adapter, session.service)
    given, call_parameters = given_values(session, arguments)

    session.growth.call_begins(session.service.memory_sizes())
    traced = session.service.trace_text(
        arguments["module"], arguments["func"], given, call_parameters=call_parameters
    )
    if traced.result is not None:
        session.last_result = traced.result
    trees = (traced.root,) if adapter is None else runs_of(traced.root, adapter)
    json = trace_json(traced, trees, depth)
    if arguments.has("--json"):
        text = partial(_json_text, json)
    else:
        text = partial(_text, traced, trees, depth, adapter, session.settings)
    verdict = None
    if traced.error is not None:
        verdict = Verdict(traced.error.kind, traced.error.message, "call")
    return Reply(compact_json(json), text, traced.elapsed_ns, verdict=verdict)


def _depth(given: str | None) -> int | None:
    if given is None:
        return None
    depth = whole_number(given)
    if depth is None:
        raise UsageError(
            f"--depth: '{escape_line(given)}' is no number of levels (expected 0, 1, 2 …)"
        )
    return depth


def _check_adapter(name: str, service: Service) -> None:
    known = service.adapters()
    if name not in known:
        near = suggestion(name, known)
        raise UsageError(
            f"--adapter: no adapter '{escape_line(name)}'{near} (an export adapter is "
            "module.function, an import adapter module.namespace.function)"
        )


def _json_text(json: JsonValue) -> MarkedText:
    return (Span(f"{pretty_json(json)}\n", Mark.VALUE),)


def _text(
    traced: Trace[str],
    trees: tuple[AdapterEvent, ...],
    depth: int | None,
    adapter: str | None,
    settings: Settings,
) -> MarkedText:
    from mrepl.trace.times_table import times_table  # noqa: PLC0415 - see above
    from mrepl.trace.tree_text import Layout, tree_text  # noqa: PLC0415 - see above

    layout = Layout(_width(), depth, settings.timing)
    spans = [span for tree in trees for span in (*tree_text(tree, layout), Span("\n"))]
    if not trees:
        spans.append(Span(f"{escape_line(adapter or '')} did not run in this call\n\n", Mark.FAINT))
    if traced.result is not None:
        result = parse_json(traced.result)
        lines = settings.result_lines
        spans += result_listing(result, settings, lines, traced.elapsed_ns)
        if settings.timing:
            spans.append(Span("\n"))
    if settings.timing:
        spans += times_table(traced.times)
    return tuple(spans)


def _width() -> int:
    if not sys.stdout.isatty():
        return _WIDTH_WITHOUT_TERMINAL
    return max(shutil.get_terminal_size().columns, _LEAST_WIDTH)

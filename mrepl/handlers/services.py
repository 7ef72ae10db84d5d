"""`new`, `load`, `unload` and `quit`: what changes the service."""

from functools import partial
from time import perf_counter_ns

from mrepl.command import Arguments, Reply
from mrepl.durations import duration_text
from mrepl.escaping import escape_line
from mrepl.json_text import compact_json
from mrepl.marked_text import Mark, MarkedText, Span
from mrepl.session import Session


def new(session: Session, arguments: Arguments) -> Reply:
    """Creates a service; the old one goes only when the new one was created."""
    start = perf_counter_ns()
    service = session.create_service(arguments.get("config"))
    elapsed_ns = perf_counter_ns() - start
    return Reply(
        compact_json({"service_id": service.service_id}),
        partial(_creation_text, service.service_id, elapsed_ns),
        elapsed_ns,
        warnings=service.warnings,
    )


def _creation_text(service_id: str, elapsed_ns: int) -> MarkedText:
    return (
        Span(f"app service was created with service id = {escape_line(service_id)}\n"),
        Span(f"elapsed time {duration_text(elapsed_ns)}\n"),
    )


def load(session: Session, arguments: Arguments) -> Reply:
    """Loads a module."""
    start = perf_counter_ns()
    session.service.load(arguments["name"], arguments["path"])
    elapsed_ns = perf_counter_ns() - start
    return Reply(
        compact_json({"module": arguments["name"]}), partial(_loaded_text, elapsed_ns), elapsed_ns
    )


def _loaded_text(elapsed_ns: int) -> MarkedText:
    return (
        Span("module successfully loaded into App service\n"),
        Span(f"elapsed time: {duration_text(elapsed_ns)}\n", Mark.FAINT),
    )


def unload(session: Session, arguments: Arguments) -> Reply:
    """Unloads a module."""
    session.service.unload(arguments["module"], force=arguments.has("--force"))
    return Reply(compact_json({"module": arguments["module"]}), _unloaded_text)


def _unloaded_text() -> MarkedText:
    return (Span("module successfully unloaded from App service\n"),)


def leave(_session: Session, _arguments: Arguments) -> Reply:
    """Ends the shell, which closes the service."""
    return Reply("null", tuple, ends_session=True)

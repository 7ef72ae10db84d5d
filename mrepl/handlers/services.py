"""`new`, `load`, `unload`, `reload` and `quit`: what changes the service."""

from collections.abc import Sequence
from functools import partial
from time import perf_counter_ns

from mrepl.command import Arguments, Reply
from mrepl.elapsed_time import elapsed_line
from mrepl.session import Session
from mrepl.settings import Settings
from mrepl.text.durations import duration_text
from mrepl.text.escaping import escape_line
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.typed_path import typed_path
from runtime import ChangedModule, JsonValue, ReloadCause, Reloaded
from runtime.config.model import why_not_importable


def new(session: Session, arguments: Arguments) -> Reply:
    """Creates a service; the old one goes only when the new one was created."""
    start = perf_counter_ns()
    service = session.create_service(arguments.get("config"))
    elapsed_ns = perf_counter_ns() - start
    return Reply(
        compact_json({"service_id": service.service_id}),
        partial(_creation_text, service.service_id, elapsed_ns, session.settings),
        elapsed_ns,
        warnings=service.warnings,
    )


def _creation_text(service_id: str, elapsed_ns: int, settings: Settings) -> MarkedText:
    created = Span(f"app service was created with service id = {escape_line(service_id)}\n")
    if not settings.timing:
        return (created,)
    return (created, Span(f"elapsed time {duration_text(elapsed_ns)}\n"))


def load(session: Session, arguments: Arguments) -> Reply:
    """Loads a module."""
    name = arguments["name"]
    start = perf_counter_ns()
    session.service.load(name, typed_path(arguments["path"]))
    elapsed_ns = perf_counter_ns() - start
    odd_name = why_not_importable(name)
    return Reply(
        compact_json({"module": name}),
        partial(_loaded_text, elapsed_ns, session.settings),
        elapsed_ns,
        warnings=() if odd_name is None else (odd_name,),
    )


def _loaded_text(elapsed_ns: int, settings: Settings) -> MarkedText:
    return (
        Span("module successfully loaded into App service\n"),
        *elapsed_line(elapsed_ns, settings),
    )


def unload(session: Session, arguments: Arguments) -> Reply:
    """Unloads a module."""
    name = arguments["module"]
    session.service.unload(name, force=arguments.has("--force"))
    session.growth.forget([name])
    return Reply(compact_json({"module": name}), _unloaded_text)


def _unloaded_text() -> MarkedText:
    return (Span("module successfully unloaded from App service\n"),)


def reload(session: Session, arguments: Arguments) -> Reply:
    """Loads one module anew, or all whose files have changed, with those that import them."""
    name = arguments.get("module")
    start = perf_counter_ns()
    reloaded = session.reload(() if name is None else (name,))
    elapsed_ns = perf_counter_ns() - start
    return Reply(
        _reloaded_json(reloaded),
        partial(_reloaded_text, reloaded, elapsed_ns, session.settings),
        elapsed_ns,
        warnings=() if session.config is None else session.config.warnings(),
    )


def reload_changed(changed: Sequence[ChangedModule], session: Session, _: Arguments) -> Reply:
    """Loads modules anew whose files have changed, and says so as news."""
    start = perf_counter_ns()
    reloaded = session.reload([each.name for each in changed])
    elapsed_ns = perf_counter_ns() - start
    return Reply(
        _reloaded_json(reloaded),
        partial(_news_text, changed, reloaded, elapsed_ns, session.settings),
        elapsed_ns,
    )


def changed_files_text(changed: Sequence[ChangedModule]) -> str:
    """Which files have changed, without their directories: `greeting.wasm changed`."""
    return f"{', '.join(escape_line(each.path.name) for each in changed)} changed"


def _reloaded_json(reloaded: Sequence[Reloaded]) -> str:
    modules: list[JsonValue] = [
        {"module": each.name, "cause": each.cause.value, "imports": list(each.imports)}
        for each in reloaded
    ]
    return compact_json({"reloaded": modules})


def _reloaded_text(reloaded: Sequence[Reloaded], elapsed_ns: int, settings: Settings) -> MarkedText:
    if not reloaded:
        return (Span("no module has changed on disk\n"),)
    spans: list[Span] = []
    for each in reloaded:
        spans += (
            Span(", " if spans else ""),
            Span(escape_line(each.name), Mark.NAME),
            Span(f" reloaded ({_cause_text(each)})"),
        )
    return (*spans, Span("\n"), *elapsed_line(elapsed_ns, settings))


def _cause_text(reloaded: Reloaded) -> str:
    if reloaded.cause is ReloadCause.IMPORTS:
        return f"imports {', '.join(map(escape_line, reloaded.imports))}"
    cause: str = reloaded.cause.value
    return cause


def _news_text(
    changed: Sequence[ChangedModule],
    reloaded: Sequence[Reloaded],
    elapsed_ns: int,
    settings: Settings,
) -> MarkedText:
    names = ", ".join(escape_line(each.name) for each in reloaded)
    elapsed = f" in {duration_text(elapsed_ns)}" if settings.timing else ""
    return (Span(f"{changed_files_text(changed)}: reloaded {names}{elapsed}\n", Mark.FAINT),)


def leave(_session: Session, _arguments: Arguments) -> Reply:
    """Ends the shell, which closes the service."""
    return Reply("null", tuple, ends_session=True)

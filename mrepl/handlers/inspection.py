"""`stats`, `envs` and `fs`: what a running service looks like from outside."""

from collections.abc import Mapping
from functools import partial

from mrepl.command import PAGER, Arguments, Reply
from mrepl.session import Session
from mrepl.text.cutting import cut_listing
from mrepl.text.escaping import escape_line
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.text.sizes import exact_size_text, size_text
from runtime import Engine, JsonValue, ModuleStatistics, Statistics
from runtime.engine.wasi.descriptors import FileSystemView
from runtime.shown_names import shown_name


def show_statistics(session: Session, _arguments: Arguments) -> Reply:
    """Lists the modules' memories, the service's rejected allocations, and its engine."""
    statistics = session.service.statistics()
    grown = session.growth.until({each.name: each.memory_bytes for each in statistics.modules})
    result: JsonValue = {
        "modules": {
            module.name: {
                "memory_bytes": module.memory_bytes,
                "max_memory_bytes": module.max_memory_bytes,
                "grown_bytes": grown[module.name],
                "interpreted": dict(module.interpreted),
            }
            for module in statistics.modules
        },
        "total_memory_limit_bytes": statistics.memory_limit,
        "rejected_allocations": statistics.rejected_allocations,
        "engine": statistics.engine.value,
    }
    return Reply(
        compact_json(result),
        partial(_statistics_text, statistics, grown),
        warnings=statistics.notes,
    )


def _statistics_text(statistics: Statistics, grown: Mapping[str, int]) -> MarkedText:
    spans = [Span("Loaded modules heap sizes:\n")]
    for module in statistics.modules:
        spans += (
            Span(escape_line(module.name), Mark.NAME),
            Span(f" - {size_text(module.memory_bytes)}"),
            Span(_growth_text(grown[module.name])),
            Span(f"{_limit_text(module)}\n"),
        )
    if not statistics.modules:
        spans.append(Span("<no loaded modules>\n", Mark.FAINT))
    if statistics.memory_limit is not None:
        total = size_text(sum(module.memory_bytes for module in statistics.modules))
        most = exact_size_text(statistics.memory_limit)
        spans.append(Span(f"all together - {total}, at most {most}\n"))
    spans.append(Span(f"rejected allocations: {statistics.rejected_allocations}\n"))
    spans.append(Span(f"engine: {statistics.engine.value}\n"))
    if statistics.engine is Engine.FUSED:
        spans += (
            Span(
                f"interpreted: {escape_line(f'{module.name}.{shown_name(function)} ({reason})')}\n"
            )
            for module in statistics.modules
            for function, reason in module.interpreted.items()
        )
    return tuple(spans)


def _growth_text(grown: int) -> str:
    return f" (+{size_text(grown)} since the last call)" if grown else ""


def _limit_text(module: ModuleStatistics) -> str:
    limit = module.configured_limit
    most = module.max_memory_bytes if limit is None else limit
    return "" if most is None else f", at most {exact_size_text(most)}"


def show_environment(session: Session, arguments: Arguments) -> Reply:
    """Lists a module's environment variables."""
    variables = session.service.environment(arguments["module"])
    return Reply(
        compact_json({"variables": dict(variables)}), partial(_environment_text, variables)
    )


def _environment_text(variables: dict[str, str]) -> MarkedText:
    spans = [Span("Environment variables:\n")]
    spans += (Span(f"{escape_line(f'{name}={value}')}\n") for name, value in variables.items())
    if not variables:
        spans.append(Span("<no environment variables>\n", Mark.FAINT))
    return tuple(spans)


def show_file_system(session: Session, arguments: Arguments) -> Reply:
    """Lists the directories a module can reach and the descriptors it has open."""
    view = session.service.file_system(arguments["module"])
    result: JsonValue = {
        "preopened": [
            {"guest": entry.guest, "host": str(entry.host), "descriptor": entry.descriptor}
            for entry in view.directories
        ],
        "open": [
            {
                "descriptor": entry.descriptor,
                "path": entry.path,
                "kind": entry.kind,
                "position": entry.position,
                "size": entry.size,
            }
            for entry in view.descriptors
        ],
    }
    lines = None if arguments.has(PAGER) else session.settings.result_lines
    return Reply(compact_json(result), partial(_file_system_text, view, lines))


def _file_system_text(view: FileSystemView, lines: int | None) -> MarkedText:
    spans = [Span("Preopened directories:\n")]
    for directory in view.directories:
        names = escape_line(f"{directory.guest} -> {directory.host}")
        spans.append(Span(f"  {directory.descriptor}: {names}\n"))
    if not view.directories:
        spans.append(Span("  <none>\n", Mark.FAINT))
    spans.append(Span("Open descriptors:\n"))
    for entry in view.descriptors:
        details = f"position {entry.position}, size {entry.size}"
        spans.append(
            Span(f"  {entry.descriptor}: {escape_line(entry.path)} ({entry.kind}, {details})\n")
        )
    if not view.descriptors:
        spans.append(Span("  <none>\n", Mark.FAINT))
    return cut_listing(tuple(spans), lines)

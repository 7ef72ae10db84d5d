"""`interface`: the public functions and records of the loaded modules."""

from dataclasses import replace
from functools import partial

from mrepl.command import Arguments, Reply
from mrepl.escaping import escape_line
from mrepl.interface_json import function_json, record_json
from mrepl.json_text import compact_json
from mrepl.marked_text import Mark, MarkedText, Span
from mrepl.session import Session
from runtime import (
    JsonValue,
    ModuleInterface,
    NoSuchFunction,
    NoSuchModule,
    RecordType,
    signature_text,
    suggestion,
    type_text,
)
from runtime.interface.types import records_of


def show_interface(session: Session, arguments: Arguments) -> Reply:
    """Lists the interface of all modules, of one, or of one function."""
    modules = session.service.interface()
    name = arguments.get("module")
    if name is not None:
        modules = (_select(modules, name, arguments.get("func")),)
    return Reply(compact_json(_interface_json(modules)), partial(_interface_text, modules))


def _select(
    modules: tuple[ModuleInterface, ...], name: str, function: str | None
) -> ModuleInterface:
    module = next((module for module in modules if module.name == name), None)
    if module is None:
        near = suggestion(name, [module.name for module in modules])
        raise NoSuchModule(f"no module '{name}' is loaded{near}", module=name)
    if function is None:
        return module
    chosen = tuple(known for known in module.functions if known.name == function)
    if not chosen:
        near = suggestion(function, [known.name for known in module.functions])
        raise NoSuchFunction(
            f"module '{name}' has no public function '{function}'{near}",
            module=name,
            function=function,
        )
    return replace(
        module, functions=chosen, records=records_of(known.signature for known in chosen)
    )


def _interface_json(modules: tuple[ModuleInterface, ...]) -> JsonValue:
    return {
        "modules": {
            module.name: {
                "functions": [
                    function_json(function.name, function.signature)
                    for function in module.functions
                ],
                "records": [record_json(record) for record in module.records],
            }
            for module in modules
        }
    }


def _interface_text(modules: tuple[ModuleInterface, ...]) -> MarkedText:
    spans = [Span("Loaded modules interface:\n\n")]
    records = _record_listings(modules)
    for listing in records:
        spans.append(Span(listing, Mark.CODE))
    if records:
        spans.append(Span("\n"))
    for module in modules:
        spans += (Span(escape_line(module.name), Mark.NAME), Span(":\n"))
        for function in module.functions:
            line = escape_line(signature_text(function.name, function.signature))
            spans.append(Span(f"  {line}\n", Mark.CODE))
        if not module.functions:
            spans.append(Span("  <no exported functions>\n", Mark.FAINT))
    if not modules:
        spans.append(Span("<no loaded modules>\n", Mark.FAINT))
    return tuple(spans)


def _record_listings(modules: tuple[ModuleInterface, ...]) -> list[str]:
    """One text a record; modules that share a record with the same fields show it once."""
    listings = (_record_listing(record) for module in modules for record in module.records)
    return list(dict.fromkeys(listings))


def _record_listing(record: RecordType) -> str:
    fields = "".join(
        f"  {escape_line(f'{field.name}: {type_text(field.type)}')}\n" for field in record.fields
    )
    return f"data {escape_line(record.name)}:\n{fields}"

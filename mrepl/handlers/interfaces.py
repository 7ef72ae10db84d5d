"""`interface`: the public functions and records of the loaded modules."""

from functools import partial

from mrepl.command import Arguments, Reply
from mrepl.interface_choice import chosen_interface
from mrepl.interface_json import function_json, record_json
from mrepl.session import Session
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText, Span
from runtime import (
    JsonValue,
    ModuleInterface,
    RecordType,
    signature_text,
    type_text,
)
from runtime.shown_names import shown_name


def show_interface(session: Session, arguments: Arguments) -> Reply:
    """Lists the interface of all modules, or what a choice of modules, functions, types leaves."""
    modules = chosen_interface(
        session.service,
        arguments.get("module"),
        arguments.get("func"),
        type_name=arguments.option("--type"),
    )
    return Reply(compact_json(_interface_json(modules)), partial(_interface_text, modules))


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
        spans += (Span(shown_name(module.name), Mark.NAME), Span(":\n"))
        for function in module.functions:
            line = signature_text(function.name, function.signature)
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
        f"  {shown_name(field.name)}: {type_text(field.type)}\n" for field in record.fields
    )
    return f"data {shown_name(record.name)}:\n{fields}"

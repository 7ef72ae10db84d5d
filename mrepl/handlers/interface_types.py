"""`it` and `info`: a module's interface types, what becomes of them, and what it says of itself."""

from collections.abc import Mapping
from functools import partial

from mrepl.command import Arguments, Reply
from mrepl.module_information import information_json, information_listing
from mrepl.section_listing import interface_section, section_json, section_listing
from mrepl.session import Session
from mrepl.text.escaping import escape_line, escape_text
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText, Span


def show_interface_types(session: Session, arguments: Arguments) -> Reply:
    """Shows a module's interface types, or the WebAssembly that the fused engine makes of them."""
    module = arguments["module"]
    if arguments.has("--glue"):
        listing = session.service.glue(module)
        return Reply(
            compact_json({"text": listing.text, "interpreted": dict(listing.interpreted)}),
            partial(_glue_text, module, listing.text, listing.interpreted),
        )
    section = interface_section(session.service.metadata(module), module=module)
    return Reply(compact_json(section_json(section)), partial(section_listing, section))


def show_information(session: Session, arguments: Arguments) -> Reply:
    """Shows a module's versions and who made it."""
    module = arguments["module"]
    metadata = session.service.metadata(module)
    return Reply(
        compact_json(information_json(metadata, module=module)),
        partial(information_listing, metadata, module=module),
    )


def _glue_text(module: str, glue: str, interpreted: Mapping[str, str]) -> MarkedText:
    """WebAssembly text as a whole: what is not fused stands in comments."""
    text = escape_text(glue).rstrip("\n")
    comments = [
        escape_line(f";; interpreted: {module}.{function} ({reason})")
        for function, reason in interpreted.items()
    ]
    lines = [text] if text else [";; no glue: the module has no adapters that are fused"]
    return tuple(Span(f"{line}\n", Mark.WASM) for line in (*lines, *comments))

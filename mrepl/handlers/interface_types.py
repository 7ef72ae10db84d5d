"""`it`: what becomes of a module's interface types."""

from collections.abc import Mapping
from functools import partial

from mrepl.command import Arguments, Reply
from mrepl.escaping import escape_line, escape_text
from mrepl.json_text import compact_json
from mrepl.marked_text import Mark, MarkedText, Span
from mrepl.session import Session
from mrepl.usage import UsageError


def show_interface_types(session: Session, arguments: Arguments) -> Reply:
    """Shows the WebAssembly that the fused engine makes from a module's adapters."""
    if "--glue" not in arguments.flags:
        raise UsageError(
            f"it shows nothing but the glue so far: it {escape_line(arguments['module'])} --glue"
        )
    module = arguments["module"]
    listing = session.service.glue(module)
    return Reply(
        compact_json({"text": listing.text, "interpreted": dict(listing.interpreted)}),
        partial(_glue_text, module, listing.text, listing.interpreted),
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

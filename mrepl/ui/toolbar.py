"""The line at the bottom: what is wrong, else the signature, else what the session is like."""

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from mrepl.line.checking import is_too_long
from mrepl.line.command_ranges import command_before
from mrepl.line.hints import Piece, fitted, hint
from mrepl.text.durations import duration_text
from mrepl.ui.line_view import LineView

_MARGIN = 2  # columns left free, one at each side


def toolbar(
    document: Document, view: LineView, columns: int, *, mode: str = ""
) -> StyleAndTextTuples:
    """The toolbar's text.

    Args:
        document: the line and the cursor in it.
        view: what is known of the line.
        columns: the terminal's width.
        mode: of the editing, if it has several.
    """
    before = f" {mode} ·" if mode and columns > _MARGIN + 2 * len(mode) else ""
    width = max(columns - len(before) - _MARGIN, 1)
    problems = view.problems(document.text)
    if problems:
        cursor = document.cursor_position
        here = (each for each in problems if each.start <= cursor <= each.end)
        message = fitted((Piece(next(here, problems[0]).message),), width)
        return [
            ("", f"{before} "),
            *(("class:bottom-toolbar.problem", piece.text) for piece in message),
        ]
    pieces = _hint(document, view) or _about_session(view)
    return [
        ("", f"{before} "),
        *(
            ("class:bottom-toolbar.current" if piece.is_current else "", piece.text)
            for piece in fitted(pieces, width)
        ),
    ]


def _hint(document: Document, view: LineView) -> tuple[Piece, ...]:
    if is_too_long(document.text):
        return (Piece("a long line: it is checked when it is run"),)
    before = command_before(document.text_before_cursor)
    return hint(before, view.offer) if before else ()


def _about_session(view: LineView) -> tuple[Piece, ...]:
    session = view.session
    count = len(view.offer.modules)
    parts = [
        f"{count} module{'' if count == 1 else 's'}",
        f"engine {session.settings.engine.value}",
    ]
    if session.lines and session.lines[-1].error is not None:
        parts.append("last command failed")
    elif session.lines:
        parts.append(f"last command {duration_text(session.lines[-1].elapsed_ns)}")
    else:
        parts.append("Tab completes, Ctrl-R searches, help explains")
    return (Piece(" · ".join(parts)),)

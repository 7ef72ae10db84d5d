"""The line at the bottom: what is wrong, else the signature, else what the session is like."""

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from mrepl.durations import duration_text
from mrepl.line.checking import is_too_long
from mrepl.line.command_ranges import command_before
from mrepl.line.hints import Piece, fitted, hint
from mrepl.ui.line_view import LineView

_MARGIN = 2  # columns left free, one at each side


def toolbar(document: Document, view: LineView, columns: int) -> StyleAndTextTuples:
    """The toolbar's text.

    Args:
        document: the line and the cursor in it.
        view: what is known of the line.
        columns: the terminal's width.
    """
    width = max(columns - _MARGIN, 1)
    problems = view.problems(document.text)
    if problems:
        (message,) = fitted((Piece(problems[0].message),), width)[:1]
        return [("", " "), ("class:bottom-toolbar.problem", message.text)]
    pieces = _hint(document, view) or _about_session(view)
    return [
        ("", " "),
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
    if session.lines:
        parts.append(f"last command {duration_text(session.lines[-1].elapsed_ns)}")
    else:
        parts.append("Tab completes, Ctrl-R searches the history, help lists the commands")
    return (Piece(" · ".join(parts)),)

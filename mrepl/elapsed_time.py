"""The line that says how long a command took."""

from mrepl.durations import duration_text
from mrepl.marked_text import Mark, MarkedText, Span
from mrepl.session import Settings


def elapsed_line(elapsed_ns: int, settings: Settings, *, indent: str = "") -> MarkedText:
    """`elapsed time: 67.567µs` as a line; nothing where the session shows no times."""
    if not settings.timing:
        return ()
    return (Span(f"{indent}elapsed time: {duration_text(elapsed_ns)}\n", Mark.FAINT),)

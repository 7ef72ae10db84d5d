"""The line that says how long a command took."""

from mrepl.settings import Settings
from mrepl.text.durations import duration_text
from mrepl.text.marked_text import Mark, MarkedText, Span


def elapsed_line(elapsed_ns: int, settings: Settings, *, indent: str = "") -> MarkedText:
    """`elapsed time: 67.567µs` as a line; nothing where the session shows no times."""
    if not settings.timing:
        return ()
    return (Span(f"{indent}elapsed time: {duration_text(elapsed_ns)}\n", Mark.FAINT),)

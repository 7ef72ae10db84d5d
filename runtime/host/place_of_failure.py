"""Where in its file a host function failed, for who sees the message and no traceback."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from runtime.own_frames import is_own


def place_of_failure(error: BaseException) -> str:
    """A last line for the message, such as `at prices.py, line 12`; nothing where none is known.

    It is the innermost line of the file that was called first: what the function uses itself, of
    the standard library say, fails for what it was given there.
    """
    places = list(_places_outside_the_runtime(error.__traceback__))
    if not places:  # functions written in C have no lines
        return ""
    first = places[0][0]
    line = [line for file, line in places if file == first][-1]
    return f"\n  at {Path(first).name}, line {line}"


def _places_outside_the_runtime(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    """File and line of each function under way, the outermost first."""
    while traceback is not None:
        frame = traceback.tb_frame
        if not is_own(frame):
            yield frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next

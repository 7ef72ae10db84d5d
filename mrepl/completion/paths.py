"""Files and directories as completions of a path that is being typed."""

import os
from collections.abc import Iterator

from mrepl.completion.completion import Completion
from mrepl.completion.quoting import quoted
from mrepl.text.escaping import escape_line
from mrepl.typed_path import typed_path

_MOST_LISTED = 300


def path_completions(
    typed: str, start: int, quote: str, space: str, *, suffix: str = ""
) -> list[Completion]:
    """What the path may become; directories end in `/`, to go on from.

    Args:
        typed: the path so far, without quotes.
        start: where in the line the word begins.
        quote: the quote that the word began with, or an empty string.
        space: what comes after a finished path.
        suffix: how files end that fit; others are offered only where nothing fits.
    """
    directory, _, name = typed.rpartition("/")
    above = f"{directory}/" if "/" in typed else ""
    entries = [
        (entry, is_directory)
        for entry, is_directory in _entries(above)
        if entry.startswith(name) and (name.startswith(".") or not entry.startswith("."))
        if escape_line(entry) == entry  # else nobody could type it
    ]
    fitting = [each for each in entries if each[1] or each[0].endswith(suffix)]
    found = []
    for entry, is_directory in (fitting or entries)[:_MOST_LISTED]:
        if is_directory:  # its quote stays open, for what it holds
            shown, space_after = f"{entry}/", ""
        else:
            shown, space_after = entry, space
        word = quoted(f"{above}{shown}", quote, is_closed=not is_directory)
        found.append(Completion(start, f"{word}{space_after}", shown))
    return found


def _entries(directory: str) -> Iterator[tuple[str, bool]]:
    """The names in a directory, sorted, and whether each is a directory; none if it is no such."""
    try:
        with os.scandir(typed_path(directory)) as entries:
            listed = sorted((entry.name, entry.is_dir()) for entry in entries)
    except (OSError, ValueError):  # a ValueError where no path can have such characters
        return
    yield from listed

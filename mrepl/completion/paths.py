"""Files and directories as completions of a path that is being typed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from mrepl.completion.completion import Completion
from mrepl.escaping import escape_line

_MOST_LISTED = 300
_NEEDS_QUOTES = re.compile(r"""[\s"'\\]""")


def path_completions(typed: str, start: int, quote: str, space: str) -> list[Completion]:
    """What the path may become; directories first end in `/`, to go on from.

    Args:
        typed: the path so far, without quotes.
        start: where in the line the word begins.
        quote: the quote that the word began with, or an empty string.
        space: what comes after a finished path.
    """
    directory, _, name = typed.rpartition("/")
    above = f"{directory}/" if "/" in typed else ""
    found = []
    for entry, is_directory in _entries(Path(above).expanduser()):
        if not entry.startswith(name) or (entry.startswith(".") and not name.startswith(".")):
            continue
        if escape_line(entry) != entry:
            continue  # nobody could type it
        text = _quoted(f"{above}{entry}", quote, is_directory=is_directory)
        shown = f"{entry}/" if is_directory else entry
        found.append(Completion(start, text if is_directory else f"{text}{space}", shown))
        if len(found) == _MOST_LISTED:
            break
    return found


def _entries(directory: Path) -> Iterator[tuple[str, bool]]:
    """The names in a directory, sorted, and whether each is a directory; none if it is no such."""
    try:
        with os.scandir(directory) as entries:
            listed = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return
    yield from listed


def _quoted(path: str, quote: str, *, is_directory: bool) -> str:
    """The path as a word; the quote of a directory stays open, for what it holds."""
    path = f"{path}/" if is_directory else path
    if not quote and not _NEEDS_QUOTES.search(path):
        return path
    quote = quote or '"'
    if quote == "'" and "'" in path:
        quote = '"'
    text = re.sub(r'(["\\])', r"\\\1", path) if quote == '"' else path
    return f"{quote}{text}{'' if is_directory else quote}"

"""Commands from `-c` or from standard input: one a line, until one fails."""

from collections.abc import Iterable, Iterator

from mrepl.command_line import wants_more_lines
from mrepl.commands import COMMANDS


def commands_in(lines: Iterable[str]) -> Iterator[str]:
    """The command lines of a script, as they come.

    Empty lines and those that start with `#` are left out. A line whose JSON is not finished goes
    on in the next one; at the end of the script it is given as it is.
    """
    unfinished = ""
    for line in lines:
        if not unfinished and _is_remark(line):
            continue
        text = unfinished + line
        if wants_more_lines(text, COMMANDS):
            unfinished = text if text.endswith("\n") else f"{text}\n"
        else:
            unfinished = ""
            yield text.strip()
    if unfinished:
        yield unfinished.strip()


def _is_remark(line: str) -> bool:
    words = line.strip()
    return not words or words.startswith("#")

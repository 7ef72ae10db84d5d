"""Commands from `-c` or from standard input: one a line, until one fails."""

import re
from collections.abc import Iterable, Iterator

from mrepl.command_line import wants_more_lines
from mrepl.commands import COMMANDS

_BYTE_ORDER_MARK = "\ufeff"
_CONTINUES = re.compile(r"""\s*(?:$|[\[\]{}",:#0-9-]|(?:true|false|null)\b)""")
"""How a line begins that can be a part of JSON, or a remark between its parts."""


def commands_in(lines: Iterable[str]) -> Iterator[str]:
    """The command lines of a script, as they come.

    Empty lines and those that start with `#` are left out. A line whose JSON is not finished goes
    on in the next one; it is given as it is at the end of the script, and before a line that cannot
    be part of JSON, so that a missing bracket takes no other command with it.
    """
    unfinished = ""
    for number, raw_line in enumerate(lines):
        line = raw_line.removeprefix(_BYTE_ORDER_MARK) if number == 0 else raw_line
        if unfinished and not _CONTINUES.match(line):
            yield unfinished.strip()
            unfinished = ""
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

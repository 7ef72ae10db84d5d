"""Commands from `-c` or from standard input: one a line, until one fails."""

import re
from collections.abc import Iterable, Iterator

from mrepl.commands import COMMANDS
from mrepl.json_scanner import OpenValues

_BYTE_ORDER_MARK = "\ufeff"
_CONTINUES = re.compile(r"""\s*(?:$|[\[\]{}",:#0-9-]|(?:true|false|null)\b)""")
"""How a line begins that can be a part of JSON, or a remark between its parts."""


def commands_in(lines: Iterable[str]) -> Iterator[str]:
    """The command lines of a script, as they come.

    Empty lines and those that start with `#` are left out. A line whose JSON is not finished goes
    on in the next one; it is given as it is at the end of the script, and before a line that cannot
    be part of JSON, so that a missing bracket takes no other command with it.
    """
    unfinished: list[str] = []
    values, takes_json = OpenValues(), False
    for number, raw_line in enumerate(lines):
        line = raw_line.removeprefix(_BYTE_ORDER_MARK) if number == 0 else raw_line
        if unfinished and not _CONTINUES.match(line):
            yield "".join(unfinished).strip()
            unfinished.clear()
        if not unfinished:
            if _is_remark(line):
                continue
            values, takes_json = OpenValues(), _takes_json(line)
        unfinished.append(line if line.endswith("\n") else f"{line}\n")
        if takes_json:
            values.read(unfinished[-1])
        if not values.are_there:
            yield "".join(unfinished).strip()
            unfinished.clear()
    if unfinished:
        yield "".join(unfinished).strip()


def _takes_json(line: str) -> bool:
    """Whether the command that the line begins with may go on in the next line."""
    name = line.split(maxsplit=1)[0]
    return any(command.takes_json and name in command.names for command in COMMANDS)


def _is_remark(line: str) -> bool:
    words = line.strip()
    return not words or words.startswith("#")

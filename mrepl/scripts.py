"""Where commands end in a text of several lines: a script, or what is typed at the prompt."""

import re
from collections.abc import Iterable, Iterator

from mrepl.command_line import takes_json
from mrepl.commands import COMMANDS
from mrepl.json_scanner import OpenValues

_BYTE_ORDER_MARK = "\ufeff"
_CONTINUES = re.compile(r"""\s*(?:$|[\[\]{}",:#0-9-]|(?:true|false|null)\b)""")
"""How a line begins that can be a part of JSON, or a remark between its parts."""


def commands_in(lines: Iterable[str], *, open_string_takes_rest: bool = False) -> Iterator[str]:
    """The command lines of a script, as they come.

    Empty lines and those that start with `#` are left out. A line whose JSON is not finished goes
    on in the next one; it is given as it is at the end of the script, and before a line that cannot
    be part of JSON, so that a missing bracket takes no other command with it.

    Args:
        lines: of the script.
        open_string_takes_rest: whether all that comes after a line that ends inside a JSON string
            belongs to its command. No JSON has such a string; what was pasted into a session is
            one value that is wrong then, whose other lines must not run.
    """
    unfinished: list[str] = []
    values, may_go_on, takes_rest = OpenValues(), False, False
    for number, raw_line in enumerate(lines):
        line = raw_line.removeprefix(_BYTE_ORDER_MARK) if number == 0 else raw_line
        if unfinished and not takes_rest and not _CONTINUES.match(line):
            yield "".join(unfinished).strip()
            unfinished.clear()
        if not unfinished:
            if _is_remark(line):
                continue
            values, may_go_on = OpenValues(), takes_json(line, COMMANDS)
        unfinished.append(line if line.endswith("\n") else f"{line}\n")
        if may_go_on and not takes_rest:
            values.read(unfinished[-1])
            takes_rest = open_string_takes_rest and values.has_string
        if not values.are_there:
            yield "".join(unfinished).strip()
            unfinished.clear()
    if unfinished:
        yield "".join(unfinished).strip()


def _is_remark(line: str) -> bool:
    words = line.strip()
    return not words or words.startswith("#")

"""Where the commands lie in a text of several lines, such as a pasted one."""

from functools import lru_cache

from mrepl.command_line import takes_json
from mrepl.commands import COMMANDS
from mrepl.json_scanner import OpenValues, is_unfinished
from mrepl.scripts import commands_in

_BLANKS = (" ", "\t")


@lru_cache(maxsize=4)  # a key press asks for the same text several times
def command_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Where each command begins in the text, and where it ends, with blanks in its last line.

    What lies between are empty lines and comments. A JSON string that is open at a line's end takes
    the rest of the text, as `commands_in` explains.
    """
    ranges: list[tuple[int, int]] = []
    position = 0
    for command in commands_in(text.split("\n"), open_string_takes_rest=True):
        start = text.index(command, position)
        while text[text.rfind("\n", 0, start) + 1 : start].strip():
            start = text.index(command, start + 1)  # that was inside a comment
        position = start + len(command)
        while text[position : position + 1] in _BLANKS:
            position += 1
        ranges.append((start, position))
    return tuple(ranges)


def command_before(text: str) -> str | None:
    """The command that the end of the text is in, as far as the text has it.

    Returns:
        The command with the blanks after it; an empty string where one may begin, None in a
        comment.
    """
    ranges = command_ranges(text)
    line_start = text.rfind("\n") + 1
    if ranges and (ranges[-1][1] > line_start or is_unfinished(_last_with_json(text))):
        return text[ranges[-1][0] :]
    rest = text[line_start:]
    return None if rest.lstrip().startswith("#") else rest.lstrip()


def wants_another_line(text: str) -> bool:
    """Whether the last command goes on in a new line: a bracket of its JSON is open.

    No string is: a line break inside of one is no JSON, and no further line can mend that.
    """
    values = OpenValues()
    for line in _last_with_json(text).split("\n"):
        values.read(f"{line}\n")
        if values.has_string:
            return False
    return values.are_there


def _last_with_json(text: str) -> str:
    """The last command with all that comes after it, if it takes JSON; else an empty string."""
    ranges = command_ranges(text)
    last = text[ranges[-1][0] :] if ranges else ""
    return last if takes_json(last, COMMANDS) else ""

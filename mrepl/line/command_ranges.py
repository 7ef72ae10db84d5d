"""Where the commands lie in a text of several lines, such as a pasted one."""

from functools import lru_cache

from mrepl.command_line import wants_more_lines
from mrepl.commands import COMMANDS
from mrepl.scripts import commands_in

_BLANKS = (" ", "\t")


@lru_cache(maxsize=4)  # a key press asks for the same text several times
def command_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Where each command begins in the text, and where it ends, with blanks in its last line.

    What lies between are empty lines and comments. The commands are those of `commands_in`.
    """
    ranges: list[tuple[int, int]] = []
    position = 0
    for command in commands_in(text.split("\n")):
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
    if ranges and (ranges[-1][1] > line_start or is_open(text)):
        return text[ranges[-1][0] :]
    rest = text[line_start:]
    return None if rest.lstrip().startswith("#") else rest.lstrip()


def is_open(text: str) -> bool:
    """Whether the text ends inside JSON, so that what comes next belongs to the same command."""
    ranges = command_ranges(text)
    return bool(ranges) and wants_more_lines(text[ranges[-1][0] :], COMMANDS)

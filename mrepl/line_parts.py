"""A command line that may still be under way, taken apart with the place of each part.

This refuses nothing: `command_line` does, once a line is to be run. Completion, colouring and
checking work on the parts of what has been typed so far.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mrepl.command import Command, Kind, Option, Parameter
from mrepl.json_scanner import value_end

_BLANKS = re.compile(r"\s*")
_NOT_BLANK = re.compile(r"\S+")
_WORD = re.compile(
    r"""(?: [^\s"'\\]++ | \\. | "(?:[^"\\]++|\\.)*+" | '[^']*+'
      | (?P<open> \\\Z | "(?:[^"\\]++|\\.)*+\\?\Z | '[^']*+\Z ) )++""",
    re.DOTALL | re.VERBOSE,
)
_QUOTED_PIECE = re.compile(
    r"""\\(?P<escaped>.?) | "(?P<double>(?:[^"\\]++|\\.)*+)\\?"? | '(?P<single>[^']*+)'?""",
    re.DOTALL | re.VERBOSE,
)
_DASHES = re.compile(r"--|-[A-Za-z]")  # no number
_ESCAPE_IN_DOUBLE_QUOTES = re.compile(r'\\(["\\])')


class Role(Enum):
    """What a part of a line is."""

    COMMAND = "the command's name"
    OPTION = "an option's name"
    UNKNOWN_OPTION = "what looks like an option that the command does not have"
    VALUE = "what stands for a parameter, of the command or of an option"
    SURPLUS = "more than the command takes"


@dataclass(frozen=True, slots=True)
class Part:
    """One word or JSON value of a line.

    Attributes:
        start: where it begins in the line.
        end: one past its last character.
        role: what it is.
        text: what it says: JSON to the letter, words without their quotes.
        is_finished: whether a blank follows, so that it will not grow.
        parameter: what it stands for, if its role is `VALUE`.
        option: the option, if it is an option's name or one of its values.
        is_open: whether a quote in it is not closed, or its last backslash has nothing after it.
    """

    start: int
    end: int
    role: Role
    text: str
    is_finished: bool
    parameter: Parameter | None = None
    option: Option | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class LineParts:
    """A line's parts.

    Attributes:
        command: the command that it names, if there is such a command.
        parts: in their order, without gaps but blanks.
        expected: what a further word would stand for; None if the command takes no more.
        expected_by: the option whose value that would be; None for the command's own parameter.
    """

    command: Command | None
    parts: tuple[Part, ...]
    expected: Parameter | None
    expected_by: Option | None = None

    def value(self, kind: Kind) -> str | None:
        """What stands for the command's own parameter of that kind, if it is there."""
        for part in self.parts:
            if part.option is None and part.parameter and part.parameter.kind is kind:
                return part.text
        return None

    def has(self, option: Option) -> bool:
        """Whether the option stands on the line."""
        return any(part.role is Role.OPTION and part.option is option for part in self.parts)


def take_apart(line: str, commands: Sequence[Command]) -> LineParts:
    """The parts of a line, as far as it has been typed.

    Args:
        line: one command, or the beginning of one.
        commands: all there are.
    """
    first = _NOT_BLANK.search(line)
    if first is None:
        return LineParts(None, (), None)
    name = first.group()
    command = next((command for command in commands if name in command.names), None)
    parts = [_part(line, first.start(), first.end(), Role.COMMAND, name)]
    if command is None:
        return LineParts(None, tuple(parts), None)
    waiting = list(command.parameters)
    option: Option | None = None
    option_values: list[Parameter] = []
    position = first.end()
    while (position := _skip_blanks(line, position)) < len(line):
        if option_values:
            part = _value(line, position, option_values.pop(0), option)
        elif (named := _option_at(line, position, command)) is not None:
            option, option_values = named, list(named.values)
            end = position + len(named.name)
            part = _part(line, position, end, Role.OPTION, named.name, option=named)
        elif _looks_like_option(line, position, command, waiting):
            part = _word(line, position, Role.UNKNOWN_OPTION)
        elif waiting:
            part = _value(line, position, waiting.pop(0), None)
        else:
            part = _part(line, position, len(line), Role.SURPLUS, line[position:])
        parts.append(part)
        position = part.end
    expected = next(iter((*option_values, *waiting)), None)
    return LineParts(command, tuple(parts), expected, option if option_values else None)


def unquoted(word: str) -> str:
    """The word without the quotes and backslashes of a shell; its last quote may be open."""

    def meaning(piece: re.Match[str]) -> str:
        if piece["double"] is not None:
            return _ESCAPE_IN_DOUBLE_QUOTES.sub(r"\1", piece["double"])
        return piece["single"] if piece["single"] is not None else piece["escaped"]

    return _QUOTED_PIECE.sub(meaning, word)


def _option_at(line: str, position: int, command: Command) -> Option | None:
    word = _NOT_BLANK.match(line, position)
    names = {option.name: option for option in command.options}
    return names.get(word.group()) if word else None


def _looks_like_option(
    line: str, position: int, command: Command, waiting: Sequence[Parameter]
) -> bool:
    """Whether a word is an option under way, or has the dashes of one where nothing else has."""
    if _DASHES.match(line, position) and not (waiting and waiting[0].kind is Kind.PATH):
        return True
    rest = line[position:]
    return line[position] == "-" and any(each.name.startswith(rest) for each in command.options)


def _value(line: str, start: int, parameter: Parameter, option: Option | None) -> Part:
    if parameter.kind is Kind.JSON and line[start] != "@":
        end = value_end(line, start)
        return _part(line, start, end, Role.VALUE, line[start:end], parameter)
    return _word(line, start, Role.VALUE, parameter, option)


def _word(
    line: str,
    start: int,
    role: Role,
    parameter: Parameter | None = None,
    option: Option | None = None,
) -> Part:
    word = _WORD.match(line, start)
    if word is None:
        raise AssertionError("a word begins at every character that is no blank")
    text, is_open = unquoted(word.group()), word["open"] is not None
    return _part(line, start, word.end(), role, text, parameter, option, is_open=is_open)


def _part(
    line: str,
    start: int,
    end: int,
    role: Role,
    text: str,
    parameter: Parameter | None = None,
    option: Option | None = None,
    *,
    is_open: bool = False,
) -> Part:
    return Part(start, end, role, text, end < len(line), parameter, option, is_open)


def _skip_blanks(line: str, position: int) -> int:
    blanks = _BLANKS.match(line, position)
    return blanks.end() if blanks else position

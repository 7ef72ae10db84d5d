"""A command line, taken apart as the table of commands says."""

import re
import shlex
from collections.abc import Sequence

from mrepl.command import Arguments, Command, Kind, Option, Parameter
from mrepl.escaping import escape_line
from mrepl.json_scanner import is_unfinished, value_end
from mrepl.usage import UsageError
from runtime import suggestion

_BLANKS = re.compile(r"\s*")
_WORD = re.compile(r"""(?:[^\s"'\\]++|\\.|"(?:[^"\\]++|\\.)*+"|'[^']*+')++""", re.DOTALL)
_NOT_BLANK = re.compile(r"\S+")


def find_command(name: str, commands: Sequence[Command]) -> Command:
    """The command of that long or short name.

    Raises:
        UsageError: there is none; the message suggests a near one.
    """
    for command in commands:
        if name in command.names:
            return command
    near = suggestion(name, [command.name for command in commands])
    raise UsageError(f"no command '{escape_line(name)}'{near or '; `help` lists all commands'}")


def parse_line(line: str, commands: Sequence[Command]) -> tuple[Command, Arguments]:
    """The command that a line names, and what the line gives it.

    Words may be quoted as in a shell; JSON is kept to the letter.

    Args:
        line: not blank.
        commands: all there are.

    Raises:
        UsageError: no such command, or the line does not have its form.
    """
    line = line.strip()
    first = _NOT_BLANK.match(line)
    if first is None:
        raise UsageError("an empty line is no command; `help` lists all commands")
    command = find_command(first.group(), commands)
    return command, _parse_arguments(line, first.end(), command)


def wants_more_lines(line: str, commands: Sequence[Command]) -> bool:
    """Whether the line goes on in the next one: its JSON has open brackets or an open string."""
    first = _NOT_BLANK.search(line)
    return (
        first is not None
        and any(command.takes_json and first.group() in command.names for command in commands)
        and is_unfinished(line[first.end() :])
    )


def _parse_arguments(line: str, position: int, command: Command) -> Arguments:
    values: dict[str, str] = {}
    options: dict[str, tuple[str, ...]] = {}
    waiting = list(command.parameters)
    known_options = {option.name: option for option in command.options}
    while True:
        position = _skip_blanks(line, position)
        if position == len(line):
            break
        word = _NOT_BLANK.match(line, position)
        if word and word.group() in known_options:
            option = known_options[word.group()]
            if option.name in options:
                raise UsageError(f"{command.name}: {option.name} stands there twice")
            options[option.name], position = _option_values(line, word.end(), option, command)
        elif word and _is_unknown_option(word.group(), waiting):
            raise _unknown_option(word.group(), command)
        elif not waiting:
            rest = escape_line(line[position:])
            raise UsageError(f"{command.name} takes nothing more at `{rest}`; {_form(command)}")
        elif waiting[0].kind is Kind.JSON:
            end = _json_end(line, position, command)
            values[waiting.pop(0).name] = line[position:end]
            position = end
        else:
            parameter = waiting[0]
            if parameter.kind in (Kind.MODULE, Kind.FUNCTION) and line[position] in "[{":
                raise UsageError(f"{command.name} needs {parameter} before that; {_form(command)}")
            values[waiting.pop(0).name], position = _word(line, position, command)
    if waiting and waiting[0].required:
        raise UsageError(f"{command.name} needs {waiting[0]}; {_form(command)}")
    return Arguments(values, options)


def _option_values(
    line: str, position: int, option: Option, command: Command
) -> tuple[tuple[str, ...], int]:
    values = []
    for parameter in option.values:
        position = _skip_blanks(line, position)
        if position == len(line):
            raise UsageError(f"{command.name}: {option.name} needs {parameter}; {_form(command)}")
        value, position = _word(line, position, command)
        values.append(value)
    return tuple(values), position


def _is_unknown_option(word: str, waiting: Sequence[Parameter]) -> bool:
    """Whether the word looks like an option where nothing else begins with two dashes."""
    return word.startswith("--") and not (waiting and waiting[0].kind is Kind.PATH)


def _unknown_option(word: str, command: Command) -> UsageError:
    names = [option.name for option in command.options]
    near = suggestion(word, names)
    known = f" (it has: {', '.join(names)})" if names else ""
    return UsageError(f"{command.name} has no option '{escape_line(word)}'{near}{known}")


def _json_end(line: str, start: int, command: Command) -> int:
    return _word(line, start, command)[1] if line[start] == "@" else value_end(line, start)


def _word(line: str, start: int, command: Command) -> tuple[str, int]:
    word = _WORD.match(line, start)
    if word is None or not (word.end() == len(line) or line[word.end()].isspace()):
        rest = escape_line(line[start:])
        raise UsageError(f"{command.name}: a quote is not closed in `{rest}`; {_form(command)}")
    return "".join(shlex.split(word.group())), word.end()


def _skip_blanks(line: str, position: int) -> int:
    blanks = _BLANKS.match(line, position)
    return blanks.end() if blanks else position


def _form(command: Command) -> str:
    return f"its form: {command.form}"

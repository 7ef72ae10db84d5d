"""A command line, taken apart as the table of commands says."""

from collections.abc import Iterable, Sequence

from mrepl.command import Arguments, Command, Kind
from mrepl.line_parts import Part, Role, take_apart
from mrepl.misread_json import why_misread
from mrepl.text.escaping import escape_word
from mrepl.usage import UsageError
from runtime import suggestion

_NO_SIGNS = (
    Kind.JSON,
    Kind.MODULE,
    Kind.FUNCTION,
    Kind.HELP,
    Kind.TOPIC,
    Kind.SETTING,
    Kind.SETTING_VALUE,
)
"""What never begins with a `#`; paths and words of the user's own choice may."""


def find_command(name: str, commands: Sequence[Command]) -> Command:
    """The command of that long or short name.

    Raises:
        UsageError: there is none; the message suggests a near one.
    """
    for command in commands:
        if name in command.names:
            return command
    raise UsageError(no_such_command(name, commands))


def no_such_command(name: str, commands: Sequence[Command], others: Iterable[str] = ()) -> str:
    """What to say of a command that there is not; others are words that would be right too."""
    near = suggestion(name, [*(command.name for command in commands), *others])
    return f"no command '{escape_word(name)}'{near or '; `help` lists all commands'}"


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
    found = take_apart(line, commands)
    if not found.parts:
        raise UsageError("an empty line is no command; `help` lists all commands")
    command = find_command(found.parts[0].text, commands)
    values: dict[str, str] = {}
    options: dict[str, tuple[str, ...]] = {}
    json_value: Part | None = None
    for part in found.parts[1:]:
        _refuse_misfit(part, line, command, json_value)
        if part.parameter is None:
            if part.text in options and not (part.option and part.option.repeatable):
                raise UsageError(f"{command.name}: {part.text} can be given only once")
            options.setdefault(part.text, ())
        elif part.option is not None:
            options[part.option.name] += (part.text,)
        elif part.parameter.kind is Kind.JSON:
            json_value = json_value or part
            values[part.parameter.name] = line[part.start : part.end]
        else:
            values[part.parameter.name] = part.text
    if found.expected_by is not None:
        option = found.expected_by.name
        raise UsageError(f"{command.name}: {option} needs {found.expected}; {_form(command)}")
    if found.expected is not None and found.expected.required:
        raise UsageError(f"{command.name} needs {found.expected}; {_form(command)}")
    return command, Arguments(values, options)


def takes_json(line: str, commands: Sequence[Command]) -> bool:
    """Whether the line begins with a command that may go on in the next line."""
    name = (line.split(maxsplit=1) or [""])[0]
    return any(command.takes_json and name in command.names for command in commands)


def _refuse_misfit(part: Part, line: str, command: Command, json_value: Part | None) -> None:
    rest = line[part.start :]
    if part.option is None and (part.parameter is None or part.parameter.kind in _NO_SIGNS):
        misread = why_misread(line, json_value, part)
        if misread is not None:
            raise UsageError(f"{command.name}: {misread}")
    if part.role is Role.UNKNOWN_OPTION:
        names = [option.name for option in command.options]
        known = f" (it has: {', '.join(names)})" if names else ""
        near = suggestion(part.text, names)
        raise UsageError(f"{command.name} has no option '{escape_word(part.text)}'{near}{known}")
    if part.role is Role.SURPLUS:
        raise UsageError(
            f"{command.name} takes nothing more at `{escape_word(rest)}`; {_form(command)}"
        )
    parameter = part.parameter
    if parameter and parameter.kind in (Kind.MODULE, Kind.FUNCTION) and rest[0] in "[{":
        raise UsageError(f"{command.name} needs {parameter} before that; {_form(command)}")
    if part.is_open:
        raise UsageError(
            f"{command.name}: a quote is not closed in `{escape_word(rest)}`; {_form(command)}"
        )


def _form(command: Command) -> str:
    return f"its form: {command.form}"

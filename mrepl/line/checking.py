"""What is wrong with a line while it is being typed, and where, so that it can be underlined.

Only what more typing cannot mend counts: half a name is no problem while a known one begins so.
"""

from collections.abc import Iterable, Iterator

from mrepl.command import Kind
from mrepl.command_line import find_command
from mrepl.escaping import escape_line
from mrepl.line.argument_types import expected_json
from mrepl.line.command_ranges import command_ranges
from mrepl.line.json_checking import LineProblem, json_problems
from mrepl.line.offer import Offer
from mrepl.line.parts import LineParts, Part, Role, take_apart
from mrepl.usage import UsageError
from runtime import suggestion

_LONGEST = 6_000  # characters
_MOST_LINES = 200

_SCAN = "--scan"
"""The option of an experiment that fills in placeholders in its arguments."""


def is_too_long(text: str) -> bool:
    """Whether a text is judged only when it is run, lest each key press takes long."""
    return len(text) > _LONGEST or text.count("\n") > _MOST_LINES


def text_problems(text: str, offer: Offer) -> tuple[LineProblem, ...]:
    """What is wrong with each command of a text, as `line_problems`; nothing if it is too long."""
    if is_too_long(text):
        return ()
    return tuple(
        problem.moved(start)
        for start, end in command_ranges(text)
        for problem in line_problems(text[start:end], offer)
    )


def line_problems(line: str, offer: Offer) -> tuple[LineProblem, ...]:
    """What is wrong with the line so far, in its order; at most 20 problems a value.

    Args:
        line: one command, finished or not.
        offer: what there is to name.
    """
    parts = take_apart(line, offer.commands)
    problems = [found for part in parts.parts for found in _part_problems(part, parts, offer)]
    return tuple(sorted(problems, key=lambda problem: problem.start))


def _part_problems(part: Part, line: LineParts, offer: Offer) -> Iterator[LineProblem]:
    match part.role:
        case Role.COMMAND:
            names = [name for command in offer.commands for name in command.names]
            if _is_unknown(part, names):
                yield _problem(part, _unknown_command(part.text, offer))
        case Role.UNKNOWN_OPTION:
            options = () if line.command is None else line.command.options
            known = [option.name for option in options]
            if _is_unknown(part, known):
                yield _problem(part, f"no option '{part.text}'{suggestion(part.text, known)}")
        case Role.SURPLUS if line.command is not None:
            yield _problem(part, f"{line.command.name} takes nothing more here")
        case Role.VALUE if part.parameter is not None:
            if part.parameter.kind is Kind.JSON:
                yield from _json_problems(part, line, offer)
            else:
                yield from _word_problems(part, part.parameter.kind, line, offer)


def _word_problems(part: Part, kind: Kind, line: LineParts, offer: Offer) -> Iterator[LineProblem]:
    what, known = _known_words(kind, line, offer)
    if known is not None and _is_unknown(part, known):
        yield _problem(part, f"{what} '{part.text}'{suggestion(part.text, known)}")


def _known_words(kind: Kind, line: LineParts, offer: Offer) -> tuple[str, list[str] | None]:
    """What to say before an unknown word, and the known ones; None where any will do."""
    match kind:
        case Kind.MODULE:
            return "no loaded module", [module.name for module in offer.modules]
        case Kind.FUNCTION:
            module = offer.module(line.value(Kind.MODULE))
            if module is None:
                return "", None
            names = [function.name for function in module.functions]
            return f"module '{module.name}' has no function", names
        case Kind.COMMAND:
            commands = [name for command in offer.commands for name in command.names]
            return "no command", commands
        case Kind.SETTING:
            return "no setting", [setting.name for setting in offer.settings]
        case Kind.SETTING_VALUE:
            setting = offer.setting(line.value(Kind.SETTING))
            if setting is None or setting.other_values is not None:
                return "", None
            return f"no {setting.name}", list(setting.values)
        case _:
            return "", None


def _is_unknown(part: Part, known: Iterable[str]) -> bool:
    """Whether the word is none of the known ones and cannot become one."""
    if part.is_finished:
        return part.text not in known
    return not any(name.startswith(part.text) for name in known)


def _unknown_command(name: str, offer: Offer) -> str:
    try:
        find_command(name, offer.commands)
    except UsageError as error:
        return str(error)
    return f"no command '{name}'"


def _problem(part: Part, message: str) -> LineProblem:
    return LineProblem(part.start, part.end, escape_line(message))


def _json_problems(part: Part, line: LineParts, offer: Offer) -> Iterator[LineProblem]:
    if part.parameter is None or part.text.startswith("@"):
        return
    options = () if line.command is None else line.command.options
    scans = any(option.name == _SCAN for option in options)
    expected = expected_json(part.parameter, line, offer)
    for problem in json_problems(part.text, expected, placeholders=scans):
        yield problem.moved(part.start)

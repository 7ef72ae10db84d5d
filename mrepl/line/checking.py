"""What is wrong with a line while it is being typed, and where, so that it can be underlined.

Only what more typing cannot mend counts: half a name is no problem while a known one begins so.
"""

from collections.abc import Iterable, Iterator, Sequence

from mrepl.command import Kind, Parameter
from mrepl.command_line import no_such_command
from mrepl.guide_pages import guide_pages
from mrepl.help_pages import GUIDE
from mrepl.line.argument_types import expected_json
from mrepl.line.command_ranges import command_ranges
from mrepl.line.json_checking import LineProblem, json_problems
from mrepl.line.known_words import known_words
from mrepl.line.offer import Offer
from mrepl.line.scan_checking import scan_problems, takes_scan
from mrepl.line_parts import LineParts, Part, Role, take_apart
from mrepl.name_patterns import is_pattern
from mrepl.text.escaping import escape_line
from runtime import suggestion

_LONGEST = 6_000  # characters
_MOST_LINES = 200

_TOPICS = {"set": "no setting", GUIDE: "the guide has no page"}


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
    problems += scan_problems(parts)
    return tuple(sorted(problems, key=lambda problem: problem.start))


def _part_problems(part: Part, line: LineParts, offer: Offer) -> Iterator[LineProblem]:
    match part.role:
        case Role.COMMAND:
            yield from _command_problems(part, offer)
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
            elif part.parameter.kind is Kind.HELP:
                yield from _command_problems(part, offer, (GUIDE, *guide_pages()))
            else:
                yield from _word_problems(part, part.parameter, line, offer)


def _command_problems(
    part: Part, offer: Offer, others: Sequence[str] = ()
) -> Iterator[LineProblem]:
    names = [name for command in offer.commands for name in command.names]
    if _is_unknown(part, [*names, *others]):
        yield _problem(part, no_such_command(part.text, offer.commands, others))


def _word_problems(
    part: Part, parameter: Parameter, line: LineParts, offer: Offer
) -> Iterator[LineProblem]:
    what = _what_is_missing(parameter.kind, line, offer)
    known = [name for name, _ in known_words(parameter, line, offer)]
    if what is not None and _is_unknown(part, known) and not is_pattern(part.text):
        yield _problem(part, f"{what} '{part.text}'{suggestion(part.text, known)}")


def _what_is_missing(kind: Kind, line: LineParts, offer: Offer) -> str | None:
    """What to say before an unknown word; None where any will do."""
    match kind:
        case Kind.MODULE:
            return "no loaded module"
        case Kind.FUNCTION:
            module = offer.module(line.value(Kind.MODULE))
            return None if module is None else f"module '{module.name}' has no function"
        case Kind.SETTING:
            return "no setting"
        case Kind.TOPIC:
            return _TOPICS.get(line.value(Kind.HELP) or "")
        case Kind.SETTING_VALUE:
            setting = offer.setting(line.value(Kind.SETTING))
            return None if setting is None or setting.other_values else f"no {setting.name}"
        case _:
            return None


def _is_unknown(part: Part, known: Iterable[str]) -> bool:
    """Whether the word is none of the known ones and cannot become one."""
    if part.is_finished:
        return part.text not in known
    return not any(name.startswith(part.text) for name in known)


def _problem(part: Part, message: str) -> LineProblem:
    return LineProblem(part.start, part.end, escape_line(message))


def _json_problems(part: Part, line: LineParts, offer: Offer) -> Iterator[LineProblem]:
    if part.parameter is None or part.text.startswith("@"):
        return
    expected = expected_json(part.parameter, line, offer)
    for problem in json_problems(part.text, expected, placeholders=takes_scan(line)):
        yield problem.moved(part.start)

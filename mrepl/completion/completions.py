"""All completions of a line at its cursor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mrepl.command import Command, Kind, Parameter
from mrepl.completion.completion import Completion
from mrepl.completion.json_values import json_completions
from mrepl.completion.paths import path_completions
from mrepl.completion.quoting import quoted
from mrepl.line.argument_types import expected_json
from mrepl.line.hints import part_at_end
from mrepl.line.known_words import known_words
from mrepl.line.offer import Offer
from mrepl.line_parts import LineParts, Part, Role, take_apart
from mrepl.text.escaping import escape_line


@dataclass(frozen=True, slots=True)
class _Word:
    """The word to complete.

    Attributes:
        typed: what there is of it, without quotes.
        start: where it begins in the line.
        quote: the quote that it begins with, or an empty string.
        space: what comes after it when it is complete.
        goes_on: whether a comma or a closing bracket follows.
    """

    typed: str
    start: int
    quote: str
    space: str
    goes_on: bool


def completions(before: str, after: str, offer: Offer) -> tuple[Completion, ...]:
    """What may come at the cursor.

    Args:
        before: the command up to the cursor.
        after: the text behind the cursor.
        offer: what there is to name.

    Returns:
        The completions, in the order in which a menu shows them; each replaces the end of `before`.
    """
    line = take_apart(before, offer.commands)
    part = part_at_end(line, before)
    space = "" if after[:1].isspace() else " "
    start = len(before) if part is None else part.start
    quote = before[start : start + 1] if before[start : start + 1] in ('"', "'") else ""
    goes_on = after.lstrip()[:1] in (",", "]", "}")
    word = _Word("" if part is None else part.text, start, quote, space, goes_on)
    if not line.parts or (part is not None and part.role is Role.COMMAND):
        return tuple(_commands(word, offer.commands))
    return tuple(_of_parameter(line, part, word, offer) or _options(line, part, word))


def _of_parameter(
    line: LineParts, part: Part | None, word: _Word, offer: Offer
) -> list[Completion]:
    parameter = line.expected if part is None else part.parameter
    if parameter is None:
        return []
    if parameter.kind is Kind.JSON:
        return _json(line, parameter, word, offer)
    if line.command is not None and parameter is line.command.parameters[-1]:
        word = replace(word, space="")
    if parameter.kind is Kind.PATH:
        return path_completions(
            word.typed, word.start, word.quote, word.space, suffix=parameter.suffix
        )
    return _words(word, known_words(parameter, line, offer))


def _json(line: LineParts, parameter: Parameter, word: _Word, offer: Offer) -> list[Completion]:
    if word.typed.startswith("@"):
        return path_completions(word.typed[1:], word.start + 1, "", word.space, suffix=".json")
    return json_completions(
        word.typed,
        word.start,
        expected_json(parameter, line, offer),
        goes_on=word.goes_on,
        has_last_result=offer.has_last_result,
    )


def _commands(word: _Word, commands: Sequence[Command]) -> list[Completion]:
    found = []
    for command in commands:
        if command.name.startswith(word.typed):
            short = "" if command.short is None else f" ({command.short})"
            space = word.space if command.parameters or command.options else ""
            about = f"{command.about}{short}"
            found.append(Completion(word.start, f"{command.name}{space}", command.name, about))
    return found


def _words(word: _Word, known: Iterable[tuple[str, str]]) -> list[Completion]:
    """Those that begin with what was typed; if there are none, those that hold it."""
    pairs = [pair for pair in known if escape_line(pair[0]) == pair[0]]
    folded = word.typed.casefold()
    fitting = [pair for pair in pairs if pair[0].casefold().startswith(folded)]
    fitting = fitting or [pair for pair in pairs if folded in pair[0].casefold()]
    return [
        Completion(word.start, f"{quoted(name, word.quote)}{word.space}", name, escape_line(about))
        for name, about in fitting
    ]


def _options(line: LineParts, part: Part | None, word: _Word) -> list[Completion]:
    """The options that the line lacks; before any dash only where nothing else must come."""
    if line.command is None:
        return []
    if part is None:
        if line.expected is not None and line.expected.required:
            return []
    elif not word.typed.startswith("-"):
        return []
    return [
        Completion(word.start, f"{option.name}{word.space}", str(option), option.about)
        for option in line.command.options
        if not line.has(option) or (part is not None and part.option is option)
        if option.name.startswith(word.typed)
    ]

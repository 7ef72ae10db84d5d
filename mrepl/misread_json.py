"""Why what comes after JSON on a command line cannot stand there: a bracket, a comma, a remark."""

import re

from mrepl.line_parts import Part

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_OPENING = {"]": "[", "}": "{"}


def why_misread(line: str, value: Part | None, following: Part) -> str | None:
    """What is wrong with a part of a line, if it begins as no value of its own can.

    Args:
        line: the command.
        value: the first JSON value before the part, if there is one.
        following: the part.

    Returns:
        What is wrong, such as "the `]` at column 20 closes nothing that is open"; None if the part
        may be what it is taken for.
    """
    sign = line[following.start]
    if sign == "#":
        return "a comment stands on a line of its own, not behind a command"
    if value is None or sign not in "]},:":
        return None
    mismatch = _mismatch(line, value.start)
    if mismatch is not None:
        closing, opening = mismatch
        return (
            f"the `{line[closing]}` at {_place(line, closing)} cannot close the "
            f"`{line[opening]}` at {_place(line, opening)}"
        )
    place = _place(line, following.start)
    if sign in _OPENING:
        return f"the `{sign}` at {place} closes nothing that is open"
    return f"the `{sign}` at {place} comes after a whole value; several arguments are [1, 2]"


def _mismatch(line: str, start: int) -> tuple[int, int] | None:
    """Where the first bracket is that does not close the last open one, and where that is."""
    opened: list[int] = []
    for token in _TOKEN.finditer(line, start):
        sign, place = token.group(), token.start()
        if sign in ("[", "{"):
            opened.append(place)
        elif sign in _OPENING:
            if not opened:
                return None
            if line[opened[-1]] != _OPENING[sign]:
                return place, opened[-1]
            opened.pop()
    return None


def _place(line: str, position: int) -> str:
    """The column from 1, with the line where there are several."""
    line_start = line.rfind("\n", 0, position) + 1
    column = f"column {position - line_start + 1}"
    return f"line {line.count(chr(10), 0, position) + 1}, {column}" if "\n" in line else column

"""What does not fit together in an experiment: `--scan name=…` and the placeholders of the name."""

import re
from collections.abc import Iterator

from mrepl.command import Kind
from mrepl.line.json_checking import LineProblem
from mrepl.line.json_tree import read_json, unknown_nodes
from mrepl.line_parts import LineParts, Part
from mrepl.text.escaping import escape_word

_SCAN = "--scan"
_PLACEHOLDER = re.compile(r"\{(?:\w*:)?(\w+)\}")


def takes_scan(line: LineParts) -> bool:
    """Whether the command has the option that fills in placeholders."""
    return line.command is not None and any(each.name == _SCAN for each in line.command.options)


def scan_problems(line: LineParts) -> Iterator[LineProblem]:
    """Placeholders that nothing fills in, and values with no placeholder, in a command that scans.

    What lacks its other half counts as soon as it is finished itself, though it may still come.
    """
    if not takes_scan(line):
        return
    values = [part for part in line.parts if _is_json(part)]
    scans = [part for part in line.parts if part.option and part.option.name == _SCAN]
    named = [part for part in scans if part.parameter is not None and part.text.find("=") > 0]
    names = {part.text.partition("=")[0] for part in named}
    filled = {name for part in values for name in _PLACEHOLDER.findall(part.text)}
    for part in named:
        name = part.text.partition("=")[0]
        if values and values[-1].is_finished and name not in filled:
            message = (
                f"{{{escape_word(name)}}} is not in the arguments, which {_SCAN} is to fill in"
            )
            yield LineProblem(part.start, part.end, message)
    if scans and not named:
        return  # its name is being typed
    for part in values:
        for start, end, name in _placeholders(part):
            if name not in names:
                message = f"{part.text[start:end]} needs {_SCAN} {name}=…"
                yield LineProblem(part.start + start, part.start + end, message)


def _is_json(part: Part) -> bool:
    is_json = part.parameter is not None and part.parameter.kind is Kind.JSON
    return is_json and not part.text.startswith("@")


def _placeholders(part: Part) -> Iterator[tuple[int, int, str]]:
    """Where those outside of strings are, once the value is complete, and what name they have."""
    root = read_json(part.text, placeholders=True).root
    if root is None or not root.is_complete:
        return
    for node in unknown_nodes(root):
        found = _PLACEHOLDER.fullmatch(part.text, node.start, node.end)
        if found:
            yield node.start, node.end, found[1]

"""Where Tab goes inside JSON that has nothing to complete: to the next value."""

from collections.abc import Iterator

from mrepl.command import Command, Kind
from mrepl.line.json_tree import Node, NodeKind, read_json
from mrepl.line_parts import take_apart


def next_value(line: str, cursor: int, commands: tuple[Command, ...]) -> tuple[int, int] | None:
    """The range of the next value to type over: a string without its quotes, an empty array.

    Args:
        line: the whole command.
        cursor: a place in it.
        commands: all there are.

    Returns:
        Where it begins and ends in the line; None if the cursor is in no JSON, or in its last
        value.
    """
    for part in take_apart(line, commands).parts:
        is_json = part.parameter is not None and part.parameter.kind is Kind.JSON
        if is_json and part.start <= cursor < part.end:
            root = read_json(part.text, placeholders=False).root
            places = () if root is None else _places(root)
            later = ((start + part.start, end + part.start) for start, end in places)
            return next((place for place in later if place[0] > cursor), None)
    return None


def _places(root: Node) -> Iterator[tuple[int, int]]:
    """The places of the values that hold no others, in their order."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.items:
            pending += reversed(node.items)
        elif node.kind in (NodeKind.STRING, NodeKind.ARRAY, NodeKind.OBJECT):
            yield node.start + 1, node.end - 1 if node.is_complete else node.end
        else:
            yield node.start, node.end

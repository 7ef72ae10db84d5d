"""What is wrong with JSON while it is being typed, and where: with its form, then with its types.

Only what more typing cannot mend counts: a missing argument is no problem before its bracket is
closed. The runtime's own checks judge the values.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mrepl.line.argument_types import Expected, field_of, item_type
from mrepl.line.json_tree import JsonTree, Node, NodeKind, json_value, read_json, unknown_nodes
from mrepl.text.escaping import escape_line
from runtime import (
    ArgumentProblem,
    ArgumentsError,
    InterfaceType,
    RecordType,
    Signature,
    parse_json,
)
from runtime.host.call_parameters import call_parameters_from_json
from runtime.json_values.checking import Checking
from runtime.json_values.problems import Problems, part_path

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Something wrong.

    Attributes:
        start: where in the line it is.
        end: one past its last character.
        message: what it is, on one line.
    """

    start: int
    end: int
    message: str

    def moved(self, distance: int) -> "LineProblem":
        """The same problem where the text stands further right in another one."""
        return replace(self, start=self.start + distance, end=self.end + distance)


def json_problems(
    text: str, expected: Expected | None, *, placeholders: bool = False
) -> tuple[LineProblem, ...]:
    """What is wrong with JSON so far; at most 20 problems.

    Args:
        text: one value, finished or not; `_` may stand for a value.
        expected: the type that it is to have; None if that is unknown.
        placeholders: whether `{name}` and `{kind:name}` may stand for values too.
    """
    tree = read_json(text, placeholders=placeholders)
    syntax = _syntax_problem(text, tree)
    if syntax is not None:
        return (syntax,)
    if expected is None or tree.root is None:
        return ()
    try:
        return tuple(_type_problems(tree.root, expected))
    except RecursionError:
        return ()  # whoever runs the line says that it nests too deeply


def _syntax_problem(text: str, tree: JsonTree) -> LineProblem | None:
    key = tree.repeated_key
    if tree.stuck_at is None:
        if key is None:
            return None
        message = f"the key {text[key.start : key.end]} stands twice in one object"
        return LineProblem(key.start, key.end, escape_line(message))
    end = tree.stuck_at + 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return LineProblem(tree.stuck_at, end, escape_line(_syntax_message(text, tree)))


def _syntax_message(text: str, tree: JsonTree) -> str:
    pieces = list(text)
    for node in unknown_nodes(tree.root):
        pieces[node.start : node.end] = "0".ljust(node.end - node.start)
    try:
        parse_json("".join(pieces))
    except ArgumentsError as error:
        return error.problems[0].problem if error.problems else error.message
    return "this is no JSON"


def _type_problems(root: Node, expected: Expected) -> Iterator[LineProblem]:
    path, problems = _judged(root, expected)
    for problem in problems[:_MOST_SHOWN]:
        place = _place_of(problem.path, root, path, expected)
        if place is not None:
            yield LineProblem(*place, escape_line(str(problem)))


def _judged(root: Node, expected: Expected) -> tuple[str, list[ArgumentProblem]]:
    """The path that the root has in messages, and all that is wrong with its value."""
    value = json_value(root)
    if not expected.is_arguments:
        try:
            call_parameters_from_json(value)
        except ArgumentsError as error:
            return "call_parameters", list(error.problems)
        return "call_parameters", []
    problems = Problems()
    checking = Checking(problems, from_json=True)
    fields = expected.record.fields
    if isinstance(value, list) and not root.is_complete and len(value) <= len(fields):
        for index, (field, item) in enumerate(zip(fields, value, strict=False)):
            checking.value(field.type, item, f"args[{index}]")
    else:
        checking.arguments(Signature(fields, None), value)
    return "args", problems.kept


def _place_of(path: str, root: Node, root_path: str, expected: Expected) -> tuple[int, int] | None:
    """The range to underline for a problem at a path; None if more typing may mend it."""
    node, node_path = root, root_path
    node_type: InterfaceType | None = expected.record
    while node_path != path:
        found = _item_on_the_way(path, node, node_path, node_type, is_list=node is root)
        if found is None:
            # It is missing: before this bracket it should have come.
            return (node.end - 1, node.end) if node.is_complete else None
        index, node_path = found
        wants_fields = node.kind is NodeKind.OBJECT and isinstance(node_type, RecordType)
        if wants_fields and field_of(node_type, node, index) is None:
            return node.keys[index].start, node.keys[index].end
        node_type = item_type(node_type, node, index)
        node = node.items[index]
    if any(unknown_nodes(node)):
        return None
    if node is root and expected.is_arguments and node.kind is NodeKind.ARRAY:
        surplus = node.items[len(expected.record.fields) :]
        if surplus:
            return surplus[0].start, surplus[-1].end
        return (node.end - 1, node.end) if node.is_complete else None
    is_open_container = node.kind in (NodeKind.ARRAY, NodeKind.OBJECT) and not node.is_complete
    return None if is_open_container else (node.start, node.end)


def _item_on_the_way(
    path: str, node: Node, node_path: str, node_type: InterfaceType | None, *, is_list: bool
) -> tuple[int, str] | None:
    """The number and the path of the item that is at the path or holds what is there."""
    for index in range(len(node.items)):
        if node.kind is NodeKind.OBJECT:
            item_path = part_path(node_path, node.keys[index].scalar)
        else:
            field = None if is_list else field_of(node_type, node, index)
            item_path = (
                f"{node_path}[{index}]" if field is None else part_path(node_path, field.name)
            )
        if path == item_path or path.startswith((f"{item_path}.", f"{item_path}[")):
            return index, item_path
    return None

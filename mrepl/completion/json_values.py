"""Completions inside JSON, from the type that belongs there."""

import json

from mrepl.completion.completion import Completion
from mrepl.completion.skeletons import (
    Skeleton,
    arguments_skeleton,
    shown_arguments,
    value_skeleton,
)
from mrepl.line.argument_types import Expected, OpenPlace, open_places
from mrepl.line.json_tree import Expects, JsonTree, Node, NodeKind, read_json
from mrepl.text.escaping import escape_line
from runtime import Field, InterfaceType, RecordType, Scalar, type_text


def json_completions(
    text: str,
    start: int,
    expected: Expected | None,
    *,
    goes_on: bool,
    has_last_result: bool,
) -> list[Completion]:
    """What may come at the end of JSON.

    Args:
        text: the value so far; nothing where it is to begin.
        start: where in the line it begins.
        expected: the type it is to have; None if that is unknown.
        goes_on: whether a comma or a closing bracket follows already.
        has_last_result: whether `_` stands for something.
    """
    tree = read_json(text, placeholders=False)
    if expected is None:
        return []
    places = open_places(tree, expected.record)
    here = start + len(text)
    match tree.expects:
        case Expects.VALUE | Expects.VALUE_OR_END if tree.stuck_at is None:
            return _values(here, places, expected, has_last_result)
        case Expects.KEY | Expects.KEY_OR_END:
            half_key = _half_key(text, tree)
            keys = _keys(places[-1], half_key, here)
            return keys or ([] if half_key or goes_on else [_end_of_object(here)])
        case Expects.REST if tree.open and _is_open_key(tree.open[-1]):
            return _keys(places[-1], str(tree.open[-1].keys[-1].scalar), here, quotes=1)
        case Expects.REST:
            return _constants(text, start, places)
        case Expects.COMMA_OR_END if tree.stuck_at is None and not goes_on:
            return _next_sign(places[-1], here)
        case _:
            return []


def _values(
    here: int, places: tuple[OpenPlace, ...], expected: Expected, has_last_result: bool
) -> list[Completion]:
    found: list[Completion] = []
    if not places:
        found.append(_whole(here, expected))
    else:
        wanted = places[-1].item_type
        if wanted is Scalar.BOOL:
            found += (Completion(here, word, word, "bool") for word in ("true", "false"))
        elif wanted is not None:
            skeleton = value_skeleton(wanted)
            about = escape_line(_about(places[-1], wanted))
            found.append(_of_skeleton(here, skeleton, skeleton.text, about))
    if found and has_last_result:
        found.append(Completion(here, "_", "_", "the last result"))
    return found


def _whole(here: int, expected: Expected) -> Completion:
    if expected.is_arguments:
        fields = expected.record.fields
        skeleton = arguments_skeleton(fields)
        shown = escape_line(shown_arguments(fields))
        return _of_skeleton(here, skeleton, shown, "the arguments")
    # Call parameters: none of them is needed, so each is a choice of the user's.
    return Completion(here, "{}", "{…}", "call parameters", 1)


def _of_skeleton(here: int, skeleton: Skeleton, shown: str, about: str) -> Completion:
    return Completion(here, skeleton.text, shown, about, skeleton.back, skeleton.selected)


def _about(place: OpenPlace, wanted: InterfaceType) -> str:
    if isinstance(place.type, RecordType) and place.node.kind is NodeKind.ARRAY:
        return f"{place.type.fields[place.index or 0].name}: {type_text(wanted)}"
    return type_text(wanted)


def _keys(place: OpenPlace, typed: str, here: int, quotes: int = 0) -> list[Completion]:
    start = here - len(typed) - quotes
    found = []
    for field in _unused(place):
        if field.name.startswith(typed):
            key = f"{json.dumps(field.name, ensure_ascii=False)}: "
            about = escape_line(type_text(field.type))
            found.append(Completion(start, key, escape_line(field.name), about))
    return found


def _unused(place: OpenPlace) -> list[Field]:
    if not isinstance(place.type, RecordType):
        return []
    used = {key.scalar for key in place.node.keys if key.is_complete}
    return [field for field in place.type.fields if field.name not in used]


def _is_open_key(node: Node) -> bool:
    return node.kind is NodeKind.OBJECT and bool(node.keys) and not node.keys[-1].is_complete


def _half_key(text: str, tree: JsonTree) -> str:
    """What stands for the beginning of a key, without its quote."""
    return "" if tree.stuck_at is None else text[tree.stuck_at :]


def _constants(text: str, start: int, places: tuple[OpenPlace, ...]) -> list[Completion]:
    if not places or places[-1].item_type is not Scalar.BOOL:
        return []
    typed = text[places[-1].node.items[-1].start :]
    here = start + len(text) - len(typed)
    return [
        Completion(here, word, word, "bool") for word in ("true", "false") if word.startswith(typed)
    ]


def _next_sign(place: OpenPlace, here: int) -> list[Completion]:
    """A comma while the record or the arguments lack something, else the closing bracket."""
    if place.node.kind is NodeKind.OBJECT:
        unused = _unused(place)
        if unused:
            return [Completion(here, ", ", ",", f"then {escape_line(unused[0].name)}")]
        return [_end_of_object(here)]
    if isinstance(place.type, RecordType) and len(place.node.items) < len(place.type.fields):
        following = place.type.fields[len(place.node.items)]
        return [Completion(here, ", ", ",", f"then {escape_line(following.name)}")]
    return [Completion(here, "]", "]", "the end of the array")]


def _end_of_object(here: int) -> Completion:
    return Completion(here, "}", "}", "all fields are there")

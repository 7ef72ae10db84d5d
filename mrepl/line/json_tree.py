"""JSON that may still be under way, read into a tree whose nodes know their place in the text.

`runtime.parse_json` reads finished JSON and says what is wrong with it; this reads as far as the
text makes sense, and tells what could come next.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from runtime import JsonValue

JsonScalar: TypeAlias = bool | int | float | str | None

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?P<close>")?', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w.+-])")
_NUMBER_UNDER_WAY = re.compile(r"-?(?:(?:0|[1-9]\d*+)(?:\.\d*+)?(?:[eE][+-]?)?)?\Z")
_WORD = re.compile(r"\w+")
_PLACEHOLDER = re.compile(r"\{\w+(?::\w+)?\}")
_BLANKS = re.compile(r"[ \t\r\n]*")
_CONSTANTS: dict[str, JsonScalar] = {"true": True, "false": False, "null": None}


class NodeKind(Enum):
    """What a node is."""

    OBJECT = "an object"
    ARRAY = "an array"
    STRING = "a string"
    NUMBER = "a number"
    CONSTANT = "true, false or null"
    UNKNOWN = "a value that the text does not show: `_`, a placeholder, or half a word"


class Expects(Enum):
    """What may come after the text."""

    VALUE = "a value"
    VALUE_OR_END = "a value, or the end of the array"
    KEY = "a key"
    KEY_OR_END = "a key, or the end of the object"
    COLON = "the colon after a key"
    COMMA_OR_END = "a comma, or the end of the array or object"
    REST = "the rest of the string, number or word that the text ends in"
    NOTHING = "nothing: the value is complete"


@dataclass(slots=True, eq=False)
class Node:
    """A value in the text.

    Attributes:
        kind: what it is.
        start: where it begins in the text.
        end: one past its last character so far.
        is_complete: whether its end was seen; half a number at the end of the text is not.
        scalar: the value of a string, number or constant; of a string that is still open, what
            there is of it, as it was typed.
        keys: of an object: its keys so far; the last one may lack its value.
        items: of an array or object: the values so far.
    """

    kind: NodeKind
    start: int
    end: int
    is_complete: bool = True
    scalar: JsonScalar = None
    keys: "list[Node]" = field(default_factory=list)
    items: "list[Node]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class JsonTree:
    """What was read.

    Attributes:
        root: the value, if it has begun.
        open: the arrays and objects that the end of the text lies in, from the root inwards.
        expects: what may come next.
        stuck_at: where the text stops to be JSON; None where all of it is.
        repeated_key: the first key that stands twice in one object.
    """

    root: Node | None
    open: tuple[Node, ...]
    expects: Expects
    stuck_at: int | None
    repeated_key: Node | None


@lru_cache(maxsize=4)  # a key press asks for the same text several times
def read_json(text: str, *, placeholders: bool) -> JsonTree:
    """Reads one value and blanks around it, as far as the text is JSON.

    Args:
        text: JSON, in which `_` may stand for a value, or the beginning of such.
        placeholders: whether `{name}` and `{kind:name}` may stand for values too.

    Returns:
        The tree, which is not to be changed: it may be given again.
    """
    return _Reading(text, placeholders).tree()


def json_value(node: Node) -> JsonValue:
    """The value of a node; what is unknown, or not there yet, is null.

    Raises:
        RecursionError: it nests too deeply for Python's stack.
    """
    if node.kind is NodeKind.ARRAY:
        return [json_value(item) for item in node.items]
    if node.kind is NodeKind.OBJECT:
        items = dict(zip(_key_names(node), map(json_value, node.items), strict=False))
        return {name: items.get(name) for name in _key_names(node)}
    return node.scalar


def unknown_nodes(root: Node | None) -> Iterator[Node]:
    """The nodes below the root, and it itself, whose values the text does not show."""
    pending = [] if root is None else [root]
    while pending:
        node = pending.pop()
        if node.kind is NodeKind.UNKNOWN:
            yield node
        pending += node.items


def _key_names(node: Node) -> list[str]:
    return [str(key.scalar) for key in node.keys]


class _Reading:
    def __init__(self, text: str, placeholders: bool) -> None:
        self._text = text
        self._position = 0
        self._placeholders = placeholders
        self._root: Node | None = None
        self._open: list[Node] = []
        self._names: list[set[JsonScalar]] = []  # of the keys, for each open node
        self._expects = Expects.VALUE
        self._repeated_key: Node | None = None

    def tree(self) -> JsonTree:
        stuck_at = None
        while not self._at_end():
            if self._expects is Expects.NOTHING or not self._step():
                stuck_at = self._position
                break
        return JsonTree(self._root, tuple(self._open), self._expects, stuck_at, self._repeated_key)

    def _at_end(self) -> bool:
        if self._expects is Expects.REST:
            return True
        blanks = _BLANKS.match(self._text, self._position)
        if blanks:
            self._position = blanks.end()
        return self._position == len(self._text)

    def _step(self) -> bool:
        """Reads one token; False if none of those that may come is there."""
        character = self._text[self._position]
        expects = self._expects
        if expects in (Expects.VALUE, Expects.VALUE_OR_END):
            if expects is Expects.VALUE_OR_END and character == "]":
                return self._close()
            return self._value(character)
        if expects in (Expects.KEY, Expects.KEY_OR_END):
            if expects is Expects.KEY_OR_END and character == "}":
                return self._close()
            return character == '"' and self._key()
        if expects is Expects.COLON:
            return self._sign(":", Expects.VALUE)
        closing, after_comma = "]", Expects.VALUE
        if self._open[-1].kind is NodeKind.OBJECT:
            closing, after_comma = "}", Expects.KEY
        if character == closing:
            return self._close()
        return self._sign(",", after_comma)

    def _sign(self, sign: str, then: Expects) -> bool:
        if self._text[self._position] != sign:
            return False
        self._position += 1
        self._expects = then
        return True

    def _value(self, character: str) -> bool:
        if self._placeholders and (found := _PLACEHOLDER.match(self._text, self._position)):
            self._add(Node(NodeKind.UNKNOWN, self._position, found.end()))
        elif character in "[{":
            kind = NodeKind.ARRAY if character == "[" else NodeKind.OBJECT
            node = Node(kind, self._position, self._position + 1, is_complete=False)
            self._add(node)
            self._open.append(node)
            self._names.append(set())
            self._expects = Expects.VALUE_OR_END if character == "[" else Expects.KEY_OR_END
        else:
            node_or_none = self._string() if character == '"' else self._number_or_word()
            if node_or_none is None:
                return False
            self._add(node_or_none)
        return True

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1].items.append(node)
        else:
            self._root = node
        self._position = node.end
        self._after(node)

    def _after(self, node: Node) -> None:
        if not node.is_complete:
            self._expects = Expects.REST
        else:
            self._expects = Expects.COMMA_OR_END if self._open else Expects.NOTHING

    def _close(self) -> bool:
        node = self._open.pop()
        self._names.pop()
        self._position += 1
        node.end, node.is_complete = self._position, True
        self._after(node)
        return True

    def _key(self) -> bool:
        key = self._string()
        if key is None:
            return False
        if key.is_complete:
            names = self._names[-1]
            if key.scalar in names:
                self._repeated_key = self._repeated_key or key
            names.add(key.scalar)
        self._open[-1].keys.append(key)
        self._position = key.end
        self._expects = Expects.COLON if key.is_complete else Expects.REST
        return True

    def _string(self) -> Node | None:
        found = _STRING.match(self._text, self._position)
        if found is None:
            return None
        if not found["close"]:
            start, end = found.span()
            so_far = self._text[start + 1 :]
            return Node(NodeKind.STRING, start, end, is_complete=False, scalar=so_far)
        try:
            value = json.loads(found.group())
        except ValueError:  # a wrong escape, a control character
            return None
        return Node(NodeKind.STRING, found.start(), found.end(), scalar=value)

    def _number_or_word(self) -> Node | None:
        number = _NUMBER.match(self._text, self._position)
        if number is not None:
            try:
                digits = number.group()
                value = int(digits) if digits.lstrip("-").isdigit() else float(digits)
            except ValueError:  # more digits than Python converts
                return None
            return Node(NodeKind.NUMBER, number.start(), number.end(), scalar=value)
        if _NUMBER_UNDER_WAY.match(self._text, self._position):
            return self._half(len(self._text))
        word = _WORD.match(self._text, self._position)
        if word is None:
            return None
        text = word.group()
        if text in _CONSTANTS:
            return Node(NodeKind.CONSTANT, word.start(), word.end(), scalar=_CONSTANTS[text])
        if text == "_":
            return Node(NodeKind.UNKNOWN, word.start(), word.end())
        is_last = word.end() == len(self._text)
        if is_last and any(constant.startswith(text) for constant in _CONSTANTS):
            return self._half(word.end())
        return None

    def _half(self, end: int) -> Node:
        return Node(NodeKind.UNKNOWN, self._position, end, is_complete=False)

"""What types the JSON of a command line is to have, and which of them a place in it has."""

from dataclasses import dataclass

from mrepl.command import Kind, Parameter
from mrepl.line.json_tree import Expects, JsonTree, Node, NodeKind
from mrepl.line.offer import Offer
from mrepl.line_parts import LineParts
from runtime import ArrayType, Field, InterfaceType, RecordType, Scalar
from runtime.host.call_parameters import VERSIONS, call_parameters_type


@dataclass(frozen=True, slots=True)
class Expected:
    """The type of a JSON parameter of a command.

    Attributes:
        record: the arguments of a function are like a record that has a field an argument; call
            parameters are a record of their own.
        is_arguments: whether these are arguments.
    """

    record: RecordType
    is_arguments: bool


def expected_json(parameter: Parameter, line: LineParts, offer: Offer) -> Expected | None:
    """What is to stand for a JSON parameter; None where the line names no function that exists."""
    if parameter.kind is not Kind.JSON or line.command is None:
        return None
    own = [each for each in line.command.parameters if each.kind is Kind.JSON]
    if parameter not in own:
        return None
    if own.index(parameter) > 0:
        return Expected(call_parameters_type(VERSIONS[-1]), is_arguments=False)
    function = offer.function(line.value(Kind.MODULE), line.value(Kind.FUNCTION))
    if function is None:
        return None
    return Expected(RecordType(function.name, function.signature.parameters), is_arguments=True)


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """An open array or object at the end of JSON that is being typed.

    Attributes:
        node: the array or object.
        type: what it is to be; None where that is unknown.
        index: the number of the item that the end of the text belongs to; None between two items.
    """

    node: Node
    type: InterfaceType | None
    index: int | None

    @property
    def item_type(self) -> InterfaceType | None:
        """The type of that item, where it is known."""
        return None if self.index is None else item_type(self.type, self.node, self.index)


def open_places(tree: JsonTree, root: InterfaceType) -> tuple[OpenPlace, ...]:
    """The arrays and objects that the end of the text lies in, from the root inwards."""
    places: list[OpenPlace] = []
    current: InterfaceType | None = root
    for node in tree.open:
        is_innermost = node is tree.open[-1]
        place = OpenPlace(node, current, _current_index(node, tree.expects, is_innermost))
        places.append(place)
        current = place.item_type
    return tuple(places)


def field_of(outer: InterfaceType | None, node: Node, index: int) -> Field | None:
    """The field that an item stands for where a record is wanted; objects name it."""
    if not isinstance(outer, RecordType):
        return None
    if node.kind is NodeKind.OBJECT:
        name = node.keys[index].scalar if index < len(node.keys) else None
        return next((field for field in outer.fields if field.name == name), None)
    return outer.fields[index] if index < len(outer.fields) else None


def item_type(outer: InterfaceType | None, node: Node, index: int) -> InterfaceType | None:
    """The type that an item of an array or object is to have; None where that is unknown."""
    field = field_of(outer, node, index)
    if field is not None:
        return field.type
    if node.kind is NodeKind.ARRAY:
        if isinstance(outer, ArrayType):
            return outer.element
        if outer is Scalar.BYTE_ARRAY:
            return Scalar.U8
    return None


def _current_index(node: Node, expects: Expects, is_innermost: bool) -> int | None:
    if node.kind is NodeKind.OBJECT:
        between = is_innermost and expects in (Expects.KEY, Expects.KEY_OR_END)
        return None if between else len(node.keys) - 1
    begins = is_innermost and expects in (Expects.VALUE, Expects.VALUE_OR_END)
    return len(node.items) if begins else len(node.items) - 1

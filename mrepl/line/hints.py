"""What the toolbar says of the place that is being typed: the signature, its parameter marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from mrepl.command import Command, Kind, Option, Parameter
from mrepl.line.argument_types import Expected, OpenPlace, expected_json, field_of, open_places
from mrepl.line.json_tree import read_json
from mrepl.line.offer import Offer
from mrepl.line_parts import LineParts, Part, Role, take_apart
from mrepl.text.escaping import escape_line
from runtime import Field, FunctionInterface, RecordType, type_text


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a hint; one of them may be marked as what is being typed."""

    text: str
    is_current: bool = False


def hint(before: str, offer: Offer) -> tuple[Piece, ...]:
    """The signature or form of what is being typed; nothing where there is nothing to say.

    Args:
        before: the command up to the cursor.
        offer: what there is to name.
    """
    line = take_apart(before, offer.commands)
    if line.command is None:
        return ()
    part = part_at_end(line, before)
    if part is not None and part.role is Role.UNKNOWN_OPTION:
        return _option_names(line.command, part.text)
    parameter = line.expected if part is None else part.parameter
    option = line.expected_by if part is None else part.option
    function = offer.function(line.value(Kind.MODULE), line.value(Kind.FUNCTION))
    if parameter is not None and parameter.kind is Kind.JSON:
        expected = expected_json(parameter, line, offer)
        if expected is not None:
            places = _places(part, expected)
            if function is not None and expected.is_arguments:
                return _signature_pieces(function, places)
            return _innermost_record(places) or _record_pieces(expected.record, None)
    if option is not None:
        return _option_pieces(option, parameter)
    if function is not None and (parameter is None or parameter.kind is Kind.FUNCTION):
        return _signature_pieces(function, ())
    return _form_pieces(line.command, parameter, _about(parameter, line, offer))


def part_at_end(line: LineParts, before: str) -> Part | None:
    """The part that the end of the line is in; None where a new one would begin."""
    if line.parts and line.parts[-1].end == len(before):
        return line.parts[-1]
    return None


def _places(part: Part | None, expected: Expected) -> tuple[OpenPlace, ...]:
    return (
        ()
        if part is None
        else open_places(read_json(part.text, placeholders=False), expected.record)
    )


def _signature_pieces(
    function: FunctionInterface, places: tuple[OpenPlace, ...]
) -> tuple[Piece, ...]:
    signature = function.signature
    current = _current_field(places[0]) if places else None
    if not places and len(signature.parameters) == 1:
        current = signature.parameters[0]
    result = "" if signature.result is None else f" -> {type_text(signature.result)}"
    pieces = [
        Piece(escape_line(f"{function.name}(")),
        *_field_pieces(signature.parameters, current),
        Piece(escape_line(f"){result}")),
    ]
    inside = _innermost_record(places[1:])
    return (*pieces, Piece("   "), *inside) if inside else tuple(pieces)


def _innermost_record(places: tuple[OpenPlace, ...]) -> tuple[Piece, ...]:
    """The record that is being typed, its field marked; nothing outside of records."""
    for place in reversed(places):
        if isinstance(place.type, RecordType):
            return _record_pieces(place.type, _current_field(place))
    return ()


def _record_pieces(record: RecordType, current: Field | None) -> tuple[Piece, ...]:
    return (
        Piece(escape_line(f"{record.name} {{")),
        *_field_pieces(record.fields, current),
        Piece("}"),
    )


def _current_field(place: OpenPlace) -> Field | None:
    return None if place.index is None else field_of(place.type, place.node, place.index)


def _field_pieces(fields: tuple[Field, ...], current: Field | None) -> list[Piece]:
    pieces: list[Piece] = []
    for field in fields:
        if pieces:
            pieces.append(Piece(", "))
        text = f"{field.name}: {type_text(field.type)}"
        pieces.append(Piece(escape_line(text), is_current=field is current))
    return pieces


def _option_pieces(option: Option, current: Parameter | None) -> tuple[Piece, ...]:
    pieces = [Piece(option.name)]
    for parameter in option.values:
        pieces += (Piece(" "), Piece(str(parameter), is_current=parameter is current))
    about = option.about if current is None else current.about
    return (*pieces, Piece(f"   {about}"))


def _about(parameter: Parameter | None, line: LineParts, offer: Offer) -> str | None:
    """What there is to say of a parameter; of a setting's value, what it may be."""
    if parameter is None:
        return None
    if parameter.kind is Kind.SETTING_VALUE:
        setting = offer.setting(line.value(Kind.SETTING))
        return parameter.about if setting is None else setting.all_values
    return parameter.about


def _form_pieces(
    command: Command, current: Parameter | None, about: str | None
) -> tuple[Piece, ...]:
    pieces = [Piece(command.name)]
    for parameter in command.parameters:
        pieces += (Piece(" "), Piece(str(parameter), is_current=parameter is current))
    if current is None:
        pieces += (Piece(f" [{option.name}]") for option in command.options)
    return (*pieces, Piece(f"   {about or command.about}"))


def _option_names(command: Command, typed: str) -> tuple[Piece, ...]:
    """The options that a word may become; with what it does, if it is only one."""
    options = [option for option in command.options if option.name.startswith(typed)]
    if len(options) == 1:
        return _option_pieces(options[0], None)
    return tuple(Piece(f"{option.name} ") for option in options)


def fitted(pieces: tuple[Piece, ...], width: int) -> tuple[Piece, ...]:
    """The pieces in at most `width` characters; `…` stands for the rest.

    The last marked piece, which is the innermost, stays in sight.

    Args:
        pieces: of a hint.
        width: at least 1.
    """
    if _length(pieces) <= width:
        return pieces
    if width < 3:
        return (Piece("…"),)
    marked = max((number for number, piece in enumerate(pieces) if piece.is_current), default=0)
    begin = 0
    while begin < marked and _length(pieces[begin:]) + (1 if begin else 0) > width:
        begin += 1
    kept = [Piece("…")] if begin else []
    if _length(pieces[begin:]) + len(kept) <= width:
        return (*kept, *pieces[begin:])
    for piece in pieces[begin:]:
        room = width - 1 - _length(kept)
        kept.append(Piece(piece.text[:room], piece.is_current))
    return (*(piece for piece in kept if piece.text), Piece("…"))


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)

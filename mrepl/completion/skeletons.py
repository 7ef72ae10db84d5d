"""Values of a type to begin with: JSON that is valid and has a place for everything."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from runtime import Field, InterfaceType, RecordType, Scalar, type_text

_LONGEST = 2_000
"""Characters; a skeleton is there to be filled in by hand."""

_OF_SCALARS = {Scalar.STRING: '""', Scalar.BOOL: "false", Scalar.BYTE_ARRAY: "[]"}
_BEFORE_VALUE = re.compile(r'(?:\{(?:"(?:[^"\\]|\\.)*": )?)*')
_SCALAR = re.compile(r"\w*")
_HOLES = ('""', "[]")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """JSON to fill in.

    Attributes:
        text: the JSON.
        back: how far before its end the first place to type is.
        selected: the length of the number or truth value before that place, to be typed over.
    """

    text: str
    back: int
    selected: int = 0


def value_skeleton(wanted: InterfaceType) -> Skeleton:
    """The skeleton of one value: a record has all its fields, arrays are empty."""
    return _with_place(_value_text(wanted))


def arguments_skeleton(parameters: Sequence[Field]) -> Skeleton:
    """The skeleton of an array of arguments."""
    if not parameters:
        return Skeleton("[]", 0)
    texts = [_value_text(parameter.type) for parameter in parameters]
    return _with_place(f"[{', '.join(texts)}]", inside=1)


def shown_arguments(parameters: Sequence[Field]) -> str:
    """How a menu shows an array of arguments: `["name": string, "age": u8]`."""
    return f"[{', '.join(f'{_key(field)}: {type_text(field.type)}' for field in parameters)}]"


def _value_text(wanted: InterfaceType) -> str:
    if isinstance(wanted, RecordType):
        fields = (f"{_key(field)}: {_value_text(field.type)}" for field in wanted.fields)
        text = f"{{{', '.join(fields)}}}"
        return text if len(text) <= _LONGEST else "{}"
    if isinstance(wanted, Scalar):
        return _OF_SCALARS.get(wanted, "0")
    return "[]"  # an array; records hold themselves only through arrays, so this comes to an end


def _with_place(text: str, inside: int = 0) -> Skeleton:
    """Puts the cursor inside the first quotes or brackets, or behind the first scalar."""
    start = _BEFORE_VALUE.match(text, inside)
    position = start.end() if start else inside
    if text.startswith(_HOLES, position):
        return Skeleton(text, len(text) - position - 1)
    scalar = _SCALAR.match(text, position)
    length = len(scalar.group()) if scalar else 0
    return Skeleton(text, len(text) - position - length, length)


def _key(field: Field) -> str:
    return json.dumps(field.name, ensure_ascii=False)

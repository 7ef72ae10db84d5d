"""Text whose parts say what they are, so that a terminal can colour them."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Mark(Enum):
    """What a part of the text is."""

    PLAIN = "plain"
    NAME = "name"  # of a module
    CODE = "code"  # signatures and types
    WASM = "wasm"  # WebAssembly text
    VALUE = "value"  # JSON or debug notation
    FAINT = "faint"  # times and other side remarks
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text; what a module put in it has its control characters escaped."""

    text: str
    mark: Mark = Mark.PLAIN


MarkedText: TypeAlias = tuple[Span, ...]


def plain_text(text: MarkedText) -> str:
    """The text without its marks."""
    return "".join(span.text for span in text)

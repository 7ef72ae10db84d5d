"""How the result of a call prints (spec mrepl.md, "Transcript")."""

from enum import Enum

from mrepl.text.debug_text import debug_text
from mrepl.text.json_text import pretty_json
from runtime import JsonValue


class ResultStyle(Enum):
    """The styles; the value is the name that `--style` takes."""

    JSON = "json"
    DEBUG = "debug"


def result_text(value: JsonValue, style: ResultStyle, column: int = 0) -> str:
    """The value in the style, with nothing in it that acts on a terminal.

    Args:
        value: a call's result.
        style: `JSON` gives JSON that can be pasted back as an argument, `DEBUG` one line in the
            original shell's notation.
        column: how many characters stand before it on its first line.
    """
    return debug_text(value) if style is ResultStyle.DEBUG else pretty_json(value, column)

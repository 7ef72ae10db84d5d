"""JSON values as JSON text: on one line, or laid out for reading."""

import json

from mrepl.text.escaping import escape_json
from runtime import JsonValue

_WIDTH = 80
_STEP = "  "
_MOST_INDENT = 120
"""Values of modules can nest thousands deep: indented, a few kilobytes would be gigabytes."""

_encode = json.JSONEncoder(ensure_ascii=False).encode


def compact_json(value: JsonValue) -> str:
    """The value on one line; no character in it acts on a terminal."""
    return escape_json(_encode(value))


def pretty_json(value: JsonValue, column: int = 0) -> str:
    """The value in lines of about 80 columns: what fits on one line is kept on one.

    Arrays of plain values fill their lines; other arrays and objects have one member a line. What
    lies more than 60 deep stands on one line, however long.

    Args:
        value: any JSON value.
        column: how many characters stand before it on its first line.
    """
    pieces: list[str] = []
    _write(value, "", column, pieces)
    return "".join(pieces)


def _write(value: JsonValue, indent: str, column: int, pieces: list[str]) -> None:
    line = _one_line(value, _WIDTH - column)
    if line is not None:
        pieces.append(line)
        return
    if len(indent) >= _MOST_INDENT:
        pieces.append(compact_json(value))
        return
    inner = indent + _STEP
    if isinstance(value, dict):
        separator = "{\n"
        for key, member in value.items():
            name = f"{compact_json(key)}: "
            pieces += (separator, inner, name)
            _write(member, inner, len(inner) + len(name), pieces)
            separator = ",\n"
        pieces += ("\n", indent, "}")
    elif isinstance(value, list):
        pieces += ("[\n", inner)
        if any(isinstance(member, (dict, list)) for member in value):
            for number, member in enumerate(value):
                if number:
                    pieces += (",\n", inner)
                _write(member, inner, len(inner), pieces)
        else:
            _fill([_scalar(member) for member in value], inner, pieces)
        pieces += ("\n", indent, "]")
    else:
        pieces.append(compact_json(value))


def _scalar(value: JsonValue) -> str:
    # Long arrays are mostly those of bytes, and for integers this is much faster.
    return str(value) if type(value) is int else compact_json(value)


def _fill(members: list[str], indent: str, pieces: list[str]) -> None:
    column = len(indent)
    for number, member in enumerate(members):
        if number:
            pieces.append(",")
            if column + len(member) + 3 > _WIDTH:
                pieces += ("\n", indent)
                column = len(indent)
            else:
                pieces.append(" ")
                column += 2
        pieces.append(member)
        column += len(member)


def _one_line(value: JsonValue, room: int) -> str | None:
    """The value as `compact_json` gives it, or None where it needs more than `room` characters.

    Gives up early, so that laying out a large value stays linear in its size.
    """
    if isinstance(value, str) and len(value) > room:
        return None
    if not isinstance(value, (dict, list)):
        text = compact_json(value)
        return text if len(text) <= room else None
    if len(value) * 3 > room + 2:
        return None
    parts: list[str] = []
    used = 0
    members = value.items() if isinstance(value, dict) else ((None, member) for member in value)
    for key, member in members:
        name = "" if key is None else f"{compact_json(key)}: "
        part = _one_line(member, room - used - len(name))
        if part is None:
            return None
        parts.append(name + part)
        used += len(name) + len(part) + 2
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    line = f"{opening}{', '.join(parts)}{closing}"
    return line if len(line) <= room else None

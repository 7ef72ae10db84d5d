"""Interface values on one line, cut to what room there is."""

from collections.abc import Sequence

from mrepl.text.display_width import clipped, display_width
from mrepl.text.json_text import compact_json
from runtime.interface.types import InterfaceValue

_CUT = "…"
_LEAST = 4  # columns of a value among others: `"a…"`


def value_text(value: InterfaceValue, room: int) -> str:
    """The value nearly as JSON: records are `{1, "a"}`, and what has no room is a `…`.

    Only as much of the value is looked at as can be shown.

    Args:
        value: any value.
        room: columns, at least 1.
    """
    if isinstance(value, str):
        return _string_text(value, room)
    if not isinstance(value, list | tuple | bytes):
        text = compact_json(value)
        return text if len(text) <= room else _CUT  # part of a number would be another one
    opening, closing = "{}" if isinstance(value, tuple) else "[]"
    if room < _LEAST:
        return _CUT if value else clipped(opening + closing, room)
    text = opening
    left = room - 2
    for number, member in enumerate(value):
        separator = ", " if number else ""
        is_last = number == len(value) - 1
        member_room = left - len(separator) - (0 if is_last else len(", …"))
        part = value_text(member, member_room) if member_room > 0 else _CUT
        if part == _CUT:
            return f"{text}{separator}{_CUT}{closing}"
        text += separator + part
        left -= len(separator) + display_width(part)
    return text + closing


def row_text(values: Sequence[InterfaceValue], room: int, names: Sequence[str] = ()) -> str:
    """Several values with commas; where there is little room the longest are cut first.

    Args:
        values: any values.
        room: columns, at least 1.
        names: of the values; they are left out where the values themselves have hardly room.
    """
    texts = [value_text(value, room) for value in values]
    widths = [display_width(text) for text in texts]
    separators = 2 * max(len(values) - 1, 0)
    labels = [f"{name}: " for name in names]
    left = room - separators - sum(map(display_width, labels))
    if left < sum(min(width, _LEAST) for width in widths):
        labels = []
        left = room - separators
    if sum(widths) > left:
        most = _fair_share(widths, left)
        texts = [
            text
            if width <= most or not isinstance(value, str | bytes | list | tuple)
            # Of a number nothing must be missing.
            else value_text(value, most)
            for text, width, value in zip(texts, widths, values, strict=True)
        ]
    if labels:
        texts = [label + text for label, text in zip(labels, texts, strict=True)]
    return ", ".join(texts)


def _fair_share(widths: Sequence[int], room: int) -> int:
    """The most that each may take so that all together fit, but not less than makes sense."""
    left = room
    for number, width in enumerate(sorted(widths)):
        share = left // (len(widths) - number)
        if width > share:
            return max(share, _LEAST)
        left -= width
    return max(room, _LEAST)


def _string_text(value: str, room: int) -> str:
    if len(value) <= room:
        whole = compact_json(value)
        if display_width(whole) <= room:
            return whole
    if room < _LEAST:
        return _CUT
    text = ""
    left = room - 3  # quotes and the mark of the cut
    for character in value:
        part = compact_json(character)[1:-1]
        left -= display_width(part)
        if left < 0:
            break
        text += part
    return f'"{text}{_CUT}"'

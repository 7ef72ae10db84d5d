r"""Text from modules made safe to show: control characters become visible escapes.

A module must not be able to move the cursor, retitle the window, reorder what the user reads or
hide something in it (spec hazards.md, "WASI output"). Escaped are C0 and C1 controls and DEL,
bidirectional controls, the line and paragraph separators, lone surrogates, which no output encoding
can carry, and, but for whole texts, characters that nothing is drawn for. Of those, joiners and the
common variation selectors stay: scripts and emoji need them.

Text spells such a character `\u202e`, or `\U000e0041` above U+FFFF; JSON has pairs of surrogates.
"""

import re
from functools import cache

_ABOVE_ASCII = (
    "\x7f-\x9f"  # DEL and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u2028\u2029"  # separators that some terminals and tools take for line ends
    "\ud800-\udfff"  # lone surrogates
)
_UNSEEN = (  # of Unicode's property Default_Ignorable_Code_Point, and marks of annotations
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_JOINING = "\u200c\u200d\ufe00-\ufe0f"  # the rest of that property: joiners and selectors
_IN_LINE = re.compile(f"[\x00-\x1f{_ABOVE_ASCII}{_UNSEEN}]+")
_IN_TEXT = re.compile(f"[\x00-\x08\x0b-\x1f{_ABOVE_ASCII}]+")
_IN_JSON = re.compile(f"[{_ABOVE_ASCII}{_UNSEEN}]+")
_IN_NAME = re.compile(f"[{_UNSEEN}{_JOINING}]+")  # beside what is not printable anyway
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escape(match: re.Match[str]) -> str:
    return "".join(map(_escaped, match.group()))


@cache
def _escaped(character: str) -> str:
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")


def _escape_in_json(match: re.Match[str]) -> str:
    """Above U+FFFF a pair of surrogates."""
    units = match.group().encode("utf-16-be", "surrogatepass").hex(" ", 2)
    return "\\u" + units.replace(" ", "\\u")


def escape_name(name: str) -> str:
    """The name on one line: all that is not seen or not printable is escaped, joiners too."""
    text = _IN_NAME.sub(_escape, name)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def escape_line(text: str) -> str:
    r"""The text on one line: what controls or is not seen is escaped, as `\n` or `\u001b`."""
    return _IN_LINE.sub(_escape, text)


def escape_text(text: str) -> str:
    r"""The text with every control character but line feeds and tabs escaped."""
    return _IN_TEXT.sub(_escape, text)


def escape_json(json_text: str) -> str:
    r"""JSON text that means the same; what JSON itself leaves raw and is not seen is escaped."""
    if json_text.isascii():  # as most are: many times as fast
        return json_text.replace("\x7f", "\\u007f")
    return _IN_JSON.sub(_escape_in_json, json_text)

"""Text from modules made safe to print: control characters become visible escapes.

A module must not be able to move the cursor, retitle the window or reorder what the user reads
(spec hazards.md, "WASI output"). Escaped are C0 and C1 controls and DEL, bidirectional controls,
the line and paragraph separators, and lone surrogates, which no output encoding can carry.
"""

import re

from mrepl.text.display_width import clipped

_LONGEST_WORD = 60  # columns
_ABOVE_ASCII = (
    "\x7f-\x9f"  # DEL and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u2028\u2029"  # separators that some terminals and tools take for line ends
    "\ud800-\udfff"  # lone surrogates
)
_IN_LINE = re.compile(f"[\x00-\x1f{_ABOVE_ASCII}]")
_IN_TEXT = re.compile(f"[\x00-\x08\x0b-\x1f{_ABOVE_ASCII}]")
_IN_JSON = re.compile(f"[{_ABOVE_ASCII}]")
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def escape_line(text: str) -> str:
    r"""The text on one line: every control character escaped, as `\n` or `\u001b`."""
    return _IN_LINE.sub(_escape, text)


def escape_word(text: str, longest: int = _LONGEST_WORD) -> str:
    r"""What the user typed as a message repeats it: as `escape_line`, cut to 60 columns or so."""
    return clipped(escape_line(text[: 4 * longest]), longest)


def escape_text(text: str) -> str:
    r"""The text with every control character but line feeds and tabs escaped."""
    return _IN_TEXT.sub(_escape, text)


def escape_json(json_text: str) -> str:
    r"""JSON text that means the same, with what JSON itself leaves raw escaped as `\uXXXX`."""
    return _IN_JSON.sub(_escape, json_text)

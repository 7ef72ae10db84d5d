"""JSON values as the original shell prints them: `Array([Number(1), String("x")])`."""

import re

from runtime import JsonValue

_SPECIAL = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", '"': '\\"', "\\": "\\\\"}
_NOT_PLAIN = re.compile(r"[^ !#-\[\]-~]")


def debug_text(value: JsonValue) -> str:
    """The value on one line in style `debug` (spec mrepl.md, "Transcript")."""
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return "Bool(true)" if value else "Bool(false)"
    if isinstance(value, (int, float)):
        return f"Number({value})"
    if isinstance(value, str):
        return f"String({_quoted(value)})"
    if isinstance(value, list):
        return f"Array([{', '.join(map(debug_text, value))}])"
    members = (f"{_quoted(key)}: {debug_text(member)}" for key, member in value.items())
    return f"Object {{{', '.join(members)}}}"


def _quoted(text: str) -> str:
    return f'"{_NOT_PLAIN.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in _SPECIAL:
        return _SPECIAL[character]
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"

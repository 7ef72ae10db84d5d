"""Pieces of WebAssembly's text form."""

import re
from collections.abc import Iterable

from runtime.interface.types import Scalar

_PLAIN_IDENTIFIER = re.compile(r"[\w!#$%&'*+\-./:<=>?@\\^`|~]+", re.ASCII)

_PLAIN_STRING = re.compile(r"[\w .,:;/<>()\[\]'-]*", re.ASCII)


def quoted(text: str) -> str:
    """A string of the text form."""
    if _PLAIN_STRING.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def identifier(name: str) -> str:
    """The identifier of something called so: `$name`, quoted where it needs it."""
    return f"${name}" if _PLAIN_IDENTIFIER.fullmatch(name) else f"${quoted(name)}"


def comment(text: str) -> str:
    """A comment to the end of a line; whatever could end the line in it is escaped."""
    return f";; {text if text.isprintable() else ''.join(map(_escaped_in_comment, text))}"


def function_type(parameters: Iterable[Scalar], results: Iterable[Scalar]) -> str:
    """The type of a function of numbers: `(param i32 i32) (result i32)`, or less."""
    parts = []
    for keyword, types in (("param", parameters), ("result", results)):
        names = " ".join(each.value for each in types)
        if names:
            parts.append(f"({keyword} {names})")
    return " ".join(parts)


def indented(lines: Iterable[str]) -> list[str]:
    """Lines one step further to the right; a text of several lines as one of them, too."""
    return [f"  {line}" for text in lines for line in text.split("\n")]


def _escaped(char: str) -> str:
    if char in '"\\' or not char.isprintable():
        return "".join(f"\\{byte:02x}" for byte in char.encode())
    return char


def _escaped_in_comment(char: str) -> str:
    return char if char.isprintable() else "".join(f"\\{byte:02x}" for byte in char.encode())

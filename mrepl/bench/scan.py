"""A parameter scan: one measurement for each of some values, which stand in the arguments.

`{size}` in the arguments is replaced by the value itself, `{string:size}` by a JSON string of that
many characters, `{bytes:size}` by an array of that many numbers from 0 to 255.
"""

import re
from dataclasses import dataclass

from mrepl.text.escaping import escape_line
from mrepl.typed_numbers import whole_number
from mrepl.usage import UsageError
from runtime import suggestion

_NAME = re.compile(r"[^\W\d]\w*")
_PLACEHOLDER = re.compile(r"\{(?:(?P<kind>\w*):)?(?P<name>[^\W\d]\w*)\}")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LARGEST = 1 << 26
"""Of the sizes of strings and arrays: a call takes some hundred times as many bytes."""

_CHARACTERS = "0123456789abcdef"
_ALL_BYTES = ",".join(map(str, range(256)))


@dataclass(frozen=True, slots=True)
class Scan:
    """What `--scan size=10,1000` says.

    Attributes:
        name: of the parameter.
        values: in the order given, at least one.
    """

    name: str
    values: tuple[str, ...]


def parse_scan(text: str) -> Scan:
    """The scan that a text such as `size=10,1000` describes.

    Raises:
        UsageError: it has not that form.
    """
    name, equals, listed = text.partition("=")
    values = tuple(value.strip() for value in listed.split(","))
    if not (equals and _NAME.fullmatch(name) and all(values)):
        raise UsageError(
            f"--scan: '{escape_line(text)}' is no name with its values "
            '(such as size=10,1000, or \'name="Ada","Bob"\')'
        )
    return Scan(name, values)


def fill_in(text: str, name: str, value: str) -> str:
    """The text with the parameter's value in the places of its placeholders.

    Args:
        text: JSON text with placeholders.
        name: of the parameter.
        value: in place of it.

    Raises:
        UsageError: a placeholder has another name, or is of no known kind, or the value is no size.
    """

    def filled(match: re.Match[str]) -> str:
        if match["name"] != name:
            raise UsageError(
                f"--scan: no value for the placeholder {match.group()}"
                f"{suggestion(match['name'], [name])} (there is: {{{name}}})"
            )
        if match["kind"] is None:
            return value
        if match["kind"] not in _KINDS:
            raise UsageError(
                f"--scan: the placeholder {match.group()} is of no known kind"
                f"{suggestion(match['kind'], list(_KINDS))} "
                f"(there are: {{{name}}}, {{string:{name}}}, {{bytes:{name}}})"
            )
        return _KINDS[match["kind"]](_size(value, match.group()))

    return _PLACEHOLDER.sub(filled, text)


def without_placeholders(text: str) -> str:
    """The text itself, where nothing is to be filled in.

    Raises:
        UsageError: a placeholder stands in it, outside of strings.
    """
    match = _PLACEHOLDER.search(_STRING.sub('""', text))
    if match is not None:
        raise UsageError(
            f"the placeholder {match.group()} needs values: `--scan {match['name']}=10,1000`"
        )
    return text


def _size(value: str, placeholder: str) -> int:
    size = whole_number(value)
    if size is None or size > _LARGEST:
        raise UsageError(
            f"--scan: '{escape_line(value)}' is no size for {placeholder} "
            f"(a whole number from 0 to {_LARGEST})"
        )
    return size


def _string(size: int) -> str:
    return f'"{(_CHARACTERS * (size // len(_CHARACTERS) + 1))[:size]}"'


def _bytes(size: int) -> str:
    whole, rest = divmod(size, 256)
    return f"[{','.join([_ALL_BYTES] * whole + [str(number) for number in range(rest)])}]"


_KINDS = {"string": _string, "bytes": _bytes}

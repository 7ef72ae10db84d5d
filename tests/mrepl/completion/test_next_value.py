import pytest

from mrepl.commands import COMMANDS
from mrepl.completion.next_value import next_value


def _next(line: str) -> str | None:
    """The line with brackets around the value after `|`."""
    before, _, after = line.partition("|")
    text = before + after
    place = next_value(text, len(before), COMMANDS)
    return None if place is None else f"{text[: place[0]]}<{text[slice(*place)]}>{text[place[1] :]}"


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ('call m f ["|", 0]', 'call m f ["", <0>]'),
        ('call m f |["x", 0]', 'call m f ["<x>", 0]'),
        ('call m f [1|, {"a": false}]', 'call m f [1, {"a": <false>}]'),
        ('call m f [{"a": |1, "b": []}]', 'call m f [{"a": 1, "b": [<>]}]'),
        ("call m f [1|, {}]", "call m f [1, {<>}]"),
        ("call m f |[", "call m f [<>"),
        ('call m f [1|, "ab', 'call m f [1, "<ab>'),
        ("call m f [1, 2|]", None),
        ("call m f| [1]", None),
        ("stats|", None),
        ("|", None),
    ],
)
def test_the_next_value_is_found(line: str, following: str | None) -> None:
    assert _next(line) == following

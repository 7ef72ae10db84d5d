"""Values on one line: as much of them as there is room for."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.text.display_width import clipped, display_width, from_the_end
from mrepl.text.escaping import escape_line
from mrepl.trace.value_text import row_text, value_text
from runtime.interface.types import InterfaceValue
from tests.support.values import TypedValue, typed_values


@pytest.mark.parametrize(
    ("value", "room", "shown"),
    [
        ("abc", 5, '"abc"'),
        ("abcdef", 6, '"abc…"'),
        ("abcdef", 3, "…"),
        ("a\x1b[2Jb\n", 20, '"a\\u001b[2Jb\\n"'),
        ("a\x1bbbbbbb", 8, '"a…"'),
        ("漢字漢字", 10, '"漢字漢字"'),
        ("漢字漢字", 9, '"漢字漢…"'),
        ("漢字漢字", 8, '"漢字…"'),
        (b"\x00\xff", 20, "[0, 255]"),
        (bytes(1000), 12, "[0, 0, 0, …]"),
        ([1, 12345], 9, "[1, …]"),
        (12345, 4, "…"),
        ([], 2, "[]"),
        ((1, "a", [True]), 20, '{1, "a", [true]}'),
        ((1, "abcdefgh", 3), 15, '{1, "abcd…", 3}'),
        ([[1, 2, 3], [4, 5, 6]], 14, "[[1, 2, 3], …]"),
        (-0.5, 10, "-0.5"),
        (True, 10, "true"),
    ],
)
def test_a_value_is_cut_to_the_room_it_has(value: InterfaceValue, room: int, shown: str) -> None:
    assert value_text(value, room) == shown


@given(typed_values(), st.integers(1, 60))
def test_no_value_needs_more_than_its_room(typed: TypedValue, room: int) -> None:
    text = value_text(typed.value, room)
    assert display_width(text) <= room
    assert escape_line(text) == text


@given(st.text(max_size=30))
def test_a_text_that_fits_is_json(text: str) -> None:
    assert json.loads(value_text(text, 400)) == text


def test_a_huge_value_is_not_looked_through() -> None:
    class Counted(list[InterfaceValue]):
        seen = 0

        def __iter__(self) -> Iterator[InterfaceValue]:
            for each in super().__iter__():
                Counted.seen += 1
                yield each

    value_text(Counted([1] * 100_000), 60)
    assert Counted.seen < 100


@pytest.mark.parametrize(
    ("values", "room", "shown"),
    [
        ((), 10, ""),
        ((65556, "short"), 20, '65556, "short"'),
        ((65556, "a long text"), 15, '65556, "a lon…"'),
        (("a long text", "short", 5), 23, '"a long t…", "short", 5'),
        ((123456789, 123456789), 15, "123456789, 123456789"),
    ],
)
def test_of_several_values_the_longest_texts_are_cut_and_no_numbers(
    values: tuple[InterfaceValue, ...], room: int, shown: str
) -> None:
    assert row_text(values, room) == shown


def test_names_are_left_out_where_values_would_have_no_room() -> None:
    assert row_text(("abc", 1), 30, ("text", "number")) == 'text: "abc", number: 1'
    assert row_text(("abc", 1), 12, ("text", "number")) == '"abc", 1'


def test_lines_are_cut_at_either_end() -> None:
    assert clipped("abcdef", 6) == "abcdef"
    assert clipped("abcdef", 4) == "abc…"
    assert from_the_end("abcdef", 6) == "abcdef"
    assert from_the_end("abcdef", 4) == "…def"
    assert clipped("é́x", 2) == "é́x"

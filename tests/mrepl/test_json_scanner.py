import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.json_scanner import OpenValues, is_unfinished, value_end

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
).map(json.dumps)


@pytest.mark.parametrize(
    "text", ["[", '{"a": [1, 2]', '["abc', '"', '["\\"]', "[[]", '[\n"a",', '"a" [']
)
def test_open_brackets_and_strings_ask_for_more(text: str) -> None:
    assert is_unfinished(text)


@pytest.mark.parametrize("text", ["", "[]", '["[", "{"]', '"\\""', "]", "null", '["\\\\"]'])
def test_what_is_closed_does_not(text: str) -> None:
    assert not is_unfinished(text)


@given(_JSON, st.sampled_from(["", " ", ' {"a": 1}', " x"]))
def test_a_value_ends_where_json_says(value: str, rest: str) -> None:
    assert value_end(value + rest, 0) == len(value)
    assert not is_unfinished(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('[1] {"a": 1}', "[1]"),
        ('{"a": "]}"} x', '{"a": "]}"}'),
        ('"a  b"c', '"a  b"'),
        ("12 13", "12"),
        ("abc", "abc"),
        ("[1, 2", "[1, 2"),
        ('["abc', '["abc'),
        ("[1]]", "[1]"),
    ],
)
def test_a_value_ends_with_its_bracket_quote_or_word(text: str, value: str) -> None:
    assert text[: value_end(text, 0)] == value


@given(st.text(alphabet='[]{}"\\a \n'), st.text(alphabet='[]{}"\\a \n'))
def test_text_may_come_in_pieces(first: str, second: str) -> None:
    values = OpenValues()
    values.read(first)
    assert values.are_there == is_unfinished(first)
    values.read(second)
    assert values.are_there == is_unfinished(first + second)

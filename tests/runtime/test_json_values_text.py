import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.json_values import JsonValue, json_text, parse_json

json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
without_floats: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_the_text_is_read_back_as_the_same_value(value: JsonValue) -> None:
    assert repr(parse_json(json_text(value))) == repr(value)


@given(without_floats)
def test_the_text_is_that_of_the_standard_library_without_spaces(value: JsonValue) -> None:
    assert json_text(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1, 0.5], "a": None}, '{"b":[1,0.5],"a":null}'),
        (-0.0, "-0.0"),
        (2**64, "18446744073709551616"),
        ('é\n\x1b"\\/\x7f', '"é\\n\\u001b\\"\\\\/\x7f"'),
        ("\ud800", '"\ud800"'),
    ],
)
def test_values_as_text(value: JsonValue, text: str) -> None:
    assert json_text(value) == text


def test_values_nested_hundreds_deep_have_a_text() -> None:
    value: JsonValue = 1
    for _ in range(400):
        value = [value]
    assert json_text(value) == "[" * 400 + "1" + "]" * 400


def test_endless_nesting_is_a_recursion_error() -> None:
    value: JsonValue = 1
    for _ in range(100_000):
        value = [value]
    with pytest.raises(RecursionError):
        json_text(value)

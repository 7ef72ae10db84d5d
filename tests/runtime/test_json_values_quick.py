"""`quick_json` gives what `parse_json` gives, or leaves the text to it."""

import json
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.errors import ArgumentsError
from runtime.json_values import JsonValue, NotQuick, parse_json, quick_json


def quick(text: str) -> JsonValue | type[NotQuick]:
    try:
        return quick_json(text)
    except NotQuick:
        return NotQuick


def with_long_integers_as_floats(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [with_long_integers_as_floats(item) for item in value]
    if isinstance(value, dict):
        return {key: with_long_integers_as_floats(item) for key, item in value.items()}
    if type(value) is int and not -(2**63) <= value < 2**64:
        return float(value)
    return value


def agrees(text: str) -> bool:
    """Whether the strict parser reads the same, types and signs of zeros included."""
    found = quick(text)
    if found is NotQuick:
        return True
    try:
        strict = parse_json(text)
    except ArgumentsError:
        return False
    return repr(found) == repr(with_long_integers_as_floats(strict))


spaces = st.text(" \t\n\r", max_size=2)
numbers = st.one_of(
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["-0", "-0.0", "0e9", "1E5", "1e+2", "1e400", "-1e400", "1e-400", "01", "1."]),
    st.sampled_from([str(2**53 + 1), str(2**63), str(-(2**63)), str(-(2**63) - 1), str(2**64 - 1)]),
    st.sampled_from([str(2**64), "1" * 25, "9" * 308, "1" + "0" * 400, "9007199254740993.0"]),
    st.from_regex(r"-?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?", fullmatch=True).filter(
        str.isascii
    ),
)
string_parts = st.one_of(
    st.text(st.characters(exclude_characters='"\\'), max_size=3),
    st.sampled_from([":", "{", "}", "[", '\\"', "\\\\", "\\/", "\\n", "\\u003a", "\\u003A"]),
    st.sampled_from(["\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\x", "\ud800", "\x7f"]),
)
strings = st.lists(string_parts, max_size=3).map(lambda parts: f'"{"".join(parts)}"')
keys = strings | st.sampled_from(['"a"', '"b"', '"\\u0061"', '":"'])
words = st.sampled_from(["true", "false", "null", "NaN", "Infinity", "-Infinity", "nul", ""])


def containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.tuples(keys, spaces, inner).map(
        lambda member: f"{member[0]}{member[1]}:{member[2]}"
    )
    return st.one_of(
        st.tuples(st.lists(inner, max_size=4), spaces).map(
            lambda array: f"[{(',' + array[1]).join(array[0])}]"
        ),
        st.tuples(st.lists(members, max_size=4), spaces).map(
            lambda entries: f"{{{(entries[1] + ',').join(entries[0])}}}"
        ),
    )


documents = st.tuples(
    spaces, st.recursive(numbers | strings | words, containers, max_leaves=12), spaces
).map("".join)


@st.composite
def mutated_documents(draw: st.DrawFn) -> str:
    text = draw(documents)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 2)))
    new = draw(st.text('[]{}",:\\ \n0e-.\ufeff\x00', max_size=2))
    return text[:start] + new + text[end:]


@given(documents)
@example('{"a": 1, "a": "\\u003a"}')
@example('{"a": {"b": 1, "b": 2}, ":": ":"}')
@example('["\\u003a", {"a": 1, "a": 2}]')
@example('["\\\\u003a", {"a": 1, "a": 2}]')
@example('{"a": 1, "\\u0061": 2}')
def test_a_document_is_read_as_by_the_strict_parser(text: str) -> None:
    assert agrees(text)


@given(mutated_documents())
@example("\ufeff1")
@example("1\x00")
@example("\x0b1")
@example("\xa01")
def test_a_damaged_document_is_read_as_by_the_strict_parser_or_left_to_it(text: str) -> None:
    assert agrees(text)


json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_ordinary_json_is_read_quickly(value: JsonValue) -> None:
    assert repr(quick_json(json.dumps(value, ensure_ascii=False))) == repr(value)


@given(st.integers() | st.integers(-(2**1023), 2**1023))
def test_an_integer_that_no_integer_type_takes_becomes_the_nearest_float(number: int) -> None:
    fits = -(2**63) <= number < 2**64
    assert repr(quick_json(f"[{number}]")) == repr([number if fits else float(number)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1e400",
        '"\\ud800"',
        '"\ud800"',
        "NaN",
        "[1,]",
        '{"a": 1, "a": 1}',
        '[[{"b": [{"a": 1, "c": ":", "a": 2}]}]]',
        '{"a:": "::", "a:": "::"}',
        '{"a": "\\u003a"}',
        "1" * 5_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"a":' * 300 + "1" + "}" * 300,
    ],
)
def test_what_may_be_wrong_is_left_to_the_strict_parser(text: str) -> None:
    assert quick(text) is NotQuick


@pytest.mark.parametrize(
    "text", ['{"url": "http://x:1/"}', '[{":": "a: b"}]', '["\\u003a {"]', '["{\\"a\\":1}"]']
)
def test_colons_in_strings_are_no_reason_for_doubt(text: str) -> None:
    assert quick_json(text) == json.loads(text)


@pytest.mark.parametrize("depth", [10, 200, 254, 255, 300])
def test_nested_arrays_are_read_alike(depth: int) -> None:
    assert agrees("[" * depth + "]" * depth)
    assert agrees("[{}," * depth + "1" + "]" * depth)


def test_nesting_beyond_the_stack_is_left_to_the_strict_parser() -> None:
    depth = sys.getrecursionlimit() + 1_024
    assert quick("[" * depth + "]" * depth) is NotQuick

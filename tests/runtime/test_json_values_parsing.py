import json
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import ArgumentsError
from runtime.json_values import JsonValue, parse_json

json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def refusal(text: str) -> str:
    with pytest.raises(ArgumentsError) as caught:
        parse_json(text)
    assert caught.value.problems
    return caught.value.message


@given(json_values.filter(lambda value: "Infinity" not in json.dumps(value)))
def test_what_json_writes_is_read_back(value: JsonValue) -> None:
    assert parse_json(json.dumps(value)) == value


def test_white_space_around_is_no_matter() -> None:
    assert parse_json(' \n\t[1, "a  b"]\r\n') == [1, "a  b"]


def test_an_error_shows_line_column_and_a_caret_under_the_place() -> None:
    assert refusal("[1,\n 2 3]") == (
        "not valid JSON, line 2, column 4: expected ',' or a closing bracket\n     2 3]\n       ^"
    )


@pytest.mark.parametrize("text", ["", "  ", "\n\n"])
def test_where_there_is_no_text_no_line_of_it_is_shown(text: str) -> None:
    assert refusal(text) == "not valid JSON: expected a value, got nothing"


def test_what_is_missing_at_the_end_is_shown_at_the_last_line_that_is_not_empty() -> None:
    assert refusal('{"a": [1,\n\n') == (
        "not valid JSON, line 1, column 10: expected a value, but the text ends here"
        '\n    {"a": [1,\n             ^'
    )


def test_an_error_in_a_long_line_shows_the_part_around_the_place() -> None:
    message = refusal("[" + "1," * 100_000 + "x" + ",1" * 100_000 + "]")
    _, line, caret = message.splitlines()
    assert line[caret.index("^")] == "x"
    assert len(line) < 100


def test_the_problem_of_the_error_has_line_and_column_as_its_path() -> None:
    with pytest.raises(ArgumentsError) as caught:
        parse_json("[1,\n 2 3]")
    (problem,) = caught.value.problems
    assert problem.path == "line 2, column 4"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "expected a value, got nothing"),
        ("  \n", "expected a value, got nothing"),
        ("[1,2", "expected ',' or a closing bracket, but the text ends here"),
        ('{"a"', "expected ':' after the key, but the text ends here"),
        ('["abc', "this string has no closing quote"),
        ("['x']", "strings stand in double quotes"),
        ("{'x': 1}", "strings stand in double quotes"),
        ("John", 'write "John"'),
        ("[True]", "write true"),
        ("[None]", "write null"),
        ("{key: 1}", 'write "key"'),
        ("[1,]", "no ',' may stand before a closing bracket"),
        ('{"a":1,}', "no ',' may stand before a closing bracket"),
        ("1 2", "expected the end"),
        ('["a\n"]', "control characters in strings"),
        ("[01]", "expected ',' or a closing bracket"),
        ("[.5]", "expected a value"),
    ],
)
def test_an_error_says_what_is_expected(text: str, advice: str) -> None:
    assert advice in refusal(text)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinities_are_no_json_and_shown_at_their_place(constant: str) -> None:
    message = refusal(f'["{constant}", {constant}]')
    assert f"{constant} is no JSON" in message
    _, line, caret = message.splitlines()
    assert line[caret.index("^") :] == f"{constant}]"


def test_a_number_too_large_for_a_float_is_read_as_infinite() -> None:
    assert parse_json("1e999") == float("inf")


def test_a_key_that_stands_twice_is_named() -> None:
    assert "the key 'a' stands twice" in refusal('{"b": [{"a": 1, "b": 2, "a": 3}]}')


def test_a_long_or_hostile_key_is_cut_and_escaped() -> None:
    entry = '"\\u001b' + "x" * 1000 + '": 1'
    message = refusal("{" + entry + "," + entry + "}")
    assert "\\x1bxxx" in message
    assert len(message) < 150


def test_an_integer_of_too_many_digits_is_shown_at_its_place() -> None:
    message = refusal('["' + "1" * 5_000 + '", ' + "2" * 5_000 + "]")
    assert f"an integer of more than {sys.get_int_max_str_digits()} digits" in message
    _, line, caret = message.splitlines()
    assert line[caret.index("^")] == "2"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_endless_nesting_is_an_error_like_any_other(text: str) -> None:
    assert "nested too deeply" in refusal(text)


def test_errors_print_no_control_characters() -> None:
    assert "\x1b" not in refusal("[1 \x1b[2J")


def outcome(text: str) -> JsonValue | ArgumentsError:
    try:
        return parse_json(text)
    except ArgumentsError as error:
        return error


STRICTER = ("is no JSON", "stands twice")
"""What parse_json refuses and the standard library does not."""


@given(st.text(alphabet='[]{}",:\\ntrufalsN1e-. \n' + string.ascii_letters, max_size=30))
def test_any_text_is_either_json_for_the_standard_library_too_or_refused(text: str) -> None:
    result = outcome(text)
    try:
        expected = json.loads(text)
    except ValueError:
        assert isinstance(result, ArgumentsError)
    else:
        if isinstance(result, ArgumentsError):
            assert any(reason in result.message for reason in STRICTER)
        else:
            assert result == expected

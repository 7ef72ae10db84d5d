import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.bench.scan import Scan, fill_in, parse_scan
from mrepl.usage import UsageError


def test_a_scan_is_a_name_and_its_values() -> None:
    assert parse_scan("size=10,1000") == Scan("size", ("10", "1000"))
    assert parse_scan("who= John , Jane Roe") == Scan("who", ("John", "Jane Roe"))


@pytest.mark.parametrize(
    "text", ["", "size", "size=", "size=1,,2", "=1", "1st=1", "a b=1", "{a}=1"]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no name with its values"):
        parse_scan(text)


def test_the_value_itself_takes_the_place_of_its_placeholder() -> None:
    assert fill_in('[{n}, {"a": {n}}, "to {n}"]', "n", "10") == '[10, {"a": 10}, "to 10"]'


@given(st.integers(0, 3000))
def test_a_string_has_as_many_characters_as_asked(size: int) -> None:
    assert len(json.loads(fill_in("[{string:size}]", "size", str(size)))[0]) == size


@given(st.integers(0, 3000))
def test_an_array_has_as_many_bytes_as_asked(size: int) -> None:
    numbers = json.loads(fill_in("{bytes:size}", "size", str(size)))
    assert numbers == [number % 256 for number in range(size)]


def test_objects_are_no_placeholders() -> None:
    text = '{"name": {"n": 1}, "m": {}}'
    assert fill_in(text, "n", "10") == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{sise}]", r"no value for the placeholder {sise}; did you mean 'size'\? \(there is"),
        ("[{string:x}]", r"no value for the placeholder {string:x} \(there is: {size}\)"),
        ("[{byts:size}]", r"{byts:size} is of no known kind; did you mean 'bytes'\?"),
    ],
)
def test_a_wrong_placeholder_is_explained(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fill_in(text, "size", "1")


@pytest.mark.parametrize("value", ["-1", "1.5", "ten", "67108865", "9" * 30, "²", ""])
def test_a_size_is_a_whole_number_within_reason(value: str) -> None:
    with pytest.raises(UsageError, match=r"is no size for {string:size} \(a whole number from 0"):
        fill_in("{string:size}", "size", value)

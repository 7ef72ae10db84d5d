import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.text.json_text import compact_json, pretty_json
from runtime import JsonValue

_VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=40,
)


@given(_VALUES)
def test_both_layouts_can_be_pasted_back(value: JsonValue) -> None:
    assert json.loads(compact_json(value)) == value
    assert json.loads(pretty_json(value)) == value


@given(_VALUES)
def test_what_fits_is_laid_out_on_one_line(value: JsonValue) -> None:
    compact = compact_json(value)
    if len(compact) <= 80:
        assert pretty_json(value) == compact
        if len(compact) <= 72:
            assert pretty_json(value, 8) == compact
    elif isinstance(value, (list, dict)):
        assert "\n" in pretty_json(value)


@given(st.lists(st.integers(-1000, 1000)))
def test_arrays_of_numbers_fill_lines_of_80_columns(values: list[int]) -> None:
    lines = pretty_json([*values]).split("\n")
    assert all(len(line) <= 80 for line in lines)
    assert all(len(line) > 70 for line in lines[1:-2])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([], "[]"),
        ({}, "{}"),
        ("Hi", '"Hi"'),
        (None, "null"),
        ([1, [True, None], {"a": 0.5}], '[1, [true, null], {"a": 0.5}]'),
    ],
)
def test_small_values_stand_on_one_line(value: JsonValue, text: str) -> None:
    assert pretty_json(value) == text


def test_large_objects_have_one_member_a_line() -> None:
    value: JsonValue = {
        "name": "x" * 60,
        "tags": ["first", "second"],
        "parts": [{"id": 1, "text": "y" * 70}, {}],
    }
    assert pretty_json(value) == (
        "{\n"
        f'  "name": "{"x" * 60}",\n'
        '  "tags": ["first", "second"],\n'
        '  "parts": [\n'
        "    {\n"
        '      "id": 1,\n'
        f'      "text": "{"y" * 70}"\n'
        "    },\n"
        "    {}\n"
        "  ]\n"
        "}"
    )


def test_nothing_in_a_string_acts_on_a_terminal() -> None:
    assert compact_json("\x1b[2J\x9b\u202e\x7f") == '"\\u001b[2J\\u009b\\u202e\\u007f"'
    assert pretty_json({"\x9b": "ü"}) == '{"\\u009b": "ü"}'


def test_what_is_nested_deeply_takes_no_more_room_than_its_size() -> None:
    value: JsonValue = "the innermost string, which is so long that its objects do not fit one line"
    for _ in range(150):
        value = {"children": [value]}
    text = pretty_json(value)
    assert json.loads(text) == value
    assert len(text) < 30_000

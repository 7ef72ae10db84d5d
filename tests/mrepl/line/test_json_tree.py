import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.line.json_tree import Expects, JsonTree, NodeKind, json_value, read_json
from runtime import JsonValue

_VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def _read(text: str) -> JsonTree:
    return read_json(text, placeholders=False)


@given(_VALUES, st.sampled_from([None, 1]))
def test_json_is_read_as_the_standard_library_reads_it(
    value: JsonValue, indent: int | None
) -> None:
    tree = _read(json.dumps(value, indent=indent))
    assert tree.stuck_at is None
    assert tree.expects is Expects.NOTHING
    assert tree.root is not None
    assert tree.root.is_complete
    assert json_value(tree.root) == value


@given(_VALUES, st.data())
def test_every_beginning_of_json_makes_sense(value: JsonValue, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    beginning = text[: data.draw(st.integers(0, len(text)))]
    assert _read(beginning).stuck_at is None


@given(st.text(alphabet='[]{}",:0123456789.-+eEtrufalsn_ \n\\'))
def test_whatever_is_typed_is_read_to_its_end_or_to_a_place(text: str) -> None:
    tree = _read(text)
    assert tree.stuck_at is None or 0 <= tree.stuck_at < len(text)


@pytest.mark.parametrize(
    ("text", "expects"),
    [
        ("", Expects.VALUE),
        ("[", Expects.VALUE_OR_END),
        ("[1", Expects.COMMA_OR_END),
        ("[1,", Expects.VALUE),
        ("[[1]", Expects.COMMA_OR_END),
        ("{", Expects.KEY_OR_END),
        ('{"a', Expects.REST),
        ('{"a"', Expects.COLON),
        ('{"a":', Expects.VALUE),
        ('{"a": 1', Expects.COMMA_OR_END),
        ('{"a": 1,', Expects.KEY),
        ('"a', Expects.REST),
        ("tru", Expects.REST),
        ("-", Expects.REST),
        ("1e", Expects.REST),
        ("[1] ", Expects.NOTHING),
    ],
)
def test_what_comes_next_is_known(text: str, expects: Expects) -> None:
    assert _read(text).expects is expects


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[1 2", 3),
        ("[,", 1),
        ("[1,]", 3),
        ("{1", 1),
        ('{"a" 1', 5),
        ("[True", 1),
        ("[01", 1),
        ('["\\x"]', 1),
        ("[1}", 2),
        ("1 2", 2),
        ("'a'", 0),
    ],
)
def test_the_place_where_it_stops_to_be_json_is_known(text: str, place: int) -> None:
    assert _read(text).stuck_at == place


def test_the_last_result_may_stand_for_a_value() -> None:
    tree = _read("[1, _]")
    assert tree.root is not None
    assert [node.kind for node in tree.root.items] == [NodeKind.NUMBER, NodeKind.UNKNOWN]


def test_placeholders_may_stand_for_values_where_they_are_allowed() -> None:
    assert read_json("[{size}, {string:size}]", placeholders=True).stuck_at is None
    assert _read("[{size}]").stuck_at == 2


def test_a_key_that_stands_twice_is_found() -> None:
    text = '[{"a": 1, "b": {"a": 2}, "a": 3}]'
    key = _read(text).repeated_key
    assert key is not None
    assert key.start == text.rindex('"a"')


def test_the_arrays_and_objects_that_are_open_are_known() -> None:
    tree = _read('[{"a": [1], "b": [2, ')
    assert [node.kind for node in tree.open] == [NodeKind.ARRAY, NodeKind.OBJECT, NodeKind.ARRAY]


def test_deep_nesting_is_read_without_recursion() -> None:
    assert len(_read("[" * 100_000).open) == 100_000

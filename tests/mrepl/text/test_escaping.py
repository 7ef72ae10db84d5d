import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.text.escaping import escape_json, escape_line, escape_text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain, ü and 日本", "plain, ü and 日本"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x00\x7f\x9b", "\\u0000\\u007f\\u009b"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\u034f\u3164", "\\u034f\\u3164"),
        ("x\U000e0041", "x\\U000e0041"),  # tags: letters that nobody sees
        ("\ufff0\ufff8\ufff9\ufffb", "\\ufff0\\ufff8\\ufff9\\ufffb"),
        ("❤️ 👩‍💻 می‌خواهم", "❤️ 👩‍💻 می‌خواهم"),
    ],
)
def test_control_characters_become_visible_on_one_line(text: str, escaped: str) -> None:
    assert escape_line(text) == escaped


def test_text_keeps_its_lines_and_tabs() -> None:
    assert escape_text("a\n\tb\r\x07") == "a\n\tb\\r\\u0007"


@given(st.text(st.characters(exclude_categories=())))
def test_no_escaped_line_holds_a_control_character(text: str) -> None:
    escaped = escape_line(text)
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in escaped)
    escaped.encode("utf-8")


def test_json_has_surrogates_where_text_has_the_number() -> None:
    assert escape_json('"\U000e0041"') == '"\\udb40\\udc41"'


@given(st.text(st.characters(exclude_categories=())))
def test_escaped_json_means_the_same(text: str) -> None:
    escaped = escape_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(escaped) == text
    assert escape_line(escaped) == escaped

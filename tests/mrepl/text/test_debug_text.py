import pytest

from mrepl.text.debug_text import debug_text
from runtime import JsonValue


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "Null"),
        (True, "Bool(true)"),
        (False, "Bool(false)"),
        (1, "Number(1)"),
        (-7, "Number(-7)"),
        (1.5, "Number(1.5)"),
        (2.0, "Number(2.0)"),
        (18446744073709551615, "Number(18446744073709551615)"),
        ("", 'String("")'),
        ([], "Array([])"),
        ([1, 2, 3], "Array([Number(1), Number(2), Number(3)])"),
        ({}, "Object {}"),
        ({"k": "v", "n": [None]}, 'Object {"k": String("v"), "n": Array([Null])}'),
    ],
)
def test_values_read_as_in_the_original_shell(value: JsonValue, text: str) -> None:
    assert debug_text(value) == text


@pytest.mark.parametrize(
    ("string", "text"),
    [
        ("Qm6Amb\n", '"Qm6Amb\\n"'),
        ('say "hi"\\', '"say \\"hi\\"\\\\"'),
        ("\t\r\0", '"\\t\\r\\0"'),
        ("it's ü 日本", '"it\'s ü 日本"'),
        ("\x1b[31m\x7f\x9b", '"\\u{1b}[31m\\u{7f}\\u{9b}"'),
        ("\u202e\u2028", '"\\u{202e}\\u{2028}"'),
        ("\ud800", '"\\u{d800}"'),
    ],
)
def test_strings_are_quoted_with_rust_escapes(string: str, text: str) -> None:
    assert debug_text(string) == f"String({text})"
    assert debug_text({string: 1}) == f"Object {{{text}: Number(1)}}"

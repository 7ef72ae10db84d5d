"""Names of interfaces become identifiers, whatever modules choose."""

from keyword import iskeyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.python_names import python_names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("greeting", "greeting"),
        ("Greeting2", "Greeting2"),
        ("żółw", "żółw"),
        ("match", "match"),
        ("print", "print"),
        ("self", "self"),
        ("class", "class_"),
        ("None", "None_"),
        ("my-module", "my_module"),
        ("a b.c", "a_b_c"),
        ("1st", "_1st"),
        ("", "_"),
        ("_", "_"),
        ("🐢", "_"),
        ("_private", "private"),
        ("__class__", "class__"),
        ("__init__", "init__"),
        ("__class", "class_"),
        ("_1", "_1"),
        ("ﬁle", "file"),
        ("a\0b\n", "a_b_"),
    ],
)
def test_a_name_becomes_the_nearest_identifier(name: str, expected: str) -> None:
    assert python_names([name]) == (expected,)


def test_names_that_are_taken_get_an_underscore_or_a_number() -> None:
    assert python_names(["x", "x", "x", "x"]) == ("x", "x_", "x_2", "x_3")
    assert python_names(["a-b", "a b"]) == ("a_b", "a_b_")
    assert python_names(["x", "x_2", "x_", "x", "x"]) == ("x", "x_2", "x_", "x_3", "x_4")


def test_thousands_of_names_without_any_letter_are_told_apart() -> None:
    names = python_names(["🐢" * count for count in range(5_000)])
    assert len(set(names)) == 5_000
    assert max(map(len, names)) < 10


def test_ordinary_names_stay_whatever_stands_before_them() -> None:
    assert python_names(["class", "class_"]) == ("class_2", "class_")
    assert python_names(["a-b", "a_b"]) == ("a_b_", "a_b")


@given(st.lists(st.text(max_size=6) | st.sampled_from(["class", "__x__", "x", "x_", "_", ""])))
def test_all_names_are_different_ordinary_identifiers(names: list[str]) -> None:
    found = python_names(names)
    assert len(set(found)) == len(names)
    for name in found:
        assert name.isidentifier()
        assert not iskeyword(name)
        assert not (name.startswith("_") and name[1:2].isalpha())
        assert not (name.startswith("__") and name.strip("_"))
        assert eval(f"(lambda {name}: {name})(1)") == 1

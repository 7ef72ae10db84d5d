import pytest

from runtime.suggestions import listing, suggestion


def test_a_misspelt_name_gets_the_nearest_known_one() -> None:
    assert suggestion("greting", ["greeting", "facade"]) == "; did you mean 'greeting'?"


def test_case_does_not_matter() -> None:
    assert suggestion("GREETING", ["greeting"]) == "; did you mean 'greeting'?"


def test_a_name_unlike_all_others_gets_nothing() -> None:
    assert suggestion("xyz", ["greeting", "facade"]) == ""


def test_without_known_names_there_is_nothing_to_suggest() -> None:
    assert suggestion("greeting", []) == ""


def test_a_text_far_too_long_for_a_name_gets_nothing() -> None:
    assert suggestion("greeting" * 100_000, ["greeting" * 100_000]) == ""


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], "none"),
        (["a", "b"], "a, b"),
        ([str(number) for number in range(12)], "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        ([str(number) for number in range(14)], "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, and 2 more"),
    ],
)
def test_of_many_names_the_first_are_listed_and_the_others_counted(
    names: list[str], shown: str
) -> None:
    assert listing(names) == shown

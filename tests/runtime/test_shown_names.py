import pytest

from runtime.shown_names import shown_name, shown_word


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("greeting", "greeting"),
        ("größe_日本", "größe_日本"),
        ("", "''"),
        ("a b", "'a b'"),
        ("two\nlines", "two\\nlines"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("a\u200d\ufe0f\u3164", "a\\u200d\\ufe0f\\u3164"),
        ("a\U000e0041", "a\\U000e0041"),  # and not as the one that follows
        ("a\ue0041", "a\\ue0041"),
        ("a\ufff0\U000e0100", "a\\ufff0\\U000e0100"),
        ("n" * 121, "n" * 120 + "…"),
    ],
)
def test_a_name_is_short_on_one_line_and_like_no_other(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_names_in_backtraces_have_spaces_without_quotes() -> None:
    assert shown_word("<Vec<T> as Drop>::drop") == "<Vec<T> as Drop>::drop"

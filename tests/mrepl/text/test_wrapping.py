import io

import pytest

from mrepl.text.marked_text import Mark, plain_text
from mrepl.text.wrapping import labelled, wrapped, wrapping

LONG = "call failed with: no module 'gretng' is loaded; did you mean 'greeting'?"


def test_a_long_line_is_broken_at_words_and_continued_indented() -> None:
    assert wrapped(LONG, 40) == (
        "call failed with: no module 'gretng' is\n  loaded; did you mean 'greeting'?"
    )


def test_a_continuation_is_indented_more_than_its_line() -> None:
    assert wrapped("first:\n  args[0]: expected string, got an array", 30) == (
        "first:\n  args[0]: expected string,\n    got an array"
    )


@pytest.mark.parametrize("text", ["", "short", "a  b\tc", LONG, "two\nlines\n"])
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert wrapped(text, len(LONG)) == text


def test_excerpts_and_their_carets_stay_whole() -> None:
    excerpt = f"    {'word ' * 20}\n    {' ' * 70}^"
    assert wrapped(f"line 1, column 71: found `word`\n{excerpt}", 40).endswith(excerpt)


def test_words_that_are_too_long_stay_whole() -> None:
    path = "/a-long/path-with/hyphens" * 5
    assert f"{path}:" in wrapped(f"cannot read {path}: no such file", 40)


def test_a_label_counts_for_the_width() -> None:
    spans = labelled("warning: ", Mark.NAME, "one two three", lambda text: wrapped(text, 20))
    assert plain_text(spans) == "warning: one two\n  three\n"
    assert spans[0].mark is Mark.NAME


def test_a_label_stays_with_a_word_that_is_too_long() -> None:
    spans = labelled("error: ", Mark.ERROR, "x" * 50, lambda text: wrapped(text, 20))
    assert plain_text(spans) == f"error: {'x' * 50}\n"


def test_what_goes_to_no_terminal_is_not_broken() -> None:
    assert wrapping(io.StringIO())("word " * 100) == "word " * 100

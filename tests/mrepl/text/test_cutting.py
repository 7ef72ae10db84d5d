import pytest

from mrepl.text.cutting import cut, cut_listing
from mrepl.text.marked_text import Mark, Span


@pytest.mark.parametrize("text", ["", "a", "a\nb\nc", "x" * 240, "a\n" + "x" * 160])
def test_what_fits_is_left_whole(text: str) -> None:
    assert cut(text, 3) == (text, "")


@pytest.mark.parametrize(
    ("text", "shown", "missing"),
    [
        ("a\nb\nc\nd", "a\nb\nc", "2 more characters"),
        ("a\nb\nc\nd\ne", "a\nb\nc", "2 more lines, 4 more characters"),
        ("x" * 1241, "x" * 240, "1,001 more characters"),
        ("a\n" + "x" * 161, "a\n" + "x" * 160, "1 more character"),
        ("\n\n\n\n", "\n\n", "2 more lines, 2 more characters"),
    ],
)
def test_longer_text_is_cut_at_a_line_and_the_rest_counted(
    text: str, shown: str, missing: str
) -> None:
    assert cut(text, 3) == (shown, missing)


def test_a_listing_is_cut_within_its_parts_and_says_how_to_see_the_rest() -> None:
    listing = (Span("title\n"), Span("one\ntwo\n", Mark.CODE), Span("three\n"))
    assert cut_listing(listing, None) == cut_listing(listing, 4) == listing
    *kept, note = cut_listing(listing, 2)
    assert kept == [Span("title\n"), Span("one", Mark.CODE)]
    assert note.text.startswith("\n … 2 more lines, 10 more characters: `--pager` shows all of it")

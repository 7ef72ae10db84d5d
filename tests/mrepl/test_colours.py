import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.colours import colours_wanted
from mrepl.debug_text import debug_text
from mrepl.json_text import pretty_json
from mrepl.marked_text import Mark, Span, plain_text
from mrepl.ui.colours import coloured_text

_COLOUR = re.compile(r"\x1b\[\d+m")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_a_terminal_is_coloured_unless_it_or_the_user_objects(
    environment: dict[str, str], wanted: bool
) -> None:
    assert colours_wanted(_Terminal(), environment) is wanted


def test_files_and_pipes_are_not_coloured() -> None:
    assert not colours_wanted(io.StringIO(), {"TERM": "xterm"})


def test_json_shows_keys_strings_numbers_and_constants_apart() -> None:
    text = coloured_text((Span('{"k": ["s", -1.5e+3, true]}', Mark.VALUE),))
    key, string, number, constant = _COLOUR.findall(text)[::2]
    assert len({key, string, number, constant}) == 4
    assert f'{key}"k"\x1b[0m: [{string}"s"\x1b[0m, {number}-1.5e+3\x1b[0m, {constant}true' in text


def test_a_colour_ends_before_the_line_does() -> None:
    assert coloured_text((Span("late\n", Mark.FAINT),)) == "\x1b[2mlate\x1b[0m\n"


@given(st.text(), st.sampled_from(Mark))
def test_colours_only_add_to_the_text(string: str, mark: Mark) -> None:
    for text in (pretty_json([string, {string: 1}]), debug_text([string, {string: 1}])):
        spans = (Span(text, mark), Span("\n"))
        assert _COLOUR.sub("", coloured_text(spans)) == plain_text(spans)


def test_a_flood_is_not_coloured() -> None:
    spans = (Span("[" + "1, " * 100_000 + "1]", Mark.VALUE),)
    assert coloured_text(spans) == plain_text(spans)

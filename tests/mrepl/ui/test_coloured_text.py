import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mrepl.text.debug_text import debug_text
from mrepl.text.escaping import escape_text
from mrepl.text.json_text import pretty_json
from mrepl.text.marked_text import Mark, MarkedText, Span, plain_text
from mrepl.ui.colours import coloured_text
from runtime import JsonValue

_COLOUR = re.compile(r"\x1b\[\d+m")
_RESET = "\x1b[0m"

_CHARACTER = st.one_of(
    st.sampled_from(' \t\n"\\:[]{}019'), st.sampled_from("漢字かな한글🎉👩‍👧"), st.characters()
)
_SHORT = st.text(_CHARACTER, max_size=60)
_LONG = st.builds(lambda text, times: text * times, st.text(_CHARACTER, max_size=8), st.just(2_000))
_SPAN = st.builds(Span, st.one_of(_SHORT, _LONG).map(escape_text), st.sampled_from(Mark))


def _without_colours(text: MarkedText) -> str:
    return _COLOUR.sub("", coloured_text(text))


@given(st.lists(_SPAN, max_size=4).map(tuple))
@example((Span("\n\n", Mark.ERROR),))
@example((Span("a\tb \t\n", Mark.ERROR), Span("trailing blanks   \n" * 3, Mark.FAINT)))
@example((Span(":smile: [red]x[/red] [/] \\[b]", Mark.NAME), Span(":warning:", Mark.VALUE)))
@example((Span('"' + "漢 " * 10_000 + '"\n', Mark.VALUE),))
def test_colours_only_add_to_the_text(text: MarkedText) -> None:
    assert _without_colours(text) == plain_text(text)


@given(st.text())
def test_colours_only_add_to_values_in_both_styles(string: str) -> None:
    value: JsonValue = [string, {string: 1}]
    for text in (pretty_json(value), debug_text(value)):
        assert _without_colours((Span(text, Mark.VALUE),)) == text


def test_json_shows_keys_strings_numbers_and_constants_apart() -> None:
    text = coloured_text((Span('{"k": ["s", -1.5e+3, true]}', Mark.VALUE),))
    key, string, number, constant = _COLOUR.findall(text)[::2]
    assert len({key, string, number, constant}) == 4
    assert text == (
        f'{{{key}"k"{_RESET}: [{string}"s"{_RESET}, {number}-1.5e+3{_RESET}, '
        f"{constant}true{_RESET}]}}"
    )


def test_debug_notation_has_the_colours_of_json() -> None:
    value: JsonValue = {"k": ["s", -1.5, True, None]}
    as_json, as_debug = (
        _COLOUR.findall(coloured_text((Span(text, Mark.VALUE),)))
        for text in (pretty_json(value), debug_text(value))
    )
    assert as_debug == as_json


def test_a_string_ends_at_its_own_quote() -> None:
    text = coloured_text((Span(r'["a\\", "b\"c"]', Mark.VALUE),))
    string = _COLOUR.findall(text)[0]
    assert text == rf'[{string}"a\\"{_RESET}, {string}"b\"c"{_RESET}]'


def test_a_signature_shows_its_keyword_and_not_names_that_look_like_it() -> None:
    text = coloured_text((Span("  fn data_of(fnord: u8)\n", Mark.CODE),))
    keyword = _COLOUR.findall(text)[0]
    assert text == f"  {keyword}fn{_RESET} data_of(fnord: u8)\n"


def test_comments_of_webassembly_text_are_faint_and_strings_are_no_comments() -> None:
    text = '(import ";; \\"x" "f" (func)) ;; a "remark"\n(; over\nlines ;) (func) (; "again" ;)\n'
    code = coloured_text((Span(text, Mark.WASM),))
    string, _, _, _, comment = _COLOUR.findall(code)[:5]
    assert comment == "\x1b[2m"
    assert code == (
        f'(import {string}";; \\"x"{_RESET} {string}"f"{_RESET} (func)) '
        f'{comment};; a "remark"{_RESET}\n'
        f"{comment}(; over\nlines ;){_RESET} (func) "
        f'{comment}(; "again" ;){_RESET}\n'
    )


@pytest.mark.parametrize("mark", [Mark.NAME, Mark.FAINT, Mark.ERROR])
def test_a_colour_ends_before_the_line_does(mark: Mark) -> None:
    text = coloured_text((Span("late\n", mark),))
    assert text.startswith("\x1b[")
    assert text.endswith(f"late{_RESET}\n")


def test_only_the_terminals_own_colours_are_used() -> None:
    text = coloured_text(tuple(Span('fn {"k": ["s", 1, null]}', mark) for mark in Mark))
    normal, bold, faint, *colours = sorted({int(code) for code in re.findall(r"\[(\d+)m", text)})
    assert (normal, bold, faint) == (0, 1, 2)
    assert set(colours) <= set(range(30, 38))


def test_a_flood_is_not_coloured() -> None:
    text = (Span("[" + "1, " * 100_000 + "1]", Mark.VALUE),)
    assert coloured_text(text) == plain_text(text)

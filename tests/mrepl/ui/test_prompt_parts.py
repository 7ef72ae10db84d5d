"""Lexer and toolbar on lines that would be tedious to type in a terminal."""

import sys
from collections.abc import Iterator

import pytest
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import fragment_list_to_text

from mrepl.ran_line import RanLine
from mrepl.session import Session
from mrepl.settings import Settings
from mrepl.status_line import StatusLine
from mrepl.ui.lexer import LineLexer
from mrepl.ui.line_view import LineView
from mrepl.ui.toolbar import toolbar
from tests.support.paths import FIXTURES


@pytest.fixture(scope="module")
def view() -> Iterator[LineView]:
    session = Session(Settings(), lambda *_: None, StatusLine(sys.stderr))
    session.create_service(str(FIXTURES / "greeting" / "Config.toml"))
    yield LineView(session)
    session.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "call greeting greeting [\n\n300\n",
        "# comment\ni\n\n",
        f'call greeting greeting ["{"x" * 20_000}\n"]',
        "call greeting greeting [" * 50,
        "\x1b[31m\x00",
    ],
)
def test_colours_change_nothing_in_the_text(view: LineView, text: str) -> None:
    line = LineLexer(view).lex_document(Document(text))
    lines = [fragment_list_to_text(line(number)) for number in range(text.count("\n") + 1)]
    assert "\n".join(lines) == text


@pytest.mark.parametrize("columns", [1, 2, 3, 10, 80])
@pytest.mark.parametrize(
    "text", ["", "call ", "call greeting greeting [", "call greeting greeting [3", "x" * 20_000]
)
def test_the_toolbar_fits_the_terminal(view: LineView, text: str, columns: int) -> None:
    shown = fragment_list_to_text(toolbar(Document(text), view, columns))
    assert len(shown) <= max(columns, 2)


def test_of_several_errors_the_toolbar_tells_the_one_at_the_cursor(view: LineView) -> None:
    text = "call greeting greeting [1, 2] more"
    for cursor, start in (
        (len(text), " expected a value"),
        (text.index("2"), " args: "),
        (3, " args: "),
    ):
        shown = fragment_list_to_text(toolbar(Document(text, cursor), view, 200))
        assert shown.startswith(start)


def test_a_long_message_ends_in_dots_where_the_terminal_does(view: LineView) -> None:
    text = 'call greeting greeting [{"some": "object"}'
    shown = fragment_list_to_text(toolbar(Document(text), view, 30))
    assert shown.startswith(" args[0]: ")
    assert shown.endswith("…")


def test_the_toolbar_tells_that_the_last_command_failed(view: LineView) -> None:
    lines = view.session.lines
    for error, told in (("no such module", True), (None, False)):
        lines.append(RanLine("call m f", "call", error, 5_000_000))
        shown = fragment_list_to_text(toolbar(Document(""), view, 200))
        assert ("last command failed" in shown) is told
    lines.clear()


def test_a_mode_stands_before_all_else_in_the_toolbar(view: LineView) -> None:
    for text in ("", "call greeting greeting [", "call greeting greeting [3, 4]"):
        shown = fragment_list_to_text(toolbar(Document(text), view, 80, mode="vi: insert"))
        assert shown.startswith(" vi: insert · ")
        assert len(shown) <= 80


def test_what_the_session_offers_is_looked_at_again_after_a_command(view: LineView) -> None:
    before = view.offer
    assert view.offer is before
    view.renew()
    assert view.offer is not before

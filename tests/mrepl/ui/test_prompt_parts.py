"""Lexer and toolbar on lines that would be tedious to type in a terminal."""

import sys
from collections.abc import Iterator

import pytest
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import fragment_list_to_text

from mrepl.session import Session, Settings
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


def test_what_the_session_offers_is_looked_at_again_after_a_command(view: LineView) -> None:
    before = view.offer
    assert view.offer is before
    view.renew()
    assert view.offer is not before

import io

import pytest

from mrepl.status_line import StatusLine


class _TerminalStream(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> _TerminalStream:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "20")
    return _TerminalStream()


def test_the_line_is_drawn_and_erased(terminal: _TerminalStream) -> None:
    status = StatusLine(terminal)
    status.show("half done")
    status.erase()
    status.erase()
    assert terminal.getvalue() == "\rhalf done\x1b[K\r\x1b[K"


def test_it_fits_its_terminal_and_holds_no_controls(terminal: _TerminalStream) -> None:
    StatusLine(terminal).show("\x1b[2J" + "a" * 30)
    assert terminal.getvalue() == "\r\\u001b[2Jaaaaaaaaaa\x1b[K"


def test_what_takes_no_time_is_not_mentioned(terminal: _TerminalStream) -> None:
    status = StatusLine(terminal)
    status.working("compiling greeting")
    status.tick()
    status.done()
    assert terminal.getvalue() == ""


def test_nothing_is_written_to_what_is_no_real_terminal(
    terminal: _TerminalStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = io.StringIO()
    StatusLine(plain).show("half done")
    monkeypatch.setenv("TERM", "dumb")
    StatusLine(terminal).show("half done")
    assert (plain.getvalue(), terminal.getvalue()) == ("", "")

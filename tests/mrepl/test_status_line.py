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


def test_what_takes_longer_than_a_moment_is_told_with_its_time(terminal: _TerminalStream) -> None:
    times = iter([0.0, 0.1, 1.25])
    status = StatusLine(terminal, clock=lambda: next(times))
    status.working("compiling")
    status.tick()
    assert terminal.getvalue() == ""
    status.tick()
    assert terminal.getvalue() == "\rcompiling … 1.2 s\x1b[K"


def test_what_comes_too_soon_is_left_out(terminal: _TerminalStream) -> None:
    times = iter([0.0, 0.01, 0.2])
    status = StatusLine(terminal, clock=lambda: next(times))
    for text in ("1 %", "2 %", "3 %"):
        status.show(text)
    assert terminal.getvalue() == "\r1 %\x1b[K\r3 %\x1b[K"


def test_nothing_is_written_to_what_is_no_real_terminal(
    terminal: _TerminalStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = io.StringIO()
    StatusLine(plain).show("half done")
    monkeypatch.setenv("TERM", "dumb")
    StatusLine(terminal).show("half done")
    assert (plain.getvalue(), terminal.getvalue()) == ("", "")

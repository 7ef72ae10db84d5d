import io

import pytest

from mrepl.command import Arguments, Command, Reply
from mrepl.outcome import Failure, Outcome, run_line
from mrepl.printing import Printout, json_rendering, text_rendering
from mrepl.session import Session
from mrepl.settings import Settings
from mrepl.status_line import StatusLine
from mrepl.text.marked_text import Span, plain_text
from runtime import NoSuchModule


def _run(command: str) -> Outcome:
    def fail(_session: Session, _arguments: Arguments) -> Reply:
        raise NoSuchModule("no module 'm\x1b[2J' is loaded", module="m\x1b[2J")

    def crash(_session: Session, _arguments: Arguments) -> Reply:
        raise ZeroDivisionError("oh no")

    def warn(_session: Session, _arguments: Arguments) -> Reply:
        return Reply('"r"', lambda: (Span("line\n"),), warnings=("odd\x07",))

    commands = (
        Command("fail", "f", "fails", fail, "failing"),
        Command("crash", "c", "crashes", crash, "crashing"),
        Command("warn", "w", "warns", warn, "warning"),
    )
    return run_line(
        command, Session(Settings(), lambda *_: None, StatusLine(io.StringIO())), commands
    )


def _text(outcome: Outcome) -> Printout:
    return text_rendering(outcome, paint_stdout=plain_text, paint_stderr=plain_text)


def test_an_error_says_what_failed_and_goes_to_stderr() -> None:
    outcome = _run("fail")
    assert not outcome.ok
    assert _text(outcome) == Printout(
        stderr="failing failed with: no module 'm\\u001b[2J' is loaded\n\n"
    )


def test_a_line_that_is_no_command_is_an_error_of_usage() -> None:
    outcome = _run("faill")
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind == "UsageError"
    assert _text(outcome).stderr == "no command 'faill'; did you mean 'fail'?\n\n"


def test_a_fault_of_ours_is_one_line_that_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MREPL_TRACEBACK", raising=False)
    outcome = _run("crash")
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind == "InternalError"
    assert _text(outcome).stderr == (
        "internal error: ZeroDivisionError: oh no; this is a fault of mrepl: set "
        "MREPL_TRACEBACK=1 in the environment to see where it is\n\n"
    )


def test_on_demand_a_fault_of_ours_shows_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MREPL_TRACEBACK", "1")
    assert "Traceback (most recent call last)" in _text(_run("crash")).stderr


def test_warnings_go_to_stderr_and_results_to_stdout() -> None:
    assert _text(_run("warn")) == Printout(stdout="line\n\n", stderr="warning: odd\\u0007\n")
    printout = json_rendering(_run("warn"), paint_stderr=plain_text)
    assert printout.stdout.startswith('{"command": "warn", "ok": true, "result": "r", ')
    assert printout.stderr == "warning: odd\\u0007\n"

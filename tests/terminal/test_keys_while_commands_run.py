"""The terminal's own part: what is typed while commands run, Ctrl-Z, and what is left behind."""

import os
import shlex
import signal
import termios
import time
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES
from tests.support.program import COMMAND
from tests.support.terminal import CTRL_D, ENTER, Terminal

FAULTS = str(FIXTURES / "faults" / "Config.toml")
GREETING = str(FIXTURES / "greeting" / "Config.toml")
CTRL_Z = "\x1a"
QUIT = "\x1c"

_SHELL = ("bash", "--norc", "--noprofile", "-i")
_LOCAL_FLAGS = 3


def _wait_until_a_command_runs(terminal: Terminal) -> None:
    """The prompt takes each key as it comes; while a command runs the terminal collects lines."""
    deadline = time.monotonic() + 30
    while not termios.tcgetattr(terminal.child.child_fd)[_LOCAL_FLAGS] & termios.ICANON:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_typed_while_a_command_runs_appears_at_the_next_prompt(tmp_path: Path) -> None:
    with Terminal("-q", FAULTS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("set timeout 1")
        terminal.wait_for_line("2>")
        terminal.run("call faults endless_loop")
        _wait_until_a_command_runs(terminal)
        terminal.type("help qu")
        terminal.wait_for_line("3> help qu")
        assert terminal.drawn.count(b"help qu") <= 1
        ran = terminal.lines.index("2> call faults endless_loop")
        assert terminal.lines[ran + 1].startswith("call failed with: interrupted")
        terminal.run("it")
        terminal.wait_for_line("4>")
        assert "q/quit" in terminal.lines


def test_commands_typed_at_once_run_one_after_the_other(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path, NO_COLOR="1") as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f'call greeting greeting "x"{ENTER}help quit{ENTER}help qu')
        terminal.wait_for_line("3> help qu")
        assert 'result: "Hi, x"' in terminal.lines
        assert "q/quit" in terminal.lines
        assert [line[:2] for line in terminal.lines if "help" in line] == ["2>", "3>"]


def test_ctrl_z_suspends_the_session_and_fg_goes_on_with_the_line(tmp_path: Path) -> None:
    with Terminal(state=tmp_path, program=_SHELL, PS1="shell> ") as terminal:
        terminal.wait_for_line("shell>")
        terminal.run(shlex.join([*COMMAND, "-q", GREETING]))
        terminal.wait_for_line("1>")
        terminal.type("call greeting")
        terminal.wait_for_line("1> call greeting")
        terminal.type(CTRL_Z)
        terminal.wait_for_line("shell>")
        terminal.run("fg")
        terminal.wait_for_line("1> call greeting")
        terminal.run(' greeting "x"')
        terminal.wait_for_line("2>")
        assert 'result: "Hi, x"' in terminal.lines
        terminal.type(CTRL_D)
        terminal.wait_for_line("shell>")
        terminal.run("stty -a")
        terminal.wait_until(lambda lines: any(" echo " in line for line in lines))


def test_after_ctrl_z_during_a_command_later_ones_are_without_echo_again(tmp_path: Path) -> None:
    with Terminal(state=tmp_path, program=_SHELL, PS1="shell> ") as terminal:
        terminal.wait_for_line("shell>")
        terminal.run(shlex.join([*COMMAND, "-q", FAULTS]))
        terminal.wait_for_line("1>")
        terminal.run("set timeout 1")
        terminal.wait_for_line("2>")
        terminal.run("call faults endless_loop")
        _wait_until_a_command_runs(terminal)
        terminal.type(CTRL_Z)
        terminal.wait_for_line("shell>")
        terminal.run("fg")
        terminal.wait_for_line("3>")
        terminal.run("call faults endless_loop")
        _wait_until_a_command_runs(terminal)
        terminal.type("help qu")
        terminal.wait_for_line("4> help qu")
        assert terminal.drawn.count(b"help qu") <= 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_the_terminal_shows_what_is_typed_after_a_signal_ended_a_session(
    tmp_path: Path, number: signal.Signals
) -> None:
    with Terminal("-q", state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        assert not terminal.child.getecho()
        os.kill(terminal.child.pid, number)
        terminal.child.wait()
        assert terminal.child.signalstatus == number
        assert terminal.child.getecho()


def test_the_terminal_shows_what_is_typed_after_its_quit_key_ended_a_command(
    tmp_path: Path,
) -> None:
    with Terminal("-q", FAULTS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("call faults endless_loop")
        _wait_until_a_command_runs(terminal)
        terminal.type(QUIT)
        terminal.child.wait()
        assert terminal.child.signalstatus == signal.SIGQUIT
        assert terminal.child.getecho()


def test_the_terminal_shows_what_is_typed_after_a_session(tmp_path: Path) -> None:
    with Terminal("-q", state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(CTRL_D)
        terminal.child.wait()
        assert terminal.child.getecho()

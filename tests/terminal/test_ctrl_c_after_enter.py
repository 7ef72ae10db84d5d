"""Ctrl-C that comes with Enter, or just after it: a command that it is meant for never runs on."""

from pathlib import Path

import pytest

from tests.support.paths import FIXTURES
from tests.support.terminal import CTRL_C, ENTER, Terminal

FAULTS = str(FIXTURES / "faults" / "Config.toml")
PROMPT_AGAIN = {"1>": 1, "2>": 2}


@pytest.mark.parametrize("terminal_type", ["xterm-256color", "dumb"])
@pytest.mark.parametrize("milliseconds", [None, 0, 1, 2, 4, 8])
def test_it_takes_the_line_back_or_ends_the_call(
    tmp_path: Path, milliseconds: int | None, terminal_type: str
) -> None:
    with Terminal("-q", FAULTS, state=tmp_path, TERM=terminal_type) as terminal:
        terminal.wait_for_line("1>")
        if milliseconds is None:
            terminal.type(f"call faults endless_loop{ENTER}{CTRL_C}")
        else:
            terminal.run("call faults endless_loop")
            terminal.child.delaybeforesend = milliseconds / 1000
            terminal.type(CTRL_C)
        terminal.wait_until(lambda lines: "^C" in lines and lines[-1] in PROMPT_AGAIN)
        number = PROMPT_AGAIN[terminal.lines[-1]]
        terminal.run("call faults divide [6, 3]")
        terminal.wait_for_line(f"{number + 1}>")
        assert "result: 2" in terminal.lines
        assert b"Traceback" not in terminal.drawn

"""Editing: several lines, history, emacs and vi, the editor."""

from pathlib import Path

from tests.support.paths import FIXTURES
from tests.support.terminal import CTRL_D, ENTER, ESCAPE, UP, Terminal

GREETING = str(FIXTURES / "greeting" / "Config.toml")
CTRL_R = "\x12"
CTRL_X_CTRL_E = "\x18\x05"


def test_ctrl_d_loses_no_line_under_way(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("call greeting greeting [")
        terminal.wait_for_line("..")
        terminal.type(CTRL_D + '"kept"]' + ENTER)
        terminal.wait_for_line("2>")
        assert 'result: "Hi, kept"' in terminal.lines
        terminal.type(CTRL_D)
        assert terminal.wait_for_end() == 0


def test_alt_enter_begins_a_new_line(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"help quit{ESCAPE}{ENTER}")
        terminal.wait_for_line("..")
        terminal.run('call greeting greeting "second"')
        terminal.wait_for_line("3>")
        assert 'result: "Hi, second"' in terminal.lines


def test_ctrl_r_finds_an_earlier_command(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run('call greeting greeting "needle"')
        terminal.wait_for_line("2>")
        terminal.run("help quit")
        terminal.wait_for_line("3>")
        terminal.type(f"{CTRL_R}NEED")
        terminal.wait_for('3> call greeting greeting "needle"')
        terminal.type(ENTER)
        terminal.wait_for_line('3> call greeting greeting "needle"')
        terminal.type(ENTER)
        terminal.wait_for_line("4>")
        assert terminal.lines.count('result: "Hi, needle"') == 2


def test_up_finds_commands_that_begin_alike(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path, NO_COLOR="1") as terminal:
        terminal.wait_for_line("1>")
        terminal.run("help call")
        terminal.wait_for_line("2>")
        terminal.run("stats")
        terminal.wait_for_line("3>")
        terminal.type("he" + UP)
        terminal.wait_for_line("3> help call")


def test_a_command_of_several_lines_comes_back_whole(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("call greeting greeting [")
        terminal.wait_for_line("..")
        terminal.run('"twice"]')
        terminal.wait_for_line("2>")
        terminal.type(UP)
        terminal.wait_until(
            lambda lines: lines[-2:] == ["2> call greeting greeting [", '.. "twice"]']
        )
        terminal.type(ENTER)
        terminal.wait_for_line("3>")
        assert terminal.lines.count('result: "Hi, twice"') == 2


def test_vi_keys_edit_the_line_once_they_are_set(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("set editing vi")
        terminal.wait_for_line("2>")
        terminal.wait_for_toolbar("vi: insert")
        terminal.type("help quti")
        terminal.wait_for_line("2> help quti")
        terminal.type(ESCAPE)
        terminal.wait_for_toolbar("vi: normal")
        terminal.type("bcw")
        terminal.wait_for_line("2> help")
        terminal.type("call")
        terminal.wait_for_line("2> help call")
        terminal.type(ENTER)
        terminal.wait_for_line("3>")
        terminal.run("set editing emacs")
        terminal.wait_for_line("4>")


def test_the_line_can_be_edited_in_an_editor(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho \'call greeting greeting "edited"\' > "$1"\n')
    editor.chmod(0o755)
    with Terminal("-q", GREETING, state=tmp_path, EDITOR=str(editor), VISUAL="") as terminal:
        terminal.wait_for_line("1>")
        terminal.type("call")
        terminal.wait_for_line("1> call")
        terminal.type(CTRL_X_CTRL_E)
        terminal.wait_for_line('1> call greeting greeting "edited"')
        terminal.type(ENTER)
        terminal.wait_for_line("2>")
        assert 'result: "Hi, edited"' in terminal.lines

"""Sessions in a real terminal: what a user types and sees."""

import re
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES
from tests.support.terminal import CTRL_C, CTRL_D, ENTER, UP, Terminal

GREETING = str(FIXTURES / "greeting" / "Config.toml")
FAULTS = str(FIXTURES / "faults" / "Config.toml")

_DURATION = re.compile(r"\d+(\.\d+)?(s|ms|µs|ns)$")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _steady(lines: list[str]) -> list[str]:
    """The lines with durations and ids that are the same every time."""
    return [_UUID.sub("ID", _DURATION.sub("TIME", line)) for line in lines]


def test_a_session_starts_runs_commands_and_ends_with_ctrl_d(tmp_path: Path) -> None:
    with Terminal(GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("i")
        terminal.wait_for_line("2>")
        terminal.run('call greeting greeting ["a  b"]')
        terminal.wait_for_line("3>")
        terminal.run("call greeting greting []")
        terminal.wait_for_line("4>")
        assert _steady(terminal.lines[:14]) == [
            "Welcome to the Marine REPL (version 0.1.0)",
            "Minimal supported versions",
            "  sdk: 0.6.0",
            "  interface-types: 0.20.0",
            "app service was created with service id = ID",
            "elapsed time TIME",
            "1> i",
            "Loaded modules interface:",
            "greeting:",
            "  fn greeting(name: string) -> string",
            '2> call greeting greeting ["a  b"]',
            'result: "Hi, a  b"',
            " elapsed time: TIME",
            "3> call greeting greting []",
        ]
        assert terminal.lines[14].startswith("call failed with: module 'greeting' has no public")
        terminal.type(CTRL_D)
        assert terminal.wait_for_end() == 0


def test_quit_ends_a_session(tmp_path: Path) -> None:
    with Terminal("-q", state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("q")
        assert terminal.wait_for_end() == 0


def test_a_service_that_cannot_be_created_ends_it(tmp_path: Path) -> None:
    with Terminal("-q", "nowhere.toml", state=tmp_path) as terminal:
        assert terminal.wait_for_end() == 2
        assert terminal.lines[0].startswith("app service creation failed with: ")


def test_ctrl_c_clears_the_line(tmp_path: Path) -> None:
    with Terminal("-q", state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type("call nonsense")
        terminal.wait_for_line("1> call nonsense")
        terminal.type(CTRL_C)
        terminal.wait_for_line("1>")
        terminal.run("s")
        terminal.wait_for_line("2>")
        assert "rejected allocations: 0" in terminal.lines


def test_open_brackets_continue_the_line(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("call greeting greeting [")
        terminal.wait_for_line("..")
        terminal.run('  "over three lines"')
        terminal.wait_for_line("..")
        terminal.run("]")
        terminal.wait_for_line("2>")
        assert 'result: "Hi, over three lines"' in terminal.lines


def test_pasted_commands_run_one_after_the_other(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type('\x1b[200~# pasted\ncall greeting greeting [\n"one"\n]\ns\x1b[201~' + ENTER)
        terminal.wait_for_line("3>")
        assert 'result: "Hi, one"' in terminal.lines
        assert "rejected allocations: 0" in terminal.lines


def test_each_of_several_commands_stands_above_its_output(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type("\x1b[200~call greeting greeting [\n1]\nhelp quit\x1b[201~" + ENTER)
        terminal.wait_for_line("3>")
        pasted = ["1> call greeting greeting [", ".. 1]", ".. help quit"]
        first = terminal.lines.index(pasted[0])
        assert terminal.lines[first : first + 5] == [*pasted, *pasted[:2]]
        assert terminal.lines[first + 5].startswith("call failed with: ")
        second = terminal.lines.index("2> help quit")
        assert terminal.lines[second + 1] == "q/quit"


def test_enter_inside_a_string_runs_the_command(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run('call greeting greeting ["open')
        terminal.wait_for_line("2>")
        assert any(line.startswith("call failed with: ") for line in terminal.lines)


def test_lines_behind_a_string_that_is_not_closed_do_not_run(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type('\x1b[200~call greeting greeting ["a\nquit\n"]\nquit\x1b[201~' + ENTER)
        terminal.wait_for_line("2>")
        failures = [line for line in terminal.lines if "failed" in line]
        assert len(failures) == 1


def test_history_is_there_in_the_next_session(tmp_path: Path) -> None:
    for number in (1, 2):
        with Terminal("-q", GREETING, state=tmp_path) as terminal:
            terminal.wait_for_line("1>")
            if number == 1:
                terminal.run('call greeting greeting ["remembered"]')
            else:
                terminal.type(UP)
                terminal.wait_for_line('1> call greeting greeting ["remembered"]')
                terminal.type(ENTER)
            terminal.wait_for_line("2>")
            assert 'result: "Hi, remembered"' in terminal.lines
            terminal.type(CTRL_D)
            assert terminal.wait_for_end() == 0


def test_without_a_place_for_history_a_session_still_works(tmp_path: Path) -> None:
    (tmp_path / "mrepl").touch()
    with Terminal("-q", state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        assert any(line.startswith("the history is not kept: ") for line in terminal.lines)
        terminal.run("s")
        terminal.wait_for_line("2>")
        terminal.type(UP)
        terminal.wait_for_line("2> s")


def test_what_a_module_sends_cannot_steer_the_terminal(tmp_path: Path) -> None:
    escaped = "\\u001b[31mred\\u001b[0m\\u001b]0;title\\u0007"
    with Terminal("-q", FAULTS, state=tmp_path, NO_COLOR="1") as terminal:
        terminal.wait_for_line("1>")
        terminal.run("call faults escape_sequences")
        terminal.wait_for_line("2>")
        assert any(line.startswith(f'result: "{escaped}') for line in terminal.lines)
        terminal.run("call faults print_escape_sequences")
        terminal.wait_for_line("3>")
        terminal.run("call faults print_escape_sequences_to_stderr")
        terminal.wait_for_line("4>")
        assert sum(line.startswith(escaped) for line in terminal.lines) == 2
        assert b"\x1b[31m" not in terminal.drawn
        assert b"\x1b]" not in terminal.drawn


def test_log_messages_cannot_steer_the_terminal(tmp_path: Path) -> None:
    config = str(FIXTURES / "logger" / "Config.toml")
    with Terminal("-q", config, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run('call logger log [2, 0, "a\\u001b]0;title\\u0007"]')
        terminal.wait_for_line("2>")
        assert "[logger] WARNING a\\u001b]0;title\\u0007" in terminal.lines


def test_stray_mouse_reports_do_no_harm(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run('call greeting greeting \x1b[31m"x"')
        terminal.wait_for_line("2>")
        assert 'result: "Hi, x"' in terminal.lines


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_results_are_coloured_unless_the_user_objects(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    plain = b'result: "Hi, x"'
    for extra, coloured in (({}, True), (variables, False)):
        with Terminal("-q", GREETING, state=tmp_path, **extra) as terminal:
            terminal.wait_for("1>")
            terminal.run('call greeting greeting "x"')
            terminal.wait_for("2>")
            assert (plain not in terminal.drawn) is coloured


def test_calls_go_on_when_the_engine_changes(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        for number, engine in enumerate(("fused", "interp", "fused")):
            terminal.wait_for_line(f"{3 * number + 1}>")
            terminal.run(f"set engine {engine}")
            terminal.wait_for_line(f"{3 * number + 2}>")
            terminal.run(f'call greeting greeting ["{number}"]')
            terminal.wait_for_line(f"{3 * number + 3}>")
            assert f'result: "Hi, {number}"' in terminal.lines
            terminal.run("s")
        terminal.wait_for_line("10>")
        engines = [line for line in terminal.lines if line in ("engine: fused", "engine: interp")]
        assert engines == ["engine: fused", "engine: interp", "engine: fused"]


def test_the_comments_of_glue_are_faint_unless_the_user_objects(tmp_path: Path) -> None:
    for extra, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with Terminal("-q", GREETING, state=tmp_path, **extra) as terminal:
            terminal.wait_for_line("1>")
            terminal.run("it greeting --glue")
            terminal.wait_for_line("2>")
            assert any(";;" in line for line in terminal.lines)
            assert (b"\x1b[2m;;" in terminal.drawn) is coloured


def test_a_command_given_with_c_prints_no_colours_even_on_a_terminal(tmp_path: Path) -> None:
    call = 'call greeting greeting "x"'
    with Terminal("-q", GREETING, "-c", call, "-c", "i", state=tmp_path) as terminal:
        assert terminal.wait_for_end() == 0
        assert 'result: "Hi, x"' in terminal.lines
        assert b"\x1b" not in terminal.drawn

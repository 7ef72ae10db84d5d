"""Completion, the toolbar and underlined errors, as a user sees them."""

import re
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES
from tests.support.terminal import CTRL_C, ENTER, TAB, Terminal

GREETING = str(FIXTURES / "greeting" / "Config.toml")
RECORDS = str(FIXTURES / "records" / "Config.toml")


def test_tab_completes_command_module_function_and_arguments(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"cal{TAB}")
        terminal.wait_for_line("1> call")
        terminal.type(f"{TAB}")
        terminal.wait_for_line("1> call greeting")
        terminal.type(f"{TAB}")
        terminal.wait_for_line("1> call greeting greeting")
        terminal.type(f"{TAB}")
        terminal.wait_for_line('1> call greeting greeting [""]')
        terminal.run("from a skeleton")
        terminal.wait_for_line("2>")
        assert 'result: "Hi, from a skeleton"' in terminal.lines


def test_what_is_typed_takes_the_place_of_a_skeletons_number(tmp_path: Path) -> None:
    with Terminal("-q", RECORDS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"call records_passing_pure test_record_ref {TAB}")
        terminal.wait_for('{"field_0": 0, "field_1": ""')
        terminal.type("57")
        terminal.wait_for('{"field_0": 57, "field_1": ""')


def test_ctrl_c_clears_a_line_with_a_skeleton_at_once(tmp_path: Path) -> None:
    with Terminal("-q", RECORDS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"call records_passing_pure test_record_ref {TAB}")
        terminal.wait_for('{"field_0": 0, "field_1": ""')
        terminal.type(CTRL_C)
        terminal.wait_for_line("1>")
        terminal.run("set engine")
        terminal.wait_for("engine: fused")


def test_tab_goes_to_the_next_value_where_there_is_nothing_to_complete(tmp_path: Path) -> None:
    with Terminal("-q", RECORDS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"call records_passing_pure test_record_ref {TAB}")
        terminal.wait_for('{"field_0": 0, "field_1": ""')
        terminal.type(f"57{TAB}text{TAB}1, 2{TAB}6{ENTER}")
        terminal.wait_for_line("2>")
        lines = "".join(line.removeprefix("   ") for line in terminal.lines)
        assert '[{"field_0": 57, "field_1": "text", "field_2": [1, 2], ' in lines
        assert '"test_record_0": {"field_0": 6}}]' in lines


def test_tab_opens_a_menu_where_there_is_a_choice(tmp_path: Path) -> None:
    with Terminal("-q", RECORDS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"interface rec{TAB}")
        terminal.wait_for("records_passing_pure      4 functions")
        terminal.type(f"{TAB}{TAB}")
        terminal.wait_for("1> interface records_passing_pure")
        terminal.type(ENTER)  # takes the entry, and runs nothing
        terminal.wait_for_line("1> interface records_passing_pure")
        terminal.type(ENTER)
        terminal.wait_for_line("2>")


def test_after_a_call_the_last_result_is_offered_beside_the_skeleton(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run('call greeting greeting ["x"]')
        terminal.wait_for_line("2>")
        terminal.type(f"call greeting greeting {TAB}")
        terminal.wait_for("the last result")
        terminal.type(f"once more{ENTER}")
        terminal.wait_for_line("3>")
        assert 'result: "Hi, once more"' in terminal.lines
        terminal.type(f"call greeting greeting {TAB}{TAB}")
        terminal.wait_for("3> call greeting greeting _")
        terminal.type(ENTER + ENTER)
        terminal.wait_for_line("4>")
        assert 'result: "Hi, Hi, once more"' in terminal.lines


def test_enter_takes_no_completion_that_was_not_chosen(tmp_path: Path) -> None:
    with Terminal("-q", RECORDS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"interface records_passing_{TAB}")
        terminal.wait_for("records_passing_pure      4 functions")
        terminal.type(ENTER)
        terminal.wait_for_line("2>")
        assert "interface failed with: no module 'records_passing_' is loaded" in "\n".join(
            terminal.lines
        )


def test_completion_follows_the_live_service(tmp_path: Path) -> None:
    module = FIXTURES / "greeting" / "artifacts" / "greeting.wasm"
    with Terminal("-q", state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"envs {TAB}")
        terminal.wait_for_line("1> envs")
        terminal.type("\x15")
        terminal.run(f"load fresh {module}")
        terminal.wait_for_line("2>")
        terminal.type(f"envs {TAB}")
        terminal.wait_for_line("2> envs fresh")


def test_the_toolbar_shows_the_signature_while_arguments_are_typed(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.wait_until(lambda _: terminal.toolbar.startswith("1 module · engine fused · "))
        terminal.type("call greeting greeting [")
        terminal.wait_until(lambda _: terminal.toolbar == "greeting(name: string) -> string")
        assert b"\x1b[0;1;4m" in terminal.drawn  # the parameter is bold and underlined
        terminal.type('"x"]' + ENTER)
        terminal.wait_for_line("2>")
        terminal.wait_until(lambda _: "last command" in terminal.toolbar)
        assert not any("-> string" in line for line in terminal.lines)


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}])
def test_errors_are_underlined_before_enter(tmp_path: Path, variables: dict[str, str]) -> None:
    with Terminal("-q", GREETING, state=tmp_path, **variables) as terminal:
        terminal.wait_for_line("1>")
        terminal.type("call greeting greeting [300")
        terminal.wait_until(lambda _: terminal.underlined() == "300")
        assert terminal.toolbar == "args[0]: expected string, got 300"
        terminal.type("\x7f" * 3 + "True")
        terminal.wait_until(lambda _: terminal.underlined() == "True")
        assert terminal.toolbar == "expected a value; write true"
        terminal.type("]" + ENTER)  # a wrong line can be run all the same
        terminal.wait_for_line("2>")
        assert any("not valid JSON" in line for line in terminal.lines)


def test_unknown_names_are_underlined_with_a_suggestion(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type("cal")
        terminal.wait_for_line("1> cal")
        assert terminal.underlined() == ""
        terminal.type(" ")
        terminal.wait_until(lambda _: terminal.underlined() == "cal")
        assert terminal.toolbar == "no command 'cal'; did you mean 'call'?"


def test_the_line_is_coloured_unless_the_user_objects(tmp_path: Path) -> None:
    green_string = re.compile(rb'\x1b\[[\d;]*32m"x"')
    for extra, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with Terminal("-q", GREETING, state=tmp_path, **extra) as terminal:
            terminal.wait_for_line("1>")
            terminal.type('call greeting greeting ["x"]')
            terminal.wait_for_line('1> call greeting greeting ["x"]')
            terminal.run("")
            terminal.wait_for_line("2>")
            assert bool(green_string.search(terminal.drawn)) is coloured


def test_a_dumb_terminal_gets_a_plain_prompt(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path, TERM="dumb") as terminal:
        terminal.wait_for("1>")
        terminal.type("call greeting greeting [" + ENTER)
        terminal.type('"plain"]' + ENTER)
        terminal.wait_for("2>")
        assert any('result: "Hi, plain"' in line for line in terminal.lines)
        assert terminal.toolbar == ""
        assert b"\x1b[3" not in terminal.drawn
        assert b"module" not in terminal.drawn


def test_a_terminal_may_become_narrower_than_the_prompt(tmp_path: Path) -> None:
    with Terminal("-q", RECORDS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.type(f"call records_passing_pure test_record_ref {TAB}")
        terminal.wait_until(lambda _: "…field_0: i32, " in terminal.toolbar)
        for columns in (30, 3, 1, 120):
            terminal.resize(columns)
        terminal.type("\x05, 1]" + "\x15")
        terminal.type(f"help quit{ENTER}")
        terminal.wait_for("2>")
        assert any("Close the service and leave" in line for line in terminal.lines)

"""`set`: what it shows, what it takes, and what changes."""

import json
import re
from collections.abc import Iterator

import pytest

from mrepl.command import Reply
from mrepl.shell import Shell
from tests.support.paths import FIXTURES
from tests.support.shells import text_shell

CONFIG = FIXTURES / "greeting" / "Config.toml"
FAULTS = FIXTURES / "faults" / "Config.toml"


@pytest.fixture
def shell() -> Iterator[Shell]:
    with text_shell(CONFIG) as shell:
        yield shell


def values(shell: Shell) -> dict[str, str]:
    outcome = shell.run("set")
    assert isinstance(outcome.result, Reply)
    settings: dict[str, str] = json.loads(outcome.result.result)["settings"]
    return settings


def output(shell: Shell, capsys: pytest.CaptureFixture[str], *lines: str) -> str:
    capsys.readouterr()
    for line in lines:
        shell.run(line)
    streams = capsys.readouterr()
    return streams.out + streams.err


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("style", "debug"),
        ("engine", "interp"),
        ("timeout", "0.5"),
        ("timeout", "1234567"),
        ("timeout", "0.1234567"),
        ("timeout", "none"),
        ("timing", "off"),
        ("editing", "vi"),
        ("lines", "7"),
        ("lines", "all"),
    ],
)
def test_a_setting_keeps_what_it_is_set_to(shell: Shell, setting: str, value: str) -> None:
    before = values(shell)
    assert shell.run(f"set {setting} {value}").ok
    assert values(shell) == {**before, setting: value}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("set stile debug", "no setting 'stile'; did you mean 'style'? (there are: style, engine"),
        ("set style debugg", "no style 'debugg'; did you mean 'debug'? (there are: json, debug)"),
        ("set engine fast", "no engine 'fast'"),
        ("set timeout 0", "no timeout '0': expected a number of seconds above 0, or none"),
        ("set timeout soon", "no timeout 'soon'"),
        ("set timeout nan", "no timeout 'nan'"),
        ("set timeout inf", "no timeout 'inf'"),
        ("set timing maybe", "no timing 'maybe' (there are: on, off)"),
        ("set editing emacsen", "no editing 'emacsen'; did you mean 'emacs'?"),
        ("set lines 0", "no lines '0': expected a number of lines, at least 1, or all"),
        ("set lines -3", "no lines '-3'"),
        ("set lines ٣", "no lines '٣'"),
        ("set lines 9999999999", "no lines '9999999999'"),
        ("help set stile", "no setting 'stile'; did you mean 'style'?"),
        ("help call engine", "only `help set` and `help guide` take one word more"),
    ],
)
def test_what_cannot_be_set_is_told_with_what_can(
    shell: Shell, capsys: pytest.CaptureFixture[str], line: str, problem: str
) -> None:
    before = values(shell)
    assert problem in output(shell, capsys, line)
    assert values(shell) == before


def test_the_style_holds_from_the_next_result_on(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = output(shell, capsys, "set style debug", 'call greeting greeting ["John"]')
    assert 'result: String("Hi, John")\n' in shown


def test_without_timing_no_line_tells_a_time(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run("set timing off")
    shown = output(
        shell,
        capsys,
        'call greeting greeting ["John"]',
        "call -nr greeting greeting [1]",
        'call -nr greeting greeting ["John"]',
        "reload greeting",
        f"load again {FIXTURES / 'greeting' / 'artifacts' / 'greeting.wasm'}",
        "new",
        "history",
    )
    assert "elapsed" not in shown
    assert re.search(r"\d(ns|µs|ms|s)\b", shown) is None
    assert '  call greeting greeting ["John"]\n' in shown
    assert "call succeeded\n" in shown


def test_a_time_limit_holds_for_the_service_that_runs_and_for_new_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with text_shell(FAULTS) as shell:
        endless = "call faults endless_loop"
        shell.run("set timeout 0.02012345")
        assert "time limit of 0.02012345 s" in output(shell, capsys, endless)
        assert "time limit of 0.02012345 s" in output(shell, capsys, f"new {FAULTS}", endless)


def test_results_are_cut_after_as_many_lines_as_was_set(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    call = f'call greeting greeting ["{"x" * 400}"]'
    assert "`show` gives all of it" not in output(shell, capsys, call)
    assert "`show` gives all of it" in output(shell, capsys, "set lines 2", call)


def test_every_setting_has_a_help_page(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    for name in values(shell):
        shown = output(shell, capsys, f"help set {name}")
        assert shown.startswith(f"set {name} [value]\n\n")
        assert f"\n  set {name}\n" in shown
        assert max(map(len, shown.splitlines())) <= 80

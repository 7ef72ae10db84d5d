"""`help guide`: the guide's pages, wherever the program is installed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import mrepl
from mrepl.command import Reply
from mrepl.settings import Settings
from mrepl.shell import Shell
from tests.support.shells import text_shell

PAGES = {path.stem: path for path in (Path(mrepl.__file__).parent / "guide").glob("*.md")}


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with text_shell(None) as shell:
        yield shell


def shown(shell: Shell, capsys: pytest.CaptureFixture[str], line: str) -> str:
    capsys.readouterr()
    assert shell.run(line).ok
    return capsys.readouterr().out


def test_the_pages_are_listed_with_their_titles(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown(shell, capsys, "help guide").splitlines()
    assert [line.split()[0] for line in lines[2:-3]] == sorted(PAGES)
    assert "security        What a module can and cannot do" in lines


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_page_is_shown_as_it_is_written(
    shell: Shell, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    page = PAGES[name].read_text(encoding="utf-8")
    assert shown(shell, capsys, f"help guide {name}") == f"{page}\n"


def test_a_terminals_width_changes_what_is_shown_and_not_the_json(
    shell: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mrepl.handlers.help.terminal_width", lambda _stream: 50)
    page = PAGES["trace"].read_text(encoding="utf-8")
    capsys.readouterr()
    reply = shell.run("help guide trace").result
    assert isinstance(reply, Reply)
    assert json.loads(reply.result) == {"text": page}
    text = capsys.readouterr().out
    assert text != f"{page}\n"
    assert text.split() == page.split()


def test_guide_may_be_left_out_but_commands_come_first(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(shell, capsys, "help security").startswith("# What a module can and cannot do\n")
    assert shown(shell, capsys, "help call").startswith("c/call <module>")


def test_a_long_page_is_cut_as_long_results_are(capsys: pytest.CaptureFixture[str]) -> None:
    with text_shell(None, Settings(result_lines=10)) as shell:
        assert "more characters: `--pager` shows all of it" in shown(shell, capsys, "help security")
        assert "more characters" not in shown(shell, capsys, "help security --pager")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("help securty", "no command 'securty'; did you mean 'security'?"),
        ("help guide securty", "the guide has no page 'securty'; did you mean 'security'?"),
        ("help guide zzz", "the guide has no page 'zzz'; `help guide` lists them"),
        ("help security x", "only `help set` and `help guide` take one word more"),
        ("help guide ../guide/call", "the guide has no page '../guide/call'"),
    ],
)
def test_a_page_that_is_not_there_is_told(
    shell: Shell, capsys: pytest.CaptureFixture[str], line: str, problem: str
) -> None:
    capsys.readouterr()
    assert not shell.run(line).ok
    assert problem in capsys.readouterr().err

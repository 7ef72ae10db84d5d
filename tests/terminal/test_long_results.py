"""Results that are longer than a screen, in a real terminal."""

import json
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES
from tests.support.terminal import Terminal

ARRAYS = str(FIXTURES / "arrays" / "Config.toml")


@pytest.fixture
def call(tmp_path: Path) -> str:
    """A call whose result takes 300 lines."""
    path = tmp_path / "names.json"
    path.write_text(json.dumps([[[f"{number} {'x' * 60}"] for number in range(300)]]))
    return f"call arrays echo_nested_string @{path}"


def test_a_long_result_is_cut_and_says_how_to_see_the_rest(tmp_path: Path, call: str) -> None:
    with Terminal("-q", ARRAYS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run(call)
        terminal.wait_for_line("2>")
        lines = terminal.lines
        note = next(line for line in lines if line.startswith(" … "))
        assert "more lines" in note
        assert "`show` gives all of it" in "".join(lines)
        assert len(lines) < 50
        terminal.run("show")
        terminal.wait_for_line("3>")
        assert any(line.strip().startswith('["299 ') for line in terminal.lines)


def test_full_shows_all_of_it_at_once(tmp_path: Path, call: str) -> None:
    with Terminal("-q", ARRAYS, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run(f"{call} --full")
        terminal.wait_for_line("2>")
        assert any(line.strip().startswith('["299 ') for line in terminal.lines)
        assert not any(line.startswith(" … ") for line in terminal.lines)


def test_the_pager_gets_all_of_it(tmp_path: Path, call: str) -> None:
    paged = tmp_path / "paged"
    with Terminal("-q", ARRAYS, state=tmp_path, PAGER=f"cat > {paged}; echo seen") as terminal:
        terminal.wait_for_line("1>")
        terminal.run(call)
        terminal.wait_for_line("2>")
        terminal.run("show --pager")
        terminal.wait_for_line("3>")
        assert "seen" in terminal.lines
    assert paged.read_text().count(f" {'x' * 60}") == 300


def test_other_long_listings_go_to_the_pager_too(tmp_path: Path) -> None:
    paged = tmp_path / "paged"
    with Terminal("-q", ARRAYS, state=tmp_path, PAGER=f"cat > {paged}; echo seen") as terminal:
        terminal.wait_for_line("1>")
        terminal.run("it arrays --glue --pager")
        terminal.wait_for_line("2>")
        assert "seen" in terminal.lines
    assert "(module" in paged.read_text()

"""Messages that are longer than a line, in a real terminal of 80 columns."""

from pathlib import Path

from tests.support.paths import FIXTURES
from tests.support.program import run_mrepl
from tests.support.terminal import Terminal

GREETING = str(FIXTURES / "greeting" / "Config.toml")
MISTAKE = "call a_module_that_was_never_loaded greeting []"
FIRST_LINE = "call failed with: no module 'a_module_that_was_never_loaded' is loaded (loaded:"


def test_an_error_is_broken_at_words(tmp_path: Path) -> None:
    with Terminal("-q", GREETING, state=tmp_path) as terminal:
        terminal.wait_for("1>")
        terminal.run(MISTAKE)
        terminal.wait_until(lambda lines: "  greeting)" in lines)
        lines = terminal.lines
    at = lines.index(FIRST_LINE)
    assert lines[at + 1] == "  greeting)"


def test_in_a_script_an_error_stays_on_one_line() -> None:
    done = run_mrepl("-q", GREETING, "-c", MISTAKE)
    assert done.stderr == f"{FIRST_LINE} greeting)\n\n"

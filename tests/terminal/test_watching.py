"""`--watch` in a real terminal: modules are built anew while their user types."""

from pathlib import Path

from tests.support.terminal import ENTER, Terminal
from tests.support.versions import asking, counting, write_modules


def test_a_changed_module_is_reloaded_under_a_half_typed_line(tmp_path: Path) -> None:
    config = write_modules(tmp_path, source=counting(1), facade=asking("source"))
    with Terminal("-q", "--watch", str(config), state=tmp_path / "state") as terminal:
        terminal.wait_for_line("1>")
        terminal.type("call facade version")
        terminal.wait_for_line("1> call facade version")
        (tmp_path / "source.wasm").write_bytes(counting(2))
        terminal.wait_for("source.wasm changed: reloaded source, facade in ")
        terminal.wait_for_line("1> call facade version")
        terminal.type(ENTER)
        terminal.wait_for("result: 2")


def test_a_module_that_cannot_be_reloaded_is_told_and_the_old_one_answers(tmp_path: Path) -> None:
    config = write_modules(tmp_path, source=counting(1))
    with Terminal("-q", "--watch", str(config), state=tmp_path / "state") as terminal:
        terminal.wait_for_line("1>")
        (tmp_path / "source.wasm").write_bytes(b"not Wasm")
        terminal.wait_for("source.wasm changed: reload failed with: ")
        terminal.wait_for_line("1>")
        terminal.run("call source version")
        terminal.wait_for("result: 1")

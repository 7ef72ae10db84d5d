"""Ctrl-C in a real terminal while something runs."""

import errno
import os
import time
from pathlib import Path

import pytest

from tests.support.modules import ABI, function_item, module
from tests.support.terminal import CTRL_C, Terminal

_ENDLESS = f"""
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  {ABI}
  (data (i32.const 64) "running\\n")
  (func (export "run") (export "{{start}}")
    (i32.store (i32.const 32) (i32.const 64))
    (i32.store (i32.const 36) (i32.const 8))
    (drop (call $fd_write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 40)))
    (loop $forever (br $forever)))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
)
"""
"""Says that it runs, and goes on forever."""

_NUMBERS = [("left", "I32"), ("right", "I32")]


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A directory with two configs: one module with an endless function, one that never starts."""
    items = [function_item("run", []), function_item("add", _NUMBERS, "I32")]
    for name, start in (("endless", "other"), ("endless_start", "_start")):
        wasm = module(_ENDLESS.format(start=start), items)
        (tmp_path / f"{name}.wasm").write_bytes(wasm)
        config = f'modules_dir = "."\n[[module]]\n    name = "{name}"\n'
        (tmp_path / f"{name}.toml").write_text(config, encoding="utf-8")
    return tmp_path


def test_it_ends_a_call_and_the_session_goes_on(service: Path) -> None:
    with Terminal("-q", str(service / "endless.toml"), state=service) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("call endless run")
        terminal.wait_for_line("running")
        terminal.type(CTRL_C)
        terminal.wait_for_line("2>")
        assert "call failed with: interrupted: the call was stopped" in terminal.lines
        terminal.run("call endless add [1, 2]")
        terminal.wait_for_line("3>")
        assert "result: 3" in terminal.lines


def test_it_ends_a_load_and_the_session_goes_on(service: Path) -> None:
    with Terminal("-q", str(service / "endless.toml"), state=service) as terminal:
        terminal.wait_for_line("1>")
        terminal.run(f"load again '{service / 'endless_start.wasm'}'")
        terminal.wait_for_line("running")
        terminal.type(CTRL_C)
        terminal.wait_for_line("2>")
        assert any(line.startswith("loading failed with: ") for line in terminal.lines)
        terminal.run("call endless add [1, 2]")
        terminal.wait_for_line("3>")
        assert "result: 3" in terminal.lines


def test_it_ends_the_creation_of_the_first_service(service: Path) -> None:
    with Terminal("-q", str(service / "endless_start.toml"), state=service) as terminal:
        terminal.wait_for_line("running")
        terminal.type(CTRL_C)
        assert terminal.wait_for_end() == 130
        assert any(line.startswith("app service creation failed with: ") for line in terminal.lines)


def test_it_ends_the_creation_of_another_service(service: Path) -> None:
    with Terminal("-q", str(service / "endless.toml"), state=service) as terminal:
        terminal.wait_for_line("1>")
        terminal.run(f"new '{service / 'endless_start.toml'}'")
        terminal.wait_for_line("running")
        terminal.type(CTRL_C)
        terminal.wait_for_line("2>")
        terminal.run("call endless add [1, 2]")
        terminal.wait_for_line("3>")
        assert "result: 3" in terminal.lines


def test_it_leaves_when_a_command_cannot_be_ended(service: Path) -> None:
    pipe = service / "pipe.toml"
    os.mkfifo(pipe)
    with Terminal("-q", state=service) as terminal:
        terminal.wait_for_line("1>")
        terminal.run(f"new '{pipe}'")
        writer = _open_when_read(pipe)  # writes nothing, so that reading never ends
        try:
            terminal.type(CTRL_C)
            terminal.wait_until(lambda _: terminal.drawn.endswith(b"^C\r\n"))
            terminal.type(CTRL_C)
            terminal.wait_for_line(
                "still waiting for the command to end; Ctrl-C again leaves mrepl"
            )
            terminal.type(CTRL_C)
            assert terminal.wait_for_end() == 130
        finally:
            os.close(writer)


def _open_when_read(pipe: Path) -> int:
    """A descriptor for writing to the pipe, as soon as another process reads it."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:  # there is no reader yet
            if error.errno != errno.ENXIO or time.monotonic() > deadline:
                raise
            time.sleep(0.01)

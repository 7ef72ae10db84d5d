"""Ctrl-C in a nested call, in the pager, during a reload and a trace; the terminal that closes."""

import os
import shlex
import signal
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.support.modules import ABI, extern_item, function_item, module
from tests.support.terminal import CTRL_C, Terminal

INNER = f"""(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  {ABI}
  (data (i32.const 64) "running\\n")
  (func $run (export "run")
    (i32.store (i32.const 32) (i32.const 64))
    (i32.store (i32.const 36) (i32.const 8))
    (drop (call $fd_write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 40)))
    (loop $forever (br $forever)))
  (func (export "one") (result i32) (i32.const 1))"""
ITEMS = [function_item("run", []), function_item("one", [], "I32")]
OUTER = module(
    f'(module (import "inner" "run" (func $run)) {ABI} (func (export "nested") (call $run)))',
    [extern_item("inner", ("run", [], None)), function_item("nested", [])],
)
STOPPED = "interrupted: the call was stopped"

PAGER = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: print("the pager was asked to stop", flush=True))
sys.stdin.read()
print("the pager shows it", flush=True)
while sys.__stdin__ and open("/dev/tty").readline() != "leave\\n":
    pass
"""
"""As `less`, it reads keys from the terminal, and does not leave at Ctrl-C."""


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "inner.wasm").write_bytes(module(f"{INNER})", ITEMS))
    (tmp_path / "outer.wasm").write_bytes(OUTER)
    text = 'modules_dir = "."\n[[module]]\nname = "inner"\n[[module]]\nname = "outer"\n'
    (tmp_path / "Config.toml").write_text(text)
    return str(tmp_path / "Config.toml")


def _end_with(last: list[str], lines: list[str]) -> bool:
    return lines[-len(last) :] == last


def _answers(terminal: Terminal, number: int) -> None:
    terminal.run("call inner one")
    terminal.wait_for_line(f"{number + 1}>")
    assert "result: 1" in terminal.lines
    assert b"Traceback" not in terminal.drawn


def test_twice_quickly_in_a_nested_call_and_in_a_traced_one(tmp_path: Path, config: str) -> None:
    with Terminal("-q", config, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("call outer nested")
        terminal.wait_for_line("running")
        terminal.type(CTRL_C + CTRL_C)
        terminal.wait_for_line("2>")
        assert f"call failed with: {STOPPED}" in terminal.lines
        terminal.run("trace outer nested")
        terminal.wait_until(lambda lines: lines.count("running") == 2)
        terminal.type(CTRL_C)
        terminal.wait_for_line("3>")
        _answers(terminal, 3)


def test_during_a_reload_after_which_the_old_modules_answer(tmp_path: Path, config: str) -> None:
    with Terminal("-q", config, state=tmp_path) as terminal:
        terminal.wait_for_line("1>")
        endless = module(f'{INNER} (export "_start" (func $run)))', ITEMS)
        (tmp_path / "inner.wasm").write_bytes(endless)
        terminal.run("reload")
        terminal.wait_for_line("running")
        terminal.type(CTRL_C)
        terminal.wait_for_line("2>")
        assert any(line.startswith("reload failed with: _start of") for line in terminal.lines)
        _answers(terminal, 2)


def test_in_the_pager_it_is_the_pagers(tmp_path: Path, config: str) -> None:
    (tmp_path / "pager.py").write_text(PAGER)
    pager = shlex.join([sys.executable, str(tmp_path / "pager.py")])
    with Terminal("-q", config, state=tmp_path, PAGER=pager) as terminal:
        terminal.wait_for_line("1>")
        terminal.run("interface --pager")
        terminal.wait_for_line("the pager shows it")
        for times in (1, 2, 3):
            terminal.type(CTRL_C)
            asked = ["the pager was asked to stop"] * times
            terminal.wait_until(partial(_end_with, asked))
        terminal.type("leave\n")
        terminal.wait_for_line("2>")
        _answers(terminal, 2)


@pytest.mark.parametrize("command", [None, "call outer nested"])
def test_a_session_ends_when_its_terminal_closes(
    tmp_path: Path, config: str, command: str | None
) -> None:
    terminal = Terminal("-q", config, state=tmp_path)
    terminal.wait_for_line("1>")
    if command is not None:
        terminal.run(command)
        terminal.wait_for_line("running")
    terminal.child.ptyproc.fileobj.close()  # not its number, which others may have by the end
    _, status = os.waitpid(terminal.child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGHUP

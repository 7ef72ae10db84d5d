"""Ctrl-C while modules are imported: Python may hold locks, and cannot raise everywhere."""

import signal
import sys
from pathlib import Path

import pytest

from tests.support.program import run_process
from tests.support.terminal import Terminal

_PROGRAM = """
import signal, sys

module, program = sys.argv[1:3]
del sys.argv[1:3]

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            signal.raise_signal(signal.SIGINT)
            print("imported all the same", file=sys.stderr)

sys.meta_path.insert(0, Finder())
from mrepl import entry_points
sys.exit(getattr(entry_points, program)())
"""


@pytest.mark.parametrize(
    ("module", "program"), [("mrepl.cli", "mrepl"), ("mrepl.marine.cli", "marine")]
)
def test_it_ends_a_program_at_once_without_a_word(module: str, program: str) -> None:
    done = run_process(sys.executable, "-c", _PROGRAM, module, program, "--help")
    assert (done.stdout, done.stderr) == ("", "")
    assert done.returncode == -signal.SIGINT


def test_it_ends_a_session_when_the_prompt_is_imported(tmp_path: Path) -> None:
    command = (sys.executable, "-c", _PROGRAM)
    arguments = ("mrepl.ui.interactive", "mrepl", "-q")
    with Terminal(*arguments, program=command, state=tmp_path) as terminal:
        assert terminal.wait_for_end() == 130
        assert b"imported all the same" in terminal.drawn
        assert b"Traceback" not in terminal.drawn

"""What modules print goes to a program's own stdout and stderr, unless it takes it elsewhere."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from runtime.own_output import OwnOutput
from tests.support.paths import FIXTURES, PROJECT

PRINTING = f"""
from runtime import Service
with Service(modules=[{str(FIXTURES / "faults" / "artifacts" / "faults.wasm")!r}]) as service:
    service.call("faults", "print_escape_sequences")
"""


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """A terminal's two ends: `_shown` reads at the first what is written to the second."""
    ends = pty.openpty()
    yield ends
    os.close(ends[0])


def _shown(terminal: tuple[int, int]) -> str:
    os.close(terminal[1])  # nothing more comes
    shown = b""
    with suppress(OSError):  # by which Linux tells the end
        while piece := os.read(terminal[0], 10_000):
            shown += piece
    return shown.decode().replace("\r\n", "\n")


def test_a_programs_terminal_gets_no_control_characters(terminal: tuple[int, int]) -> None:
    command = [sys.executable, "-c", PRINTING]
    subprocess.run(command, cwd=PROJECT, stdout=terminal[1], check=True, timeout=60)
    shown = _shown(terminal)
    assert "\x1b" not in shown
    assert "\\u001b" in shown


def test_a_programs_pipe_gets_every_byte() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTING], cwd=PROJECT, capture_output=True, check=True, timeout=60
    )
    assert b"\x1b" in done.stdout


def test_on_a_terminal_a_character_may_come_in_two_pieces(terminal: tuple[int, int]) -> None:
    output = OwnOutput()
    output("m", terminal[1], "ü\u202e".encode()[:1])
    output("other", terminal[1], b"|\xff")
    output("m", terminal[1], "ü\u202e".encode()[1:])
    assert _shown(terminal) == "|\\xffü\\u202e"


def test_output_that_the_system_takes_in_parts_arrives_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write  # as for a socket, or when a signal comes in between
    monkeypatch.setattr(os, "write", lambda number, data: write(number, data[:1000]))
    with (tmp_path / "output").open("wb") as file:
        OwnOutput()("m", file.fileno(), b"0123456789" * 1_000)
    assert (tmp_path / "output").read_bytes() == b"0123456789" * 1_000

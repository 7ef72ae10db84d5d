"""What the shell does where a terminal, a reader or a service fails it, and with log messages."""

import io
import logging
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TextIO

import pytest

from mrepl.guest_output import GuestWriter
from mrepl.module_logs import show_module_logs
from mrepl.printing import Printout
from mrepl.settings import Settings
from mrepl.shell import Shell
from runtime.host.logger import MODULES_LOGGER
from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import COMMAND, environment
from tests.support.shells import text_shell

pytestmark = pytest.mark.usefixtures("printed_logs")  # afterwards logging is as it was

SHOP = str(FIXTURES / "shop" / "Config.toml")

STUCK = """
import sys, threading
from runtime import U32, host_function

@host_function
def price_of(item: str) -> U32:
    sys.stdout.write("not yet flushed")
    sys.stderr.write("stuck\\n")
    sys.stderr.flush()
    threading.Event().wait()
"""


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    monkeypatch.setenv("TERM", "xterm")
    return _Terminal()


@contextmanager
def _shell(stdout: TextIO, stderr: TextIO) -> Iterator[Shell]:
    """A shell with these streams, which prints log messages too."""
    with redirect_stdout(stdout), redirect_stderr(stderr), text_shell(None) as shell:
        show_module_logs(stderr, shell.clear_line)
        yield shell


def _log(message: str) -> None:
    logging.getLogger(f"{MODULES_LOGGER}.greeting").info(message)


def test_a_log_message_takes_the_place_of_what_is_being_done(
    terminal: _Terminal,
) -> None:
    with _shell(terminal, terminal) as shell:
        shell.session.status.show("starting greeting")
        _log("hello")
    assert terminal.getvalue().endswith("starting greeting\x1b[K\r\x1b[K[greeting] INFO hello\n")


def test_a_log_message_begins_a_line_where_a_module_left_one_open(
    terminal: _Terminal,
) -> None:
    with _shell(terminal, terminal) as shell:
        shell.session.guest_output("greeting", 1, b"half a line")
        _log("hello")
        shell.session.guest_output("greeting", 1, b", the other half\n")
        _log("and again")
    assert terminal.getvalue().splitlines() == [
        "half a line",
        "[greeting] INFO hello",
        ", the other half",
        "[greeting] INFO and again",
    ]


def test_log_messages_for_a_file_leave_the_terminal_as_it_is(
    terminal: _Terminal,
) -> None:
    with _shell(terminal, io.StringIO()) as shell:
        shell.session.guest_output("greeting", 1, b"half a line")
        _log("hello")
        shell.session.guest_output("greeting", 1, b", the other half\n")
    assert terminal.getvalue() == "half a line, the other half\n"


@pytest.mark.parametrize("with_stderr", [False, True], ids=["results", "messages"])
def test_ctrl_c_leaves_a_stuck_command_even_if_nobody_reads_the_output(
    tmp_path: Path, with_stderr: bool
) -> None:
    host = tmp_path / "stuck.py"
    host.write_text(STUCK)
    call = 'call shop sell ["tea", 1]'
    with subprocess.Popen(
        [*COMMAND, "-q", "--host", str(host), SHOP, "-c", call],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=environment(PYTHONUNBUFFERED=""),
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.readline() == "stuck\n"
            if with_stderr:
                process.stderr.close()
            for _ in range(200):
                process.send_signal(signal.SIGINT)
                try:
                    assert process.wait(0.2) == 130
                    break
                except subprocess.TimeoutExpired:
                    continue
        finally:
            process.kill()


def test_a_service_that_cannot_be_closed_keeps_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("no")

    before = set(threading.enumerate())
    shell = Shell(Settings(), lambda _: Printout(), GuestWriter(io.StringIO(), io.StringIO()))
    (worker,) = set(threading.enumerate()) - before
    monkeypatch.setattr(shell.session, "close", fail)
    with pytest.raises(OSError, match="no"):
        shell.close()
    worker.join(30)
    assert not worker.is_alive()

"""The main things a user does, in a plain tmux of 80 columns and 24 lines."""

import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import COMMAND

_PATIENCE = 30  # seconds until a wait fails; the machine may be busy

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Tmux:
    """A window of tmux with `mrepl` in it."""

    def __init__(self, socket: Path, *arguments: str) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]
        command = shlex.join(["env", f"XDG_STATE_HOME={socket.parent}", *COMMAND, *arguments])
        size = ["-x", "80", "-y", "24"]
        self._run("new-session", "-d", *size, "-c", str(PROJECT), command)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [*self._tmux, *command], check=True, capture_output=True, text=True, timeout=_PATIENCE
        )
        return done.stdout

    def send(self, *keys: str) -> None:
        """Types text, or keys by the names that tmux has for them."""
        self._run("send-keys", *keys)

    def screen(self) -> str:
        """What the window shows."""
        return self._run("capture-pane", "-p")

    def wait_for(self, text: str) -> str:
        """Waits until the window shows the text, and gives all that it shows."""
        end = time.monotonic() + _PATIENCE
        while text not in (shown := self.screen()):
            assert time.monotonic() < end, f"waited in vain for {text!r}; on the screen:\n{shown}"
            time.sleep(0.05)
        return shown

    def close(self) -> None:
        """Ends tmux and what runs in it."""
        self._run("kill-server")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    window = Tmux(tmp_path / "socket", "-q", str(FIXTURES / "benchmarks" / "Config.toml"))
    yield window
    window.close()


def test_a_call_is_completed_checked_and_run(tmux: Tmux) -> None:
    tmux.wait_for("1>")
    tmux.send("call targ", "Tab", "greeti", "Tab", "Tab")
    tmux.wait_for('1> call target greeting [""]')
    tmux.wait_for("greeting(name: string) -> string")  # the toolbar
    tmux.send("John", "Enter")
    tmux.wait_for('result: "Hi, John"')
    tmux.wait_for("2>")
    tmux.send("call target add [1, -1")
    tmux.wait_for("args[1]: expected u32 (0 to 4294967295), got -1")
    tmux.send("C-c")
    tmux.wait_for("4 modules")


def test_a_trace_and_a_measurement_fit_the_window(tmux: Tmux) -> None:
    tmux.wait_for("1>")
    tmux.send('trace target greeting ["John"]', "Enter")
    shown = tmux.wait_for("2>")
    assert 'export target.greeting(name: "John") → "Hi, John"' in shown
    assert "lifting lowering" in shown
    tmux.send('bench target greeting ["John"] --time 0.2', "Enter")
    assert "calls/s" in tmux.wait_for("3>")


def test_ctrl_c_ends_a_measurement_and_the_session_goes_on(tmux: Tmux) -> None:
    tmux.wait_for("1>")
    tmux.send('bench target greeting ["John"] --time 600 -n 1000000', "Enter")
    tmux.wait_for("Ctrl-C ends it")
    tmux.send("C-c")
    tmux.wait_for("2>")

"""The long run of a shell: a day's session in a terminal, without the pauses."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pexpect
import pyte

from tests.soak.long_run import NOTHING, LongRun, Running
from tests.support.busy_module import BUSY
from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import COMMAND, environment
from tests.support.terminal import CTRL_C, CTRL_D, ENTER, TAB, UP
from tests.support.usage import Usage
from tests.support.versions import counting

_GROWTH = Usage(resident=24, address_space=40_000, mappings=64, descriptors=4, threads=2)
"""The shell keeps the session's lines. Each of its modules takes 4 GiB of address space, or 8, and
it may have two services for a moment."""

_PATIENCE = 60.0  # seconds until a wait fails
_PROMPT = re.compile(r"(\d+)>$")


class _Screen(pyte.Screen):
    """A screen that answers when the program asks where its cursor is."""

    def __init__(self, answer: Callable[[str], object]) -> None:
        super().__init__(80, 24)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data)


class _Shell:
    """`mrepl` in a terminal, whose prompts are waited for.

    Attributes:
        child: the running program.
        lines: how many it has run.
    """

    def __init__(self, *arguments: str, state: Path) -> None:
        self.child = pexpect.spawn(
            COMMAND[0],
            [*COMMAND[1:], *arguments],
            cwd=str(PROJECT),
            env=environment(TERM="xterm-256color", XDG_STATE_HOME=str(state)),
            dimensions=(24, 80),
        )
        self._screen = _Screen(self.child.send)
        self._stream = pyte.ByteStream(self._screen)
        self.lines = 0
        self._wait_until(lambda line: _PROMPT.match(line) is not None)

    def run(self, line: str) -> None:
        """Types a line and Enter, and waits for the next prompt."""
        self.child.send(line + ENTER)
        self.next_prompt()

    def next_prompt(self) -> None:
        """Waits for the prompt after the line that was typed."""
        self.lines += 1
        self._wait_until(lambda line: line == f"{self.lines + 1}>")

    def type(self, keys: str, shown: str) -> None:
        """Types keys and waits until the line with the cursor begins with a text."""
        self.child.send(keys)
        self._wait_until(lambda line: line.startswith(shown))

    def give_up_line(self) -> None:
        """Presses Ctrl-C at a line that is not empty."""
        self.child.send(CTRL_C)
        self._wait_until(lambda line: line == f"{self.lines + 1}>")

    def end(self) -> None:
        """Ends it and checks that it ended well."""
        self.child.send(CTRL_D)
        self.child.expect(pexpect.EOF, timeout=_PATIENCE)
        self.child.close()
        if self.child.exitstatus != 0:
            raise AssertionError(f"the shell ended with {self.child.exitstatus}")

    def _wait_until(self, holds: Callable[[str], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not holds(self._screen.display[self._screen.cursor.y].rstrip()):
            left = deadline - time.monotonic()
            try:
                drawn = self.child.read_nonblocking(65_536, timeout=max(left, 0))
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                screen = "\n".join(self._screen.display)
                raise AssertionError(f"waited in vain; on the screen:\n{screen}") from error
            if b"Traceback (most recent call last)" in drawn:
                raise AssertionError(f"a traceback: {drawn.decode(errors='replace')}")
            self._stream.feed(drawn)


def _steps(shell: _Shell, directory: Path) -> Iterator[Callable[[], object]]:
    """What a user does, step by step, for ever: about forty lines, then from the start."""
    greeting, changing = FIXTURES / "greeting" / "Config.toml", directory / "changing.wasm"

    def lines(*texts: str) -> Iterator[Callable[[], object]]:
        for text in texts:
            yield partial(shell.run, text)

    def complete() -> None:
        shell.type("call greeting gr" + TAB, f"{shell.lines + 1}> call greeting greeting")
        shell.give_up_line()

    def call_again() -> None:
        shell.type(UP, f"{shell.lines + 1}> ")
        shell.child.send(ENTER)
        shell.next_prompt()

    def interrupt() -> None:
        # Before the call runs, Ctrl-C would be a key like others, and wait for the next prompt.
        shell.type("call busy endless" + ENTER, "x")
        shell.child.send(CTRL_C)
        shell.next_prompt()

    version = 0

    def change() -> None:
        nonlocal version
        version += 1
        changing.write_bytes(counting(version % 100))

    while True:
        change()
        yield from lines(
            f"new {greeting}",
            f"load busy {directory / 'busy.wasm'}",
            f"load changing {changing}",
        )
        for _ in range(4):
            yield change
            yield from lines(
                "i",
                "reload",
                "call changing version",
                'call greeting greeting ["a user"]',
                'call greeting greeting [1, "two"]',
                "call busy double 4",
                "call busy recurse 1",
                "call nothing here []",
                "calll",
                'trace greeting greeting ["a user"]',
                "stats",
            )
            yield complete
            yield call_again
            yield interrupt
        yield from lines(
            'bench -n 20 --time 0.01 greeting greeting ["x"]',
            "show",
            "info greeting",
            "it greeting",
            "set engine interp",
            "call busy next",
            "set engine fused",
            "history 5",
            "help call",
            "unload busy",
            "load missing nowhere.wasm",
        )


@contextmanager
def day() -> Iterator[Running]:
    """A session: every kind of line, errors and keys."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "busy.wasm").write_bytes(BUSY)
        shell = _Shell("-q", state=directory)
        try:
            steps = _steps(shell, directory)

            def work(times: int) -> None:
                goal = shell.lines + times
                while shell.lines < goal:
                    next(steps)()

            yield Running(work, shell.child.pid)
            shell.end()
        finally:
            shell.child.close(force=True)


RUN = LongRun("shell", "lines", 5_000, day, 1_000, _GROWTH, NOTHING)

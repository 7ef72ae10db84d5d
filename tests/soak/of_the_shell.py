"""The long run of a shell: a day's session in a terminal, without the pauses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.long_run import NOTHING, LongRun, WorkUnderWay
from tests.support.busy_module import BUSY
from tests.support.paths import FIXTURES
from tests.support.terminal import CTRL_C, CTRL_D, ENTER, TAB, UP, Terminal
from tests.support.usage import Usage
from tests.support.versions import counting

_GROWTH = Usage(resident=24, address_space=40_000, mappings=64, descriptors=4, threads=2)
"""The shell keeps the session's lines. Each of its modules takes 4 GiB of address space, or 8, and
it may have two services for a moment."""


class _Shell:
    """`mrepl` in a terminal, whose prompts are waited for.

    Attributes:
        terminal: the terminal.
        lines: how many it has run.
    """

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.lines = 0
        self._wait_for_prompt()

    def run(self, line: str) -> None:
        """Types a line and Enter, and waits for the next prompt."""
        self.terminal.run(line)
        self.next_prompt()

    def next_prompt(self) -> None:
        """Waits for the prompt after the line that was typed."""
        self.lines += 1
        self._wait_for_prompt()

    def type(self, keys: str, shown: str) -> None:
        """Types keys and waits until the line with the cursor begins with a text."""
        self.terminal.type(keys)
        self.terminal.wait_for_cursor_line(lambda line: line.startswith(shown))

    def give_up_line(self) -> None:
        """Presses Ctrl-C at a line that is not empty."""
        self.terminal.type(CTRL_C)
        self._wait_for_prompt()

    def end(self) -> None:
        """Ends it and checks that it ended well."""
        self.terminal.type(CTRL_D)
        status = self.terminal.wait_for_end()
        if status != 0:
            raise AssertionError(f"the shell ended with {status}")

    def _wait_for_prompt(self) -> None:
        """Waits for the prompt, and checks what was drawn until it came."""
        self.terminal.wait_for_cursor_line(lambda line: line == f"{self.lines + 1}>")
        drawn = bytes(self.terminal.drawn)
        if b"Traceback (most recent call last)" in drawn:
            raise AssertionError(f"a traceback: {drawn.decode(errors='replace')}")
        self.terminal.drawn.clear()


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
        shell.run("")

    def interrupt() -> None:
        # Before the call runs, Ctrl-C would take the line back, which has no number then.
        shell.type("call busy endless" + ENTER, "x")
        shell.terminal.type(CTRL_C)
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
def day() -> Iterator[WorkUnderWay]:
    """A session: every kind of line, errors and keys."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "busy.wasm").write_bytes(BUSY)
        with Terminal("-q", state=directory) as terminal:
            shell = _Shell(terminal)
            steps = _steps(shell, directory)

            def work(times: int) -> None:
                goal = shell.lines + times
                while shell.lines < goal:
                    next(steps)()

            yield WorkUnderWay(work, terminal.child.pid)
            shell.end()


RUN = LongRun("shell", "lines", 5_000, day, 1_000, _GROWTH, NOTHING)

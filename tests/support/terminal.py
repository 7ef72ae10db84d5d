"""A terminal that runs `mrepl`: what is typed goes to it, what it draws can be read."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pyte

from tests.support.paths import PROJECT
from tests.support.program import COMMAND, environment

_PATIENCE = 60  # seconds until a wait fails; the machine may be busy

CTRL_C = "\x03"
CTRL_D = "\x04"
ENTER = "\r"
ESCAPE = "\x1b"
TAB = "\t"
UP = "\x1b[A"


class _Screen(pyte.HistoryScreen):
    """A screen that answers when the program asks the terminal where its cursor is."""

    def __init__(self, answer: Callable[[str], object]) -> None:
        super().__init__(80, 24, history=1000, ratio=1.0)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data)


class Terminal:
    """A terminal of 24 lines and 80 columns, and `mrepl` in it; a context manager.

    Attributes:
        child: the running program.
        screen: what it shows now.
        drawn: every byte it wrote so far; who wants less may clear it.
    """

    def __init__(
        self, *arguments: str, state: Path, program: Sequence[str] = COMMAND, **variables: str
    ) -> None:
        """Starts `mrepl`, or another program.

        Args:
            arguments: the command line.
            state: a directory for what it remembers.
            program: the beginning of the command line.
            variables: of the environment.
        """
        self.screen = _Screen(self.type)
        self._stream = pyte.ByteStream(self.screen)
        self.drawn = bytearray()
        self.child = pexpect.spawn(
            program[0],
            [*program[1:], *arguments],
            cwd=str(PROJECT),
            env=environment(
                **{"TERM": "xterm-256color", "XDG_STATE_HOME": str(state), **variables}
            ),
            dimensions=(24, 80),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.child.close(force=True)

    def type(self, keys: str) -> None:
        """Types the keys."""
        self.child.send(keys)

    def run(self, command: str) -> None:
        """Types a command and Enter."""
        self.type(command + ENTER)

    def resize(self, columns: int) -> None:
        """Gives the terminal another width."""
        self.screen.resize(columns=columns)
        self.child.setwinsize(self.screen.lines, columns)

    @property
    def toolbar(self) -> str:
        """The toolbar at the bottom of the screen; empty without one."""
        last = self.screen.display[-1]
        return last.strip() if last.startswith(" ") else ""

    def underlined(self) -> str:
        """What is underlined on the screen, the toolbar aside."""
        rows = range(self.screen.lines - 1)
        columns = range(self.screen.columns)
        cells = (self.screen.buffer[row][column] for row in rows for column in columns)
        return "".join(cell.data for cell in cells if cell.underscore)

    @property
    def lines(self) -> list[str]:
        """All lines drawn so far that are not empty, those that scrolled out of sight first.

        The prompt's toolbar, which a blank begins, is none of them.
        """
        screen = self.screen
        shown = screen.display[:-1] if self.toolbar else screen.display
        scrolled = [
            "".join(line[column].data for column in range(screen.columns))
            for line in screen.history.top
        ]
        return [line.rstrip() for line in (*scrolled, *shown) if line.strip()]

    def wait_until(self, holds: Callable[[list[str]], bool]) -> None:
        """Waits until something holds for the lines that are drawn."""
        self._wait_until(lambda: holds(self.lines))

    def wait_for_toolbar(self, text: str) -> None:
        """Waits until the toolbar holds the text."""
        self.wait_until(lambda _lines: text in self.toolbar)

    def wait_for(self, text: str) -> None:
        """Waits until a line holds the text."""
        self.wait_until(lambda lines: any(text in line for line in lines))

    def wait_for_cursor_line(self, holds: Callable[[str], bool]) -> None:
        """Waits until something holds for the line with the cursor, without trailing blanks.

        Quicker than `wait_until` where much has scrolled out of sight.
        """
        screen = self.screen
        self._wait_until(lambda: holds(screen.display[screen.cursor.y].rstrip()))

    def wait_for_line(self, text: str) -> None:
        """Waits until the last line is exactly the text, trailing blanks aside."""
        self.wait_until(lambda lines: lines[-1:] == [text])

    def wait_for_end(self) -> int:
        """Waits until the program ends and gives its exit status."""
        deadline = time.monotonic() + _PATIENCE
        try:
            while True:
                self._draw(deadline)
        except pexpect.EOF:
            self.child.close()
        assert self.child.exitstatus is not None, f"ended by signal {self.child.signalstatus}"
        return int(self.child.exitstatus)

    def _wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not holds():
            try:
                self._draw(deadline)
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                screen = "\n".join(self.lines)
                raise AssertionError(f"waited in vain; on the screen:\n{screen}") from error

    def _draw(self, deadline: float) -> None:
        """Draws what the program writes next.

        Raises:
            pexpect.TIMEOUT: the deadline has passed.
            pexpect.EOF: the program has ended.
        """
        left = deadline - time.monotonic()
        if left <= 0:
            raise pexpect.TIMEOUT("the program still writes")
        data = self.child.read_nonblocking(65536, timeout=left)
        self.drawn += data
        self._stream.feed(data)

"""What modules write to their stdout and stderr, passed on to the shell's own streams."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from runtime.terminal_text import TerminalText


class GuestWriter:
    """Passes on what modules write: to terminals with control characters escaped, else as is."""

    def __init__(self, stdout: TextIO, stderr: TextIO) -> None:
        """Takes the streams for the modules' stdout and stderr; they may be one and the same."""
        self._streams = {1: stdout, 2: stderr}
        self._terminal_text = TerminalText()
        self._open_line: TextIO | None = None

    def __call__(self, module: str, descriptor: int, data: bytes) -> None:
        """Writes what a module wrote to descriptor 1 or 2."""
        stream = self._streams[descriptor]
        try:
            if stream.isatty():
                self._write_text(stream, self._terminal_text.of(module, descriptor, data))
            else:
                stream.flush()
                stream.buffer.write(data)
                stream.buffer.flush()
        except OSError:
            return  # the stream's reader is gone; that is no fault of the module's

    def end_output(self) -> None:
        """Shows the beginnings of characters whose rest has not come, and ends an open line."""
        for descriptor, text in self._terminal_text.rest():
            with suppress(OSError):  # as above
                self._write_text(self._streams[descriptor], text)
        self.end_line()

    def end_line(self) -> None:
        """Ends a line that a module left open on a terminal, before the shell prints there."""
        if self._open_line is not None:
            self._open_line.write("\n")
            self._open_line.flush()
            self._open_line = None

    def _write_text(self, stream: TextIO, text: str) -> None:
        if text:
            stream.write(text)
            stream.flush()
            self._open_line = None if text.endswith("\n") else stream


class HoldableOutput:
    """What modules write on its way to where it is shown; for a while it can be held back."""

    def __init__(self, show: Callable[[str, int, bytes], None]) -> None:
        """Takes what shows it: the module's name, the descriptor, the bytes."""
        self._show = show
        self._held: Counter[str] | None = None

    def __call__(self, module: str, descriptor: int, data: bytes) -> None:
        """Passes on what a module wrote to descriptor 1 or 2, or counts it only."""
        if self._held is None:
            self._show(module, descriptor, data)
        else:
            self._held[module] += len(data)

    @contextmanager
    def held_back(self) -> Iterator[Counter[str]]:
        """Shows nothing inside of it; gives the bytes not shown, by module."""
        self._held = held = Counter[str]()
        try:
            yield held
        finally:
            self._held = None

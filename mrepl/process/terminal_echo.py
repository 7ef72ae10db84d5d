"""The echo of the terminal: whether it shows by itself what is typed.

In a session it does not: the prompt draws what is typed there, and keys that come while a command
runs would stand in the middle of its output. They wait for the next prompt.
"""

import os
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeAlias

_STDIN = 0
_LOCAL_FLAGS = 3  # the place in what `tcgetattr` gives

_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""They end the process unless it handles them; the last is Ctrl-\\ while a command runs."""

_Attributes: TypeAlias = list[int | list[bytes | int]]


class TerminalEcho:
    """Of the standard input; where that is no terminal, nothing happens."""

    def __init__(self) -> None:
        self._before = _attributes()

    @property
    def is_off(self) -> bool:
        """Whether the terminal shows nothing of what is typed."""
        attributes = _attributes()
        return attributes is not None and not _flags(attributes) & termios.ECHO

    def turn_off(self) -> None:
        """Turns it off, also where something else has turned it on, such as a shell at `fg`."""
        attributes = _attributes()
        if attributes is not None:
            attributes[_LOCAL_FLAGS] = _flags(attributes) & ~termios.ECHO
            _set(attributes)

    def restore(self) -> None:
        """Makes the terminal as it was in the beginning."""
        if self._before is not None:
            _set(self._before)

    @contextmanager
    def kept_off(self) -> Iterator[None]:
        """Keeps it off inside; whatever ends that, signals too, the terminal is as before then."""

        def end(number: int, _frame: FrameType | None) -> None:
            self.restore()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        handled = [each for each in _ENDING if signal.getsignal(each) is signal.SIG_DFL]
        for each in handled:
            signal.signal(each, end)
        self.turn_off()
        try:
            yield
        finally:
            self.restore()
            for each in handled:
                signal.signal(each, signal.SIG_DFL)


def _attributes() -> _Attributes | None:
    try:
        return termios.tcgetattr(_STDIN)
    except termios.error:
        return None


def _flags(attributes: _Attributes) -> int:
    flags = attributes[_LOCAL_FLAGS]
    return flags if isinstance(flags, int) else 0


def _set(attributes: _Attributes) -> None:
    try:
        if os.tcgetpgrp(_STDIN) == os.getpgrp():  # in the background it is another's, and stops us
            termios.tcsetattr(_STDIN, termios.TCSANOW, attributes)
    except (OSError, termios.error):
        return  # the terminal is gone, and there is nothing to restore

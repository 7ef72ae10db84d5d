"""One line on the terminal that says what is being done, and goes when it is done."""

import math
import shutil
import threading
from collections.abc import Callable
from time import monotonic
from typing import TextIO

from mrepl.process.colours import is_dumb
from mrepl.text.escaping import escape_line

_SHORTEST_PAUSE = 0.05
"""Seconds between two drawings; more would only cost time."""

_MOMENT = 0.4
"""Seconds that work may take before it is worth a word."""


class StatusLine:
    """The line; nothing is written where its stream is no terminal that can erase a line.

    The worker says what it does, the main thread makes the time tick; hence the lock.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        """The line of a stream, which writes nothing yet; the clock gives seconds."""
        self._stream = stream
        self._clock = clock
        self._is_wanted = stream.isatty() and not is_dumb()
        self._lock = threading.Lock()
        self._is_drawn = False
        self._drawn_at = -math.inf
        self._work = ""
        self._work_began = 0.0

    def show(self, text: str) -> None:
        """Draws the text in place of what the line said; leaves it out if it comes too soon."""
        now = self._clock()
        with self._lock:
            if now - self._drawn_at >= _SHORTEST_PAUSE:
                self._draw(text, now)

    def working(self, text: str) -> None:
        """Says what begins now; the line appears, with its time, if that takes longer."""
        with self._lock:
            self._work, self._work_began = text, self._clock()

    def tick(self) -> None:
        """Draws the work under way, and for how long it has been, once it has taken a moment."""
        now = self._clock()
        with self._lock:
            if self._work and now - self._work_began >= _MOMENT:
                self._draw(f"{self._work} … {now - self._work_began:.1f} s", now)

    def erase(self) -> None:
        """Takes the line away, until something is to be said again."""
        with self._lock:
            if self._is_drawn:
                self._write("\r\x1b[K")
                self._is_drawn = False

    def done(self) -> None:
        """Nothing is being done any more."""
        self._work = ""
        self.erase()

    def _draw(self, text: str, now: float) -> None:
        if self._is_wanted:
            columns = shutil.get_terminal_size().columns
            self._write(f"\r{escape_line(text)[: columns - 1]}\x1b[K")
            self._is_drawn = True
            self._drawn_at = now

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

"""The history of command lines, kept in the user's state directory."""

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from itertools import dropwhile, islice
from pathlib import Path

from platformdirs import user_state_path
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

_MODE = 0o600  # arguments of calls may be nobody else's business

_MOST_READ = 4 << 20
"""Bytes, from the file's end: it grows for years, and a session is to start at once."""


def history_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the history is kept: `MREPL_HISTORY`, else the user's state directory."""
    named = environment.get("MREPL_HISTORY")
    if named:
        return Path(named)
    return user_state_path("mrepl", appauthor=False) / "history"


def open_history(path: Path, notice: Callable[[str], None]) -> History:
    """The history in the file, which is made if need be; in memory where that is impossible.

    Args:
        path: the file; of a device, such as `/dev/null`, nothing is read or written.
        notice: takes one line that says why nothing is kept, if so.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A named pipe must not be waited for.
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, _MODE)
        try:
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        finally:
            os.close(descriptor)
    except OSError as error:
        notice(_not_kept(path, error.strerror))
        return InMemoryHistory()
    if not is_file:
        if str(path) != os.devnull:
            notice(_not_kept(path, "it is no ordinary file"))
        return InMemoryHistory()
    return _KeptHistory(path, notice)


class _KeptHistory(FileHistory):
    """A history file that may stop taking lines, when the disk is full for instance."""

    def __init__(self, path: Path, notice: Callable[[str], None]) -> None:
        super().__init__(path)
        self._path = path
        self._notice: Callable[[str], None] | None = notice

    def load_history_strings(self) -> Iterable[str]:
        """The commands at the file's end, the latest first; none of a file that cannot be read."""
        try:
            with self._path.open("rb") as file:
                start = max(0, file.seek(0, os.SEEK_END) - _MOST_READ)
                file.seek(start)
                text = file.read(_MOST_READ).decode(errors="replace")
        except OSError:
            return ()
        lines: Iterable[str] = text.split("\n")
        # Each line of a command begins with a plus; a time and an empty line come before it.
        if start:  # in the middle of a line, perhaps, and of a command
            lines = dropwhile(lambda line: line.startswith("+"), islice(lines, 1, None))
        commands: list[list[str]] = [[]]
        for line in lines:
            if line.startswith("+"):
                commands[-1].append(line[1:])
            elif commands[-1]:
                commands.append([])
        return ["\n".join(command) for command in reversed(commands) if command]

    def store_string(self, string: str) -> None:
        """Appends a line to the file; the first time that fails, it says so."""
        try:
            # What was typed may hold bytes that are no UTF-8.
            super().store_string(string.encode("utf-8", "replace").decode("utf-8"))
        except OSError as error:
            if self._notice is not None:
                self._notice(_not_kept(self._path, error.strerror))
                self._notice = None


def _not_kept(path: Path, reason: str | None) -> str:
    return f"the history is not kept: {path}: {reason}"

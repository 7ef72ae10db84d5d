"""The history of command lines, kept in the user's state directory."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from platformdirs import user_state_path
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

_MODE = 0o600  # arguments of calls may be nobody else's business


def history_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the history is kept: `MREPL_HISTORY`, else the user's state directory."""
    named = environment.get("MREPL_HISTORY")
    if named:
        return Path(named)
    return user_state_path("mrepl", appauthor=False) / "history"


def open_history(path: Path, notice: Callable[[str], None]) -> History:
    """The history in the file, which is made if need be; in memory where that is impossible.

    Args:
        path: the file.
        notice: takes one line that says why nothing is kept, if so.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, _MODE))
    except OSError as error:
        notice(_not_kept(path, error))
        return InMemoryHistory()
    return _KeptHistory(path, notice)


class _KeptHistory(FileHistory):
    """A history file that may stop taking lines, when the disk is full for instance."""

    def __init__(self, path: Path, notice: Callable[[str], None]) -> None:
        super().__init__(path)
        self._path = path
        self._notice: Callable[[str], None] | None = notice

    def store_string(self, string: str) -> None:
        """Appends a line to the file; the first time that fails, it says so."""
        try:
            # What was typed may hold bytes that are no UTF-8.
            super().store_string(string.encode("utf-8", "replace").decode("utf-8"))
        except OSError as error:
            if self._notice is not None:
                self._notice(_not_kept(self._path, error))
                self._notice = None


def _not_kept(path: Path, error: OSError) -> str:
    return f"the history is not kept: {path}: {error.strerror}"

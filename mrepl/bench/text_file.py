"""A file that is replaced at once: whoever reads it finds the old text or the new one."""

import os
import stat
from pathlib import Path

from mrepl.text.escaping import escape_line
from mrepl.usage import UsageError
from runtime.system_errors import reason_of


def check_writable(path: Path) -> None:
    """Finds out early whether a file can be written.

    Raises:
        UsageError: it is a directory or a device, or its directory takes no files.
    """
    try:
        directory = path.parent
        if not directory.is_dir():
            raise _unwritable(path, f"there is no directory {escape_line(str(directory))}")
        if not os.access(directory, os.W_OK):
            raise _unwritable(path, "its directory takes no files")
        if path.exists() and not path.is_file():
            raise _unwritable(path, "it is no ordinary file")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unwritable(path, reason_of(error)) from error


def replace_text_file(path: Path, text: str) -> None:
    """Writes the text, as UTF-8; a file that is there keeps its mode, a link to it stays.

    Raises:
        UsageError: it cannot be written; the old file is as it was.
    """
    try:
        target = path.resolve()
        new = target.with_name(f".mrepl-{os.getpid()}")
        try:
            new.write_text(text, encoding="utf-8", newline="")
            if target.exists():
                new.chmod(stat.S_IMODE(target.stat().st_mode))
            new.replace(target)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise _unwritable(path, reason_of(error)) from error


def _unwritable(path: Path, reason: str) -> UsageError:
    return UsageError(f"--export: cannot write {escape_line(str(path))}: {reason}")

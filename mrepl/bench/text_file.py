"""A file that is replaced at once: whoever reads it finds the old text or the new one."""

import os
import stat
import tempfile
from pathlib import Path

from mrepl.escaping import escape_line
from mrepl.usage import UsageError


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
        raise _unwritable(path, str(error)) from error


def replace_text_file(path: Path, text: str) -> None:
    """Writes the text, as UTF-8; a file that is there keeps its mode.

    Raises:
        UsageError: it cannot be written; the old file is as it was.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
        descriptor, name = tempfile.mkstemp(prefix=".mrepl-", dir=path.parent)
        try:
            with open(descriptor, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - open already
                file.write(text)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise _unwritable(path, reason) from error


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _unwritable(path: Path, reason: str) -> UsageError:
    return UsageError(f"--export: cannot write {escape_line(str(path))}: {reason}")

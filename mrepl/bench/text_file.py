"""The files of `--export`."""

import os
from pathlib import Path

from mrepl.process.replaced_file import replace_file
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
    """Writes the text, as UTF-8, as `replace_file` does.

    Raises:
        UsageError: it cannot be written; the old file is as it was.
    """
    try:
        replace_file(path, text.encode())
    except (OSError, ValueError) as error:
        raise _unwritable(path, reason_of(error)) from error


def _unwritable(path: Path, reason: str) -> UsageError:
    return UsageError(f"--export: cannot write {escape_line(str(path))}: {reason}")

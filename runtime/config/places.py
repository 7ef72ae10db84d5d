"""Checks of files and directories that a config names."""

import os
import stat
from pathlib import Path

from runtime.config.problems import quoted
from runtime.system_errors import reason_of


def why_not_file(path: Path) -> str | None:
    """Why the path is no file that can be looked at, or None if it is one."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"{quoted(path)}: {reason_of(error).lower()}"
    return f"{quoted(path)} is a directory, not a file" if stat.S_ISDIR(mode) else None


def why_not_directory(path: Path) -> str | None:
    """Why the path is no directory that can be looked at, or None if it is one."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"{quoted(path)}: {reason_of(error).lower()}"
    return None if stat.S_ISDIR(mode) else f"{quoted(path)} is a file, not a directory"


def why_not_executable(path: Path) -> str | None:
    """Why the path cannot be run as a program, or None if it can as far as can be seen."""
    reason = why_not_file(path)
    if reason is None and not os.access(path, os.X_OK):
        return f"{quoted(path)} is not executable"
    return reason


def why_not_creatable(path: Path) -> str | None:
    """Why the path neither is a directory nor can become one, or None if it can.

    Permissions to create it are not looked at.
    """
    for place in (path, *path.parents):
        try:
            mode = place.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            if place.is_symlink():
                return f"{quoted(place)} is a symbolic link to nowhere"
        except OSError as error:
            return f"{quoted(place)}: {reason_of(error).lower()}"
        else:
            return None if stat.S_ISDIR(mode) else f"{quoted(place)} is a file, not a directory"
    return f"{quoted(path)}: no part of it exists"

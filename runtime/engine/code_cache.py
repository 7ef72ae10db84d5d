"""Machine code of modules on disk: a module is compiled once for all processes of a user.

wasmtime has such a cache too, but it loads what it finds there unchecked: one damaged byte can end
the process. Here code is used only if it has the checksum that stands before it. It is read rather
than mapped, which would keep a descriptor of each module open.
"""

import hashlib
import os
import platform
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache, partial
from pathlib import Path

from platformdirs import user_cache_path

from runtime.engine.raw import library_file

_MOST_BYTES = 512 * 1024 * 1024
_LEFT_BYTES = 384 * 1024 * 1024
_BLOCK = 4096  # what a file takes at least
_SECONDS_BETWEEN_CLEANINGS = 3600
_CLEANED = "cleaned"  # its time is that of the last cleaning
_CHECKSUM_SIZE = 32


def code_key(binary: bytes, *, kind: str) -> str:
    """Under what code is kept.

    Args:
        binary: the module that was compiled.
        kind: of the engine that the code is for.
    """
    return f"{hashlib.sha256(binary).hexdigest()}-{_engine()}-{kind}"


@cache
def _engine() -> str:
    """The machine and the engine's release: others that share a home have code of their own.

    The release goes by the size of its library: to ask for its version takes 15 ms. Should two be
    alike, each refuses the other's code.
    """
    return f"{platform.machine()}-{library_file.stat().st_size}"


def find_code(key: str) -> bytes | None:
    """The code that was kept under a key.

    Returns:
        the code, whole and unchanged, or None, as where others can write to its file. Whether it
        is for this engine and machine is not known: the engine checks that.
    """
    directory = _directory()
    if directory is None:
        return None
    place = directory / key
    try:
        with place.open("rb") as file:
            if not _is_ours_alone(os.fstat(file.fileno())):
                return None
            checksum, code = file.read(_CHECKSUM_SIZE), file.read()
    except OSError:
        return None
    if hashlib.sha256(code).digest() != checksum:
        return None
    with suppress(OSError):  # as where the home is read-only by now
        os.utime(place)
    return code


def keep_code(key: str, code: bytes) -> None:
    """Keep code under a key, where that is possible: not on a full disk or in a read-only home."""
    directory = _directory()
    if directory is None:
        return
    with suppress(OSError):
        _write(directory / key, hashlib.sha256(code).digest(), code)
        _clean(directory)


def code_directory() -> Path | None:
    """Where code is kept, whether or not that is there yet; None without a home."""
    directory = user_cache_path("mrepl") / "compiled"
    return directory if directory.is_absolute() else None


@lru_cache(maxsize=1)
def _directory() -> Path | None:
    """The user's own directory for code, or None: what others can write to must not be run."""
    directory = code_directory()
    if directory is None:
        return None
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.stat()
    except OSError:
        return None
    return directory if _is_ours_alone(status) else None


def _is_ours_alone(status: os.stat_result) -> bool:
    """Whether a file or directory is this user's, and nobody else can write to it."""
    others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return status.st_uid == os.geteuid() and not others


def _write(place: Path, *parts: bytes) -> None:
    """Write a file that others see as a whole or not at all, and cannot write to."""
    unfinished = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(unfinished, "xb", opener=partial(os.open, mode=0o600)) as file:
            file.writelines(parts)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)


def _clean(directory: Path) -> None:
    """Remove what was not used for the longest time, if there is too much, once an hour."""
    cleaned = directory / _CLEANED
    with suppress(FileNotFoundError):
        if abs(time.time() - cleaned.stat().st_mtime) < _SECONDS_BETWEEN_CLEANINGS:
            return
    cleaned.touch(mode=0o600)
    files = sorted(_files(directory))
    total = sum(size for _, size, _ in files)
    if total <= _MOST_BYTES:
        return
    for _, size, file in files:
        if total <= _LEFT_BYTES:
            return
        with suppress(OSError):  # another process cleans too, and directories are not ours
            Path(file).unlink()
            total -= size


def _files(directory: Path) -> Iterator[tuple[float, int, str]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # another process cleans too
                status = entry.stat()
                yield status.st_mtime, status.st_size + _BLOCK, entry.path

"""A file that is replaced at once: whoever reads it finds the old bytes or the new ones."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_NO_PRIVILEGES = 0o777
"""A file that another owner gets must not run with that one's rights."""


def replace_file(path: Path, data: bytes, *, new_mode: int = 0o666) -> None:
    """Puts the bytes in a file.

    A file that is there keeps its mode and, where that is allowed, its owner; a link stays and the
    file that it leads to is replaced.

    Args:
        path: the file; it may exist.
        data: what is to be in it.
        new_mode: the mode of a new file, as far as this process gives rights away.

    Raises:
        OSError: it cannot be written; the old file is as it was.
        ValueError: there is a NUL in the path.
    """
    target = Path(os.path.realpath(path))
    if os.path.lexists(target):
        old = target.stat()
        _replace(target, data, stat.S_IMODE(old.st_mode), (old.st_uid, old.st_gid))
    else:
        _replace(target, data, new_mode & _NO_PRIVILEGES & ~_umask(), None)


def _replace(target: Path, data: bytes, mode: int, owner: tuple[int, int] | None) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".mrepl-", dir=target.parent)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - the file is open already
            file.write(data)
            file.flush()
            if owner is not None:
                try:
                    os.fchown(descriptor, *owner)
                except PermissionError:  # only root may give files away
                    mode &= _NO_PRIVILEGES
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _sync_directory(directory: Path) -> None:
    """Makes the new name last; not every file system can, and the file itself is safe already."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

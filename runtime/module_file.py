"""The .wasm file of a module: read once, and looked at again for whether it has changed."""

import stat
import time
from os import stat_result
from pathlib import Path
from typing import TypeAlias

from runtime.errors import ModuleFileError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.custom_sections import ends_early
from runtime.system_errors import reason_of

_SETTLED_NS = 2_000_000_000
"""How old a file must be for its times to tell of every later change; some systems keep them in
steps of two seconds."""

_Status: TypeAlias = tuple[int, int, int, int, int]


@frozen_dataclass
class ModuleFile:
    """A file as it was at one moment.

    Attributes:
        path: where it is.
        contents: a number that differs where contents differ; it means nothing to other processes.
        status: what the system says of the file without reading it; None where contents may change
            and this stay the same.
    """

    path: Path
    contents: int
    status: _Status | None


def read_module_file(path: Path, *, module: str) -> tuple[bytes, ModuleFile]:
    """Read a module's file.

    Args:
        path: the file.
        module: the module's name, for errors.

    Returns:
        What is in it, and the file as it was.

    Raises:
        ModuleFileError: it cannot be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            # Reading it may never end.
            raise ModuleFileError(
                f"module {module!r}: cannot read {path}: a device or pipe, not a file",
                module=module,
            )
        wasm = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unreadable(path, module, error) from None
    is_settled = time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > _SETTLED_NS
    # Bytes remember their hash, which the caches of compiled modules ask for as well.
    return wasm, ModuleFile(path, hash(wasm), _status(found) if is_settled else None)


def look_again(file: ModuleFile, *, module: str) -> ModuleFile:
    """The file as it is now; it is read only where its status may hide a change.

    Args:
        file: as it was.
        module: the module's name, for errors.

    Raises:
        ModuleFileError: it cannot be read, or ends early, as a file does that is being written.
    """
    try:
        if file.status is not None and _status(file.path.stat()) == file.status:
            return file
    except OSError as error:
        raise _unreadable(file.path, module, error) from None
    wasm, now = read_module_file(file.path, module=module)
    if ends_early(wasm):
        raise ModuleFileError(
            f"module {module!r}: {file.path} ends in the middle: it is being written, or damaged",
            module=module,
        )
    return now


def _status(found: stat_result) -> _Status:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev


def _unreadable(path: Path, module: str, error: OSError | ValueError) -> ModuleFileError:
    return ModuleFileError(
        f"module {module!r}: cannot read {path}: {reason_of(error)}", module=module
    )

"""A module's file, read and rewritten whole."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from mrepl.process.replaced_file import replace_file
from runtime.errors import ModuleError, ModuleFileError
from runtime.interface.custom_sections import custom_sections
from runtime.system_errors import reason_of

_MOST_BYTES = 2**30
"""The largest module that WebAssembly's JavaScript interface takes; others do alike."""


def read_module_file(path: Path) -> bytes:
    """The bytes of a core WebAssembly module.

    Raises:
        ModuleFileError: the file cannot be read, or is no core module in the binary format; the
            message names it.
    """
    _refuse_dash(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ModuleFileError(f"cannot read {path}: {_kind(status)}, expected a file")
        if status.st_size > _MOST_BYTES:
            raise ModuleFileError(
                f"cannot read {path}: it has {status.st_size} bytes, expected a module of at most "
                f"{_MOST_BYTES}"
            )
        wasm = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ModuleFileError(f"cannot read {path}: {reason_of(error)}") from error
    try:
        custom_sections(wasm)
    except ModuleFileError as error:
        raise ModuleFileError(f"{path}: {error}") from error
    return wasm


def write_module_file(path: Path, wasm: bytes, *, like: Path) -> None:
    """Puts a module in a file at once: whoever reads it finds the old bytes or the new ones.

    A file that is there keeps its mode and, where that is allowed, its owner; a link stays and the
    file that it leads to is replaced.

    Args:
        path: the file; it may exist.
        wasm: what is to be in it.
        like: the file whose mode a new file gets.

    Raises:
        ModuleFileError: it cannot be written; the old file is as it was.
    """
    _refuse_dash(path)
    try:
        if os.path.lexists(os.path.realpath(path)):
            old = path.stat()
            if not stat.S_ISREG(old.st_mode):
                raise ModuleFileError(f"cannot write {path}: {_kind(old)}, expected a file")
            replace_file(path, wasm)
        else:
            replace_file(path, wasm, new_mode=stat.S_IMODE(like.stat().st_mode))
    except (OSError, ValueError) as error:
        raise ModuleFileError(f"cannot write {path}: {reason_of(error)}") from error


def rewrite_module_file(path: Path, output: Path | None, change: Callable[[bytes], bytes]) -> None:
    """Reads a module, changes it and writes it.

    Args:
        path: the file to read.
        output: the file to write, as `write_module_file` does; None for `path` itself.
        change: makes the new bytes of the old ones.

    Raises:
        ModuleError: the files cannot be read or written, or `change` raised it; the message names
            the file.
    """
    wasm = read_module_file(path)
    try:
        changed = change(wasm)
    except ModuleError as error:
        error.message = f"{path}: {error.message}"
        raise
    write_module_file(path if output is None else output, changed, like=path)


def _refuse_dash(path: Path) -> None:
    """Modules are neither read from standard input nor written to standard output."""
    if str(path) == "-":
        raise ModuleFileError(
            "- is no file for a module; give the whole path of a file of this name"
        )


def _kind(status: os.stat_result) -> str:
    return "a directory" if stat.S_ISDIR(status.st_mode) else "a device, pipe or socket"

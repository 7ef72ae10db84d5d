"""What a module has open: its mapped directories, and the files in them."""

import struct
from pathlib import Path

from runtime.engine.wasi.layout import PATH_CAPACITY, PATH_LENGTH_SIZE
from runtime.frozen_dataclass import frozen_dataclass

DIRECTORY_KIND = "directory"
FILE_KIND = "file"

FILE_STATUS_SIZE = 64
"""Bytes of WASI's `filestat` structure."""

_KINDS = {
    1: "block device",
    2: "character device",
    3: DIRECTORY_KIND,
    4: FILE_KIND,
    5: "datagram socket",
    6: "stream socket",
    7: "symbolic link",
}


@frozen_dataclass
class MappedDirectory:
    """A directory of the host that a module sees.

    Attributes:
        guest: its path in the module, as configured.
        host: the directory itself.
        descriptor: the module's first number for it, or None where the module closed it.
    """

    guest: str
    host: Path
    descriptor: int | None


@frozen_dataclass
class OpenDescriptor:
    """A file or directory that a module has opened.

    Attributes:
        descriptor: the module's number for it.
        path: the mapped directory's name in the module and the path in it, as the module gave it;
            a long one is cut and ends with `…`.
        kind: `file`, `directory` or another of WASI's kinds; `unknown` where WASI does not say.
        position: where in a file the next read or write begins, in bytes; None for others.
        size: a file's size in bytes; None for others.
    """

    descriptor: int
    path: str
    kind: str
    position: int | None
    size: int | None


@frozen_dataclass
class FileSystemView:
    """What a module sees of the host's files.

    Attributes:
        directories: the mapped ones, in the order of the configuration.
        descriptors: what the module opened in them, by number.
    """

    directories: tuple[MappedDirectory, ...]
    descriptors: tuple[OpenDescriptor, ...]


def kept_path(slot: bytes) -> str:
    """The path in a slot of the private memory (`layout.py`), as text to show."""
    (length,) = struct.unpack_from("<I", slot)
    text = slot[PATH_LENGTH_SIZE:][:length].decode(errors="replace")
    return text if length <= PATH_CAPACITY else f"{text}…"


def file_status(stat: bytes) -> tuple[str, int]:
    """Kind and size out of WASI's `filestat` structure."""
    kind, size = struct.unpack_from("<16xB15xQ", stat)
    return _KINDS.get(kind, "unknown"), size

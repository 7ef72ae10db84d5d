"""One module's environment and descriptor table, as bytes for its private memory."""

import struct
from collections.abc import Iterable, Sequence

from runtime.engine.wasi.layout import (
    ENVIRONMENT,
    FIRST_DIRECTORY,
    FIRST_FILE,
    PATH_CAPACITY,
    PATH_SLOT,
    PATHS,
    VECTORS,
)
from runtime.engine.wasi.settings import WasiSettings


def configuration(
    settings: WasiSettings, directories: Sequence[tuple[str, int]], first_file: int, sink: int
) -> list[tuple[int, bytes]]:
    """What to write into the private memory of a module's shim, whose bytes are all zero.

    Args:
        settings: checked ones.
        directories: guest name and native descriptor of each, in the order of the guest's
            descriptors.
        first_file: the first native descriptor that belongs to no directory.
        sink: the number of the module's output sink.

    Returns:
        Pieces, each an address and the bytes for it; the last one lies highest.
    """
    environment = [f"{name}={value}" for name, value in settings.environment.items()]
    header, texts = _vector(environment, VECTORS)
    natives = [*range(FIRST_DIRECTORY), *(native for _, native in directories)]
    numbers = struct.pack("<II8x", first_file, sink)
    table = struct.pack(f"<{len(natives)}I", *(native + 1 for native in natives))
    return [
        (ENVIRONMENT, header),
        (FIRST_FILE, numbers + table),
        *(
            (PATHS + (FIRST_DIRECTORY + number) * PATH_SLOT, _path(name))
            for number, (name, _) in enumerate(directories)
        ),
        (VECTORS, texts),
    ]


def _vector(texts: Iterable[str], address: int) -> tuple[bytes, bytes]:
    """The header of a vector, and the bytes it speaks of, which go to the address."""
    encoded = [text.encode() + b"\0" for text in texts]
    offsets = []
    size = 0
    for text in encoded:
        offsets.append(size)
        size += len(text)
    offset_bytes = struct.pack(f"<{len(offsets)}I", *offsets)
    header = struct.pack("<4I", len(encoded), size, address, address + len(offset_bytes))
    return header, b"".join([offset_bytes, *encoded])


def _path(name: str) -> bytes:
    encoded = name.encode()
    return struct.pack("<I", len(encoded)) + encoded[:PATH_CAPACITY]

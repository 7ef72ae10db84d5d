"""A module file that a command looks into."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mrepl.marine.module_file import read_module_file
from runtime.errors import ModuleError
from runtime.interface.metadata import ModuleMetadata, read_metadata


@contextmanager
def inspected(path: Path) -> Iterator[tuple[ModuleMetadata, str]]:
    """What the module says of itself, and its name for messages.

    Raises:
        ModuleError: the file is no core WebAssembly module or says something malformed, also if
            that is found only while the context lasts; the message names the file.
    """
    wasm = read_module_file(path)
    try:
        yield read_metadata(wasm), path.stem
    except ModuleError as error:
        error.message = f"{path}: {error.message}"
        raise

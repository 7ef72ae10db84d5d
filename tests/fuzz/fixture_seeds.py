"""What the fixtures hold, as inputs to begin with."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from runtime.errors import MarineError
from runtime.interface.metadata import read_metadata
from runtime.interface.section_codec import decode_section
from tests.support.paths import FIXTURES

_LARGEST = 12_000
"""Bytes of a module; larger ones take the fuzzer too long, and have nothing else in them."""


@cache
def module_files() -> dict[str, Path]:
    """The fixtures' modules that are not large, by name."""
    found = sorted(FIXTURES.glob("**/*.wasm"))
    return {path.stem: path for path in found if path.stat().st_size < _LARGEST}


def modules() -> Iterator[bytes]:
    """The bytes of the fixtures' modules."""
    for path in module_files().values():
        yield path.read_bytes()


@cache
def sections() -> tuple[bytes, ...]:
    """The payloads of `interface-types` sections that can be decoded, each once."""
    found = dict[bytes, None]()
    for wasm in modules():
        try:
            payloads = read_metadata(wasm).interface_sections
            for payload in payloads:
                decode_section(payload)
        except MarineError:
            continue
        found.update(dict.fromkeys(payloads))
    return tuple(found)

"""Changes of a whole module that keep it a module: in its interface types, code and data."""

from contextlib import suppress
from functools import cache
from random import Random

from runtime.errors import MarineError, ValidationError
from runtime.interface.custom_sections import Section, sections, with_custom_section
from runtime.interface.leb128 import encode_unsigned
from runtime.interface.metadata import (
    INTERFACE_SECTION,
    check_versions,
    interface_payload,
    read_metadata,
)
from runtime.interface.section import InterfaceSection
from runtime.interface.section_codec import decode_section, encode_section
from tests.fuzz import fixture_seeds
from tests.fuzz.claimed_signatures import validate_as_claimed
from tests.fuzz.section_mutation import mutated_section

_CODE_SECTION = 10

_ALIKE = (
    range(0x28, 0x29), range(0x46, 0x50), range(0x51, 0x5B), range(0x5B, 0x61), range(0x61, 0x67),
    range(0x67, 0x6A), range(0x6A, 0x79), range(0x79, 0x7C), range(0x7C, 0x8B), range(0x92, 0x99),
    range(0xA0, 0xA7), (0x28, 0x2C, 0x2D, 0x2E, 0x2F), (0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35),
    (0x36, 0x3A, 0x3B), (0x37, 0x3C, 0x3D, 0x3E), (0x20, 0x23), (0x00, 0x01), (0x02, 0x03),
    (0x0C, 0x0D), (0xA8, 0xAA, 0xA9, 0xAB),
)  # fmt: skip
"""Opcodes of WebAssembly that take and give the same types: most code stays valid with another."""

_INTERESTING = (0x00, 0x01, 0x04, 0x0F, 0x10, 0x1F, 0x3F, 0x40, 0x7E, 0x7F, 0x80, 0xBF, 0xC0, 0xFF)


_TRIES = 12


@cache
def _sound_modules() -> tuple[bytes, ...]:
    """The fixtures' modules most of which can be loaded and called."""
    return tuple(wasm for wasm in fixture_seeds.modules() if _is_sound(wasm))


def _is_sound(wasm: bytes) -> bool:
    try:
        metadata = read_metadata(wasm)
        section = decode_section(interface_payload(metadata, module="m"))
        check_versions(
            module="m", sdk_version=metadata.sdk_version, interface_version=section.version
        )
        interface = validate_as_claimed(section)
    except MarineError:
        return False
    known = {"host", *fixture_seeds.module_files()}
    return bool(interface.exports) and all(each.namespace in known for each in interface.imports)


def mutate(wasm: bytes, random: Random) -> bytes:
    """A module that differs from this one in a few places."""
    if random.randrange(2):  # else most would be changes of what cannot be loaded any more
        wasm = random.choice(_sound_modules())
    with suppress(MarineError):  # when it is no module any more
        for _ in range(random.choice((1, 1, 2, 4))):
            wasm = _mutated(wasm, random)
    return wasm


def _mutated(wasm: bytes, random: Random) -> bytes:
    if not any(sections(wasm)):
        return wasm
    match random.randrange(20):
        case 0:
            return _with_sections_moved(wasm, random)
        case 1 | 2:
            return _with_other_bytes(wasm, random)
        case 3 | 4 | 5 | 6 | 7 | 8 | 9:
            return _with_other_interface(wasm, random)
    return _with_other_code(wasm, random)


def _with_other_interface(wasm: bytes, random: Random) -> bytes:
    if random.randrange(20) == 0:
        return _with_payload(wasm, random.choice(fixture_seeds.sections()))
    section = decode_section(interface_payload(read_metadata(wasm), module="m"))
    return _with_payload(wasm, _other_section(section, random))


def _other_section(section: InterfaceSection, random: Random) -> bytes:
    """A changed section, encoded; mostly one that is valid, if it can be found quickly."""
    encoded = b""
    for _ in range(random.choice((1, _TRIES, _TRIES))):
        encoded = encode_section(mutated_section(section, random))
        with suppress(ValidationError):
            validate_as_claimed(decode_section(encoded))
            break
    return encoded


def _with_payload(wasm: bytes, payload: bytes) -> bytes:
    return with_custom_section(wasm, INTERFACE_SECTION, payload)


def _with_other_code(wasm: bytes, random: Random) -> bytes:
    """Another opcode of the same type, or another number, somewhere in the code."""
    code = next((each for each in sections(wasm) if each.id == _CODE_SECTION), None)
    if code is None or code.content == code.end:
        return wasm
    for _ in range(20):
        at = random.randrange(code.content, code.end)
        alike = [byte for bytes_ in _ALIKE if wasm[at] in bytes_ for byte in bytes_]
        if alike:
            return wasm[:at] + bytes([random.choice(alike)]) + wasm[at + 1 :]
        if wasm[at - 1] in (0x41, 0x42) and wasm[at] < 0x80:  # a constant of one byte
            return wasm[:at] + bytes([random.randrange(0x80)]) + wasm[at + 1 :]
    return wasm


def _with_other_bytes(wasm: bytes, random: Random) -> bytes:
    """Other bytes in some section."""
    changed = bytearray(wasm)
    section = random.choice(list(sections(wasm)))
    if section.content == section.end:
        return wasm
    for _ in range(random.choice((1, 2, 3))):
        at = random.randrange(section.content, section.end)
        changed[at] = random.choice((*_INTERESTING, random.randrange(256)))
    return bytes(changed)


def _with_sections_moved(wasm: bytes, random: Random) -> bytes:
    """A section less, twice, or empty."""
    section = random.choice(list(sections(wasm)))
    whole = wasm[section.start : section.end]
    match random.randrange(3):
        case 0:
            return _with_whole(wasm, section, b"")
        case 1:
            return _with_whole(wasm, section, whole + whole)
    return _with_whole(wasm, section, whole[:1] + encode_unsigned(1) + b"\0")


def _with_whole(wasm: bytes, section: Section, whole: bytes) -> bytes:
    return wasm[: section.start] + whole + wasm[section.end :]

"""What a module says of itself: custom sections, versions, and what the SDK noted.

An input is a Wasm file, or else the SDK's documents, a line each.
"""

import json
from collections.abc import Iterator
from random import Random

from runtime.errors import InterfaceError, MarineError, ModuleFileError, ValidationError
from runtime.interface.custom_sections import custom_sections, ends_early, with_custom_section
from runtime.interface.generation import generate_section
from runtime.interface.metadata import check_versions, read_what_is_readable
from runtime.interface.sdk_metadata import SECTION_PREFIXES, parse_sdk_items
from runtime.interface.section_codec import decode_section, encode_section
from tests.fuzz import fixture_seeds
from tests.fuzz.module_mutation import mutate as mutate_module
from tests.fuzz.target import Target
from tests.support.paths import FIXTURES

_MAGIC = b"\0asm"

_WORDS = (
    *("__m_generated_section__", "__fce_generated_section__", "__fluence_sdk_version"),
    *("__fluence_wasm_module_manifest", "interface-types", "ast_type", "Function", "Record"),
    *("ExternMod", "signature", "arguments", "output_types", "link_name", "namespace", "imports"),
    *("Named", "Unnamed", "Unit", "Vector", "ByValue", "ByRef", "ByMutRef", "fields", "null"),
    *("\\ud800", "NaN", "1e999", "99999999999999999999"),
)


def check(data: bytes) -> None:
    """Only errors of modules come out, and a section that was put in is found again."""
    if data.startswith(_MAGIC):
        _check_module(data)
    else:
        _check_documents(data.splitlines())


def _check_module(wasm: bytes) -> None:
    try:
        metadata, _unreadable = read_what_is_readable(wasm)
        found = custom_sections(wasm)
    except ModuleFileError:
        ends_early(wasm)
        return
    try:
        check_versions(module="m", sdk_version=metadata.sdk_version, interface_version="0.27.0")
    except MarineError as error:
        assert error.module == "m"
    changed = with_custom_section(wasm, "x", b"payload")
    (put,) = (each for each in custom_sections(changed) if each.name == "x")
    assert bytes(put.payload) == b"payload"
    _check_documents(
        [bytes(each.payload) for each in found if each.name.startswith(SECTION_PREFIXES)]
    )


def _check_documents(documents: list[bytes]) -> None:
    try:
        section = generate_section(parse_sdk_items(documents))
        encoded = encode_section(section)
    except (InterfaceError, ValidationError):
        return
    assert decode_section(encoded) == section


def seeds() -> Iterator[bytes]:
    """The fixtures' modules, and the notes that others are made from."""
    yield from fixture_seeds.modules()
    for path in sorted(FIXTURES.glob("**/*.metadata.jsonl")):
        yield path.read_bytes()


def mutate(data: bytes, random: Random) -> bytes:
    """Another module, or other documents."""
    return mutate_module(data, random) if data.startswith(_MAGIC) else _documents(data, random)


def _documents(data: bytes, random: Random) -> bytes:
    """Another value somewhere in a document."""
    lines = data.splitlines()
    at = random.randrange(len(lines)) if lines else 0
    try:
        document = json.loads(lines[at])
    except (ValueError, IndexError, RecursionError):
        return data
    lines[at] = json.dumps(_changed(document, random)).encode()
    return b"\n".join(lines)


def _changed(value: object, random: Random) -> object:
    if isinstance(value, dict) and value and random.randrange(8):
        key = random.choice(list(value))
        return {**value, key: _changed(value[key], random)}
    if isinstance(value, list) and value and random.randrange(6):
        at = random.randrange(len(value))
        return [*value[:at], _changed(value[at], random), *value[at + 1 :]]
    vector = {"Vector": [value, "ByValue"]}
    return random.choice((None, 1, "", "x", "\ud800", "Unit", [], {}, [value, value], vector))


TARGET = Target(
    check,
    seeds,
    dictionary=tuple(word.encode() for word in _WORDS),
    mutate=mutate,
    longest=12_000,
)

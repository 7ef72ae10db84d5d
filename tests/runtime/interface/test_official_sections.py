"""Generation gives what the official generator gave, and refuses what it refused."""

import json
from pathlib import Path

import pytest

from runtime.errors import InterfaceError
from runtime.interface.custom_sections import custom_sections
from runtime.interface.generation import generate_section
from runtime.interface.metadata import INTERFACE_SECTION, read_metadata
from runtime.interface.sdk_metadata import SECTION_PREFIXES, parse_sdk_items
from runtime.interface.section import InterfaceSection
from runtime.interface.section_codec import decode_section, encode_section
from tests.support.modules import extern_item, function_item, vector
from tests.support.paths import FIXTURES

OFFICIAL = sorted((FIXTURES / "sdk-metadata").glob("*.wasm"))
BUILT = [
    path
    for path in sorted(FIXTURES.glob("*/artifacts/*.wasm"))
    if path.parts[-3] not in {"faults", "hostile", "hostile-names"}
]


def documents(wasm: bytes) -> list[bytes]:
    return [
        bytes(section.payload)
        for section in custom_sections(wasm)
        if section.name.startswith(SECTION_PREFIXES)
    ]


def generated(*items: str) -> InterfaceSection:
    return generate_section(parse_sdk_items(item.encode() for item in items))


def record_item(name: str, *types: object) -> str:
    fields = [{"name": f"field_{number}", "ty": kind} for number, kind in enumerate(types)]
    return json.dumps({"ast_type": "Record", "name": name, "fields": {"Named": fields}})


def record(name: str) -> object:
    return {"Record": [name, "ByValue"]}


def chain(length: int) -> list[str]:
    """Records of which each holds the next one."""
    links = [record_item(f"Link{n}", record(f"Link{n + 1}")) for n in range(length - 1)]
    return [*links, record_item(f"Link{length - 1}", {"I32": "ByValue"})]


def nested(depth: int) -> str:
    """A function with an argument of arrays in arrays, as text: too deep for Python to write."""
    kind = '{"Vector":[' * depth + '{"I32":"ByValue"}' + ',"ByValue"]}' * depth
    return function_item("deep", [("argument", {"TYPE": 0})]).replace('{"TYPE": 0}', kind)


@pytest.mark.parametrize("path", OFFICIAL, ids=lambda path: path.stem)
def test_the_official_section_comes_out_byte_for_byte(path: Path) -> None:
    wasm = path.read_bytes()
    (official,) = read_metadata(wasm).interface_sections
    version = decode_section(official).version
    section = generate_section(parse_sdk_items(documents(wasm)), version)
    assert encode_section(section) == official


@pytest.mark.parametrize("path", BUILT, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_built_modules_section_comes_out_byte_for_byte(path: Path) -> None:
    wasm = path.read_bytes()
    embedded = [section for section in custom_sections(wasm) if section.name == INTERFACE_SECTION]
    again = encode_section(generate_section(parse_sdk_items(documents(wasm))))
    assert [bytes(section.payload) for section in embedded] == [again]


def test_there_are_official_sections_to_compare_with() -> None:
    assert len(OFFICIAL) == 11


def test_the_notes_of_the_real_sdk_are_those_of_the_rust_fixture() -> None:
    for module in ("greeter", "phrases"):
        built = FIXTURES / "rust-greeting" / "artifacts" / f"{module}.wasm"
        notes = FIXTURES / "sdk-metadata" / f"sdk_0_14_{module}.wasm"
        assert documents(built.read_bytes()) == documents(notes.read_bytes())


def test_records_may_nest_as_deeply_as_officially_allowed() -> None:
    section = generated(*chain(1_024))
    assert decode_section(encode_section(section)) == section


ENDLESS = "expected a record that holds itself only in arrays"
UNDEFINED = "which no document defines with fields"


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (
            chain(1_025),
            "record 'Link0': found a type that nests 1025 deep, expected at most 1024",
        ),
        (
            [record_item("Own", record("Own"))],
            f"record 'Own': found a record that holds itself ('Own' in 'Own'), {ENDLESS}",
        ),
        (
            [record_item("A", record("B")), record_item("B", record("A"))],
            f"record 'B': found a record that holds itself ('B' in 'A' in 'B'), {ENDLESS}",
        ),
        (
            [function_item("run", [("a", record("Lost"))])],
            f"function run uses record Lost, {UNDEFINED}",
        ),
        (
            [record_item("Holder", vector(record("Lost")))],
            f"record Holder uses record Lost, {UNDEFINED}",
        ),
        (
            [extern_item("other", ("run", [], record("Lost")))],
            f"import other.run uses record Lost, {UNDEFINED}",
        ),
        (
            [
                json.dumps({"ast_type": "Record", "name": "Nothing", "fields": "Unit"}),
                function_item("run", [("a", record("Nothing"))]),
            ],
            f"function run uses record Nothing, {UNDEFINED}",
        ),
    ],
)
def test_what_the_official_generator_refuses_is_a_clear_error(
    items: list[str], message: str
) -> None:
    with pytest.raises(InterfaceError) as caught:
        generated(*items)
    assert caught.value.message == f"SDK metadata: {message}"


def test_arrays_nest_as_deeply_as_the_official_generator_reads() -> None:
    section = generated(nested(62))
    assert decode_section(encode_section(section)) == section


@pytest.mark.parametrize("depth", [250, 400, 450, 490, 550, 1_024])
def test_arrays_nested_more_deeply_are_encoded_or_a_clear_error(depth: int) -> None:
    """How deep JSON may be nested depends on Python's version."""
    problem = ""
    try:
        encode_section(generated(nested(depth)))
    except InterfaceError as error:
        problem = error.message
    assert problem in {"", "SDK metadata, document 1: it is nested too deeply"}


@pytest.mark.parametrize("depth", [1_025, 10_000, 200_000])
def test_arrays_nested_too_deeply_are_an_error(depth: int) -> None:
    with pytest.raises(InterfaceError, match=r"nested too deeply|nests \d+ deep"):
        generated(nested(depth))

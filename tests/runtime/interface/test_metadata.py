import struct

import pytest

from runtime.errors import InterfaceError, ModuleFileError, VersionError
from runtime.interface.custom_sections import with_custom_section
from runtime.interface.leb128 import encode_unsigned
from runtime.interface.metadata import (
    Manifest,
    ModuleMetadata,
    check_versions,
    interface_payload,
    read_metadata,
)

EMPTY_MODULE = b"\0asm\x01\0\0\0"
MANIFEST = ("Ann, Bob", "0.3.1", "greets – politely", "https://example.com", "2024-05-01T10:00:00Z")


def manifest_payload(*fields: str) -> bytes:
    encoded = [field.encode() for field in fields]
    return b"".join(struct.pack("<Q", len(field)) + field for field in encoded)


def with_manifest(payload: bytes) -> bytes:
    return with_custom_section(EMPTY_MODULE, "__fluence_wasm_module_manifest", payload)


def with_sections_named(name: str, *payloads: bytes) -> bytes:
    """Each payload in a custom section of this name."""
    wasm = EMPTY_MODULE
    for payload in payloads:
        content = encode_unsigned(len(name)) + name.encode() + payload
        wasm += b"\0" + encode_unsigned(len(content)) + content
    return wasm


def test_a_module_says_its_interface_sdk_version_and_manifest() -> None:
    wasm = with_manifest(manifest_payload(*MANIFEST))
    wasm = with_custom_section(wasm, "__fluence_sdk_version", b"0.14.0")
    wasm = with_custom_section(wasm, "interface-types", b"section")

    metadata = read_metadata(wasm)

    assert metadata == ModuleMetadata((b"section",), "0.14.0", Manifest(*MANIFEST))
    assert interface_payload(metadata, module="m") == b"section"


def test_a_module_that_says_nothing_can_still_be_read() -> None:
    assert read_metadata(EMPTY_MODULE) == ModuleMetadata((), None, None)


def test_a_file_that_is_no_module_has_no_metadata() -> None:
    with pytest.raises(ModuleFileError):
        read_metadata(b"#!/bin/sh")


def test_a_module_without_interface_types_is_refused_where_they_are_needed() -> None:
    with pytest.raises(InterfaceError, match="module doesn't contain interface types") as caught:
        interface_payload(read_metadata(EMPTY_MODULE), module="greeting")

    assert caught.value.module == "greeting"
    assert "'greeting'" in caught.value.message


def test_a_module_with_several_interface_sections_is_refused_where_one_is_needed() -> None:
    metadata = read_metadata(with_sections_named("interface-types", b"1", b"2"))

    with pytest.raises(InterfaceError, match="multiple IT sections"):
        interface_payload(metadata, module="greeting")


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (manifest_payload(*MANIFEST) + b"\0", "1 bytes follow the last field"),
        (manifest_payload(*MANIFEST[:4]), "field 'build time': 0 bytes are left"),
        (manifest_payload("a")[:-1], "field 'authors': its length at byte 0 is 1, but only 0"),
        (struct.pack("<Q", 2**64 - 1), "field 'authors': its length at byte 0 is 1844674"),
        (struct.pack("<Q", 1) + b"\xff", "field 'authors': the byte at 0 is not UTF-8"),
        (b"", "field 'authors': 0 bytes are left at byte 0, expected a length of 8 bytes"),
    ],
)
def test_a_malformed_manifest_is_refused_with_its_place(payload: bytes, says: str) -> None:
    with pytest.raises(InterfaceError) as caught:
        read_metadata(with_manifest(payload))

    assert says in caught.value.message


def test_an_sdk_version_that_is_no_text_or_there_twice_is_refused() -> None:
    name = "__fluence_sdk_version"
    with pytest.raises(InterfaceError, match="not UTF-8"):
        read_metadata(with_custom_section(EMPTY_MODULE, name, b"\xff"))
    with pytest.raises(InterfaceError, match=f"found 2 custom sections '{name}', expected one"):
        read_metadata(with_sections_named(name, b"0.6.0", b"0.7.0"))


@pytest.mark.parametrize(
    "version", ["0.6.0", "0.18.1", "1.0.0", "0.7.0-alpha.1", "0.6.1-feat-x.b3ac8ab-1098", "0.6.0+b"]
)
def test_supported_sdk_versions_pass(version: str) -> None:
    check_versions(module="m", sdk_version=version, interface_version="0.20.0")


@pytest.mark.parametrize(
    ("sdk", "interface", "says"),
    [
        (None, "0.27.0", "module 'm' doesn't say its SDK version"),
        ("0.5.9", "0.27.0", "SDK version 0.5.9, but version 0.6.0 or later is required"),
        ("0.6.0-rc.1", "0.27.0", "SDK version 0.6.0-rc.1, but version 0.6.0 or later"),
        ("0.6.0", "0.19.9", "interface types version 0.19.9, but version 0.20.0 or later"),
        ("newest", "0.27.0", "malformed SDK version: found 'newest'"),
        ("0.6", "0.27.0", "malformed SDK version: found '0.6'"),
        ("0.6.0\n", "0.27.0", r"malformed SDK version: found '0.6.0\n'"),
        ("0.6.0", "", "malformed interface types version: found ''"),
        ("0.6." + "9" * 9999, "0.27.0", "malformed SDK version"),
    ],
)
def test_absent_malformed_and_old_versions_are_refused(
    sdk: str | None, interface: str, says: str
) -> None:
    with pytest.raises(VersionError) as caught:
        check_versions(module="m", sdk_version=sdk, interface_version=interface)

    assert says in caught.value.message
    assert caught.value.module == "m"

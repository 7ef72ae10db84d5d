"""What a module says of itself (spec interface-types.md, "Where it lives in a Wasm file")."""

import re
import struct
from collections.abc import Callable
from typing import TypeVar

from runtime.errors import InterfaceError, VersionError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.custom_sections import (
    CustomSection,
    custom_sections,
    with_custom_section,
)
from runtime.interface.section import InterfaceSection
from runtime.interface.section_codec import encode_section

INTERFACE_SECTION = "interface-types"
SDK_VERSION_SECTION = "__fluence_sdk_version"
MANIFEST_SECTION = "__fluence_wasm_module_manifest"

MINIMAL_SDK_VERSION = "0.6.0"
MINIMAL_INTERFACE_TYPES_VERSION = "0.20.0"

T = TypeVar("T")

_LENGTH = struct.Struct("<Q")

_SEMVER = re.compile(
    r"(?P<core>\d{1,20}\.\d{1,20}\.\d{1,20})"
    r"(?P<prerelease>-[0-9A-Za-z.-]+)?"
    r"(?:\+[0-9A-Za-z.-]+)?",
    re.ASCII,
)


@frozen_dataclass
class Manifest:
    """Who made a module, what and when; all as the module's author wrote it.

    Attributes:
        authors: who made it.
        version: the module's own version, semver.
        description: what it is.
        repository: where its source is.
        build_time: when it was built, RFC 3339.
    """

    authors: str
    version: str
    description: str
    repository: str
    build_time: str


_MANIFEST_FIELDS = ("authors", "version", "description", "repository", "build time")


@frozen_dataclass
class ModuleMetadata:
    """The metadata of one Wasm file.

    Attributes:
        interface_sections: the payload of every `interface-types` section; `interface_payload`
            gives the one that a Marine module must have.
        sdk_version: the version of the SDK that the module was built with.
        manifest: who made the module, and when.
    """

    interface_sections: tuple[bytes, ...]
    sdk_version: str | None
    manifest: Manifest | None


def read_metadata(wasm: bytes) -> ModuleMetadata:
    """The metadata in the bytes of a Wasm file; what is absent is None or empty.

    Raises:
        ModuleFileError: the bytes are no core WebAssembly file.
        InterfaceError: the SDK's version or the manifest is malformed or there several times.
    """
    metadata, unreadable = read_what_is_readable(wasm)
    if unreadable:
        raise next(iter(unreadable.values()))
    return metadata


def read_what_is_readable(wasm: bytes) -> tuple[ModuleMetadata, dict[str, InterfaceError]]:
    """The metadata of a Wasm file that may have malformed parts.

    Returns:
        The metadata, in which what is malformed is None; and why it is, by the name of the custom
        section. The payloads of interface types are not looked into.

    Raises:
        ModuleFileError: the bytes are no core WebAssembly file.
    """
    sections = custom_sections(wasm)
    unreadable: dict[str, InterfaceError] = {}

    def only(name: str, read: Callable[[memoryview], T]) -> T | None:
        try:
            payload = _only(sections, name)
            return None if payload is None else read(payload)
        except InterfaceError as error:
            unreadable[name] = error
            return None

    metadata = ModuleMetadata(
        interface_sections=tuple(
            bytes(section.payload) for section in sections if section.name == INTERFACE_SECTION
        ),
        sdk_version=only(SDK_VERSION_SECTION, lambda payload: _text(payload, SDK_VERSION_SECTION)),
        manifest=only(MANIFEST_SECTION, _manifest),
    )
    return metadata, unreadable


def interface_payload(metadata: ModuleMetadata, *, module: str) -> bytes:
    """The payload of the module's one `interface-types` section, for `decode_section`.

    Raises:
        InterfaceError: there is none, or more than one.
    """
    count = len(metadata.interface_sections)
    if count == 0:
        raise InterfaceError(
            f"module {module!r}: module doesn't contain interface types "
            f"(expected one custom section {INTERFACE_SECTION!r})",
            module=module,
        )
    if count > 1:
        raise InterfaceError(
            f"module {module!r}: multiple IT sections "
            f"(found {count} custom sections {INTERFACE_SECTION!r}, expected one)",
            module=module,
        )
    return metadata.interface_sections[0]


def with_interface_types(
    wasm: bytes, section: InterfaceSection, *, sdk_version: str | None
) -> bytes:
    """The file `wasm` with interface types, and with the SDK's version unless it is None.

    Sections of the same names are replaced.

    Raises:
        ModuleFileError: `wasm` is no core WebAssembly file.
        InterfaceError: the section cannot be encoded.
    """
    wasm = with_custom_section(wasm, INTERFACE_SECTION, encode_section(section))
    if sdk_version is None:
        return wasm
    return with_custom_section(wasm, SDK_VERSION_SECTION, sdk_version.encode())


def is_semantic_version(text: str) -> bool:
    """Whether the text is a version as SDKs and interface types have them: `0.14.0-rc.1`."""
    return _SEMVER.fullmatch(text) is not None


def is_version_from(minimal: str, text: str) -> bool:
    """Whether the text is a version, and `minimal` or a later one."""
    found = _SEMVER.fullmatch(text)
    required = _SEMVER.fullmatch(minimal)
    return found is not None and required is not None and _order(found) >= _order(required)


def _order(version: re.Match[str]) -> tuple[list[int], bool]:
    # A pre-release comes before its release and after all earlier ones, whatever it is called.
    return [int(number) for number in version["core"].split(".")], version["prerelease"] is None


def check_versions(*, module: str, sdk_version: str | None, interface_version: str) -> None:
    """Check that the module was made for interface types and an SDK that this runtime supports.

    Args:
        module: the module's name, for the message.
        sdk_version: `ModuleMetadata.sdk_version`.
        interface_version: `InterfaceSection.version`.

    Raises:
        VersionError: a version is absent, malformed or too old.
    """
    if sdk_version is None:
        raise VersionError(
            f"module {module!r} doesn't say its SDK version: expected a custom section "
            f"{SDK_VERSION_SECTION!r} with version {MINIMAL_SDK_VERSION} or later",
            module=module,
        )
    _check_version(module, "SDK", sdk_version, MINIMAL_SDK_VERSION)
    _check_version(module, "interface types", interface_version, MINIMAL_INTERFACE_TYPES_VERSION)


def _check_version(module: str, subject: str, found: str, required: str) -> None:
    if not is_semantic_version(found):
        raise VersionError(
            f"module {module!r} has a malformed {subject} version: found {found[:80]!r}, "
            f"expected a version such as {required}",
            module=module,
        )
    if not is_version_from(required, found):
        raise VersionError(
            f"module {module!r} was built with {subject} version {found}, "
            f"but version {required} or later is required",
            module=module,
        )


def _only(sections: list[CustomSection], name: str) -> memoryview | None:
    found = [section for section in sections if section.name == name]
    if len(found) > 1:
        raise InterfaceError(f"found {len(found)} custom sections {name!r}, expected one")
    return found[0].payload if found else None


def _text(payload: memoryview, what: str) -> str:
    try:
        return str(payload, "utf-8")
    except UnicodeDecodeError as error:
        raise InterfaceError(
            f"malformed {what}: the byte at {error.start} is not UTF-8 ({error.reason})"
        ) from error


def _manifest(payload: memoryview) -> Manifest:
    fields = []
    offset = 0
    for field in _MANIFEST_FIELDS:
        what = f"{MANIFEST_SECTION}, field {field!r}"
        start = offset + _LENGTH.size
        if start > len(payload):
            raise InterfaceError(
                f"malformed {what}: {len(payload) - offset} bytes are left at byte {offset}, "
                f"expected a length of {_LENGTH.size} bytes",
                offset=offset,
            )
        (length,) = _LENGTH.unpack_from(payload, offset)
        if length > len(payload) - start:
            raise InterfaceError(
                f"malformed {what}: its length at byte {offset} is {length}, "
                f"but only {len(payload) - start} bytes are left",
                offset=offset,
            )
        fields.append(_text(payload[start : start + length], what))
        offset = start + length
    if offset != len(payload):
        raise InterfaceError(
            f"malformed {MANIFEST_SECTION}: {len(payload) - offset} bytes follow the last field "
            f"at byte {offset}, expected the end of the section",
            offset=offset,
        )
    return Manifest(*fields)

"""Interface types put into a module: made from what the SDK noted in it (spec sdk-metadata.md)."""

from runtime.errors import InterfaceError
from runtime.interface.custom_sections import custom_sections
from runtime.interface.generation import DEFAULT_VERSION, generate_section
from runtime.interface.metadata import with_interface_types
from runtime.interface.sdk_metadata import SECTION_PREFIXES, parse_sdk_items


def sdk_documents(wasm: bytes) -> tuple[bytes, ...]:
    """What the SDK noted in a module: one JSON document an item, in file order; maybe nothing.

    Raises:
        ModuleFileError: `wasm` is no core WebAssembly file.
    """
    return tuple(
        bytes(section.payload)
        for section in custom_sections(wasm)
        if section.name.startswith(SECTION_PREFIXES)
    )


def with_generated_types(
    wasm: bytes, *, version: str = DEFAULT_VERSION, sdk_version: str | None = None
) -> bytes:
    """The module with the interface types that its SDK metadata ask for.

    Args:
        wasm: a module that the SDK was compiled into.
        version: of interface types, semver.
        sdk_version: embedded too, unless it is None.

    Raises:
        ModuleFileError: `wasm` is no core WebAssembly file.
        InterfaceError: it has no SDK metadata, or they are malformed.
    """
    documents = sdk_documents(wasm)
    if not documents:
        raise InterfaceError(
            "the module has no SDK metadata (custom sections "
            f"{SECTION_PREFIXES[0]}…): expected one that was compiled with the Marine SDK "
            "and not stripped"
        )
    try:
        section = generate_section(parse_sdk_items(documents), version)
    except RecursionError as error:
        raise InterfaceError("SDK metadata: a type is nested too deeply") from error
    return with_interface_types(wasm, section, sdk_version=sdk_version)

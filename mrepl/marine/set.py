"""`marine set`: a module's interface types or its SDK version, set from outside."""

import argparse
import sys
from pathlib import Path

from mrepl.marine.module_file import rewrite_module_file
from mrepl.marine.versions import NO_CHECK, check_supported, semantic_version
from runtime.errors import InterfaceError, VersionError
from runtime.interface.custom_sections import with_custom_section
from runtime.interface.metadata import (
    INTERFACE_SECTION,
    MINIMAL_INTERFACE_TYPES_VERSION,
    MINIMAL_SDK_VERSION,
    SDK_VERSION_SECTION,
    is_semantic_version,
)
from runtime.interface.section_codec import encode_section
from runtime.interface.text_form import parse_section_text
from runtime.module import check_interface
from runtime.system_errors import reason_of

NAME = "set"

_STANDARD_INPUT = Path("-")

_MOST_TEXT = 2**26
"""Bytes; the section of a module with thousands of functions takes a hundredth of it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command and its two kinds."""
    parser.description = "Set a module's interface types or its SDK version."
    parser.epilog = """\
examples:
  marine set it -i greeting.wasm -w greeting.it
  marine set version -i greeting.wasm -v 0.14.0

`marine set it --help` and `marine set version --help` tell more.
"""
    kinds = parser.add_subparsers(title="what to set", metavar="WHAT", required=True)
    interface_types = kinds.add_parser(
        "it",
        help="the interface types, from text",
        description="Replace a module's interface types by those of a text, if they fit the module."
        " The section moves to the end of the file.",
        epilog="""\
examples:
  marine set it -i greeting.wasm -w greeting.it
  marine set it -i greeting.wasm -w greeting.it -o changed.wasm
  marine it other.wasm | marine set it -i greeting.wasm -w -
""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_input(interface_types)
    interface_types.add_argument(
        "-w",
        "--text",
        metavar="TEXT",
        type=Path,
        required=True,
        help="a file as `marine it` prints it; - for standard input",
    )
    _add_output(interface_types)
    interface_types.add_argument(
        NO_CHECK,
        action="store_true",
        help="also write types that do not fit the module or have an old version, so that it "
        "cannot be loaded",
    )
    interface_types.set_defaults(set=_set_interface_types)
    version = kinds.add_parser(
        "version",
        help="the version of the SDK",
        description="Set the version of the SDK that a module says it was built with.",
        epilog="""\
examples:
  marine set version -i greeting.wasm -v 0.14.0
  marine set version -i greeting.wasm -v 0.14.0 -o changed.wasm
""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_input(version)
    version.add_argument(
        "-v",
        "--sdk-version",
        metavar="V",
        type=semantic_version,
        required=True,
        help="a version such as 0.14.0",
    )
    _add_output(version)
    version.add_argument(
        NO_CHECK, action="store_true", help="also write a version that cannot be loaded"
    )
    version.set_defaults(set=_set_version)


def run(options: argparse.Namespace) -> int:
    """Sets what the command line says."""
    options.set(options)
    return 0


def _add_input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-i", "--input", metavar="IN", type=Path, required=True, help="a .wasm file"
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", metavar="OUT", type=Path, help="the file to write (default: IN)"
    )


def _set_interface_types(options: argparse.Namespace) -> None:
    payload = _encoded(options.text, any_version=options.no_check)

    def change(wasm: bytes) -> bytes:
        changed = with_custom_section(wasm, INTERFACE_SECTION, payload)
        if not options.no_check:
            check_interface(changed, name=options.input.stem)
        return changed

    output = options.output or options.input
    if options.text != _STANDARD_INPUT and output.exists() and output.samefile(options.text):
        raise InterfaceError(f"{output} is the text: expected another file for the module")
    rewrite_module_file(options.input, options.output, change)


def _set_version(options: argparse.Namespace) -> None:
    if not options.no_check:
        check_supported("SDK", options.sdk_version, minimal=MINIMAL_SDK_VERSION)
    payload = options.sdk_version.encode()
    rewrite_module_file(
        options.input,
        options.output,
        lambda wasm: with_custom_section(wasm, SDK_VERSION_SECTION, payload),
    )


def _encoded(path: Path, *, any_version: bool) -> bytes:
    """The section that a text describes, in its binary form."""
    name = "standard input" if path == _STANDARD_INPUT else str(path)
    text = _read_text(path, name)
    if not text.strip():
        raise InterfaceError(f"{name} is empty: expected interface types, as `marine it` prints")
    try:
        section = parse_section_text(text)
        if not is_semantic_version(section.version):
            raise InterfaceError(
                f"it_version {section.version!r} is no version such as "
                f"{MINIMAL_INTERFACE_TYPES_VERSION}"
            )
        if not any_version:
            check_supported(
                "interface-types", section.version, minimal=MINIMAL_INTERFACE_TYPES_VERSION
            )
        return encode_section(section)
    except (InterfaceError, VersionError) as error:
        error.message = f"{name}: {error.message}"
        raise


def _read_text(path: Path, name: str) -> str:
    """The text of a file; it may be a pipe, as a shell's `<(…)` is."""
    try:
        if path == _STANDARD_INPUT:
            data = sys.stdin.buffer.read(_MOST_TEXT + 1)
        else:
            with path.open("rb") as file:
                data = file.read(_MOST_TEXT + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise InterfaceError(f"cannot read {name}: {reason_of(error)}") from error
    if len(data) > _MOST_TEXT:
        raise InterfaceError(f"cannot read {name}: expected a text of at most {_MOST_TEXT} bytes")
    try:
        return data.decode("utf-8-sig")  # some editors begin a text with a byte order mark
    except UnicodeDecodeError as error:
        raise InterfaceError(
            f"{name}: it is not UTF-8 text: {error.reason} at byte {error.start}"
        ) from error

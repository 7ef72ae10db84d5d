"""`marine info`: a module's versions and who made it."""

import argparse
from pathlib import Path

from mrepl.marine.module_file import read_module_file
from mrepl.marine.printing import print_error, print_json, print_text
from mrepl.module_information import information_json, information_listing
from mrepl.process.exit_status import ExitStatus
from mrepl.section_listing import interface_section
from runtime.errors import InterfaceError
from runtime.interface.metadata import (
    INTERFACE_SECTION,
    ModuleMetadata,
    read_what_is_readable,
)

NAME = "info"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command."""
    parser.description = (
        "Show a module's versions of interface types and SDK, and its manifest: authors, version,\n"
        "description, repository, build time. What the module does not say is named as absent,\n"
        "what cannot be read as unreadable: then the status is 1, and standard error says why."
    )
    parser.epilog = """\
examples:
  marine info greeting.wasm
  marine info --json greeting.wasm
"""
    parser.add_argument("file", metavar="FILE", type=Path, help="a .wasm file")
    parser.add_argument("--json", action="store_true", help="print a JSON object")


def run(options: argparse.Namespace) -> int:
    """Prints what the module `options.file` says of itself, as far as it can be read."""
    module = options.file.stem
    metadata, unreadable = _read(read_module_file(options.file), module)
    if options.json:
        print_json(information_json(metadata, module=module, unreadable=unreadable))
    else:
        print_text(information_listing(metadata, module=module, unreadable=unreadable))
        for reason in unreadable.values():
            print_error(f"{options.file}: {reason}")
    return ExitStatus.COMMAND_FAILED if unreadable else ExitStatus.OK


def _read(wasm: bytes, module: str) -> tuple[ModuleMetadata, dict[str, str]]:
    """The metadata, and why a custom section cannot be read, by its name."""
    metadata, errors = read_what_is_readable(wasm)
    if metadata.interface_sections:
        try:
            interface_section(metadata, module=module)
        except InterfaceError as error:
            errors = {INTERFACE_SECTION: error, **errors}
    return metadata, {name: error.message for name, error in errors.items()}

"""`marine embed`: interface types made from what the SDK noted, put into the module."""

import argparse
from pathlib import Path

from mrepl.marine.embedding import with_generated_types
from mrepl.marine.module_file import rewrite_module_file
from mrepl.marine.versions import NO_CHECK, check_supported, semantic_version
from runtime.interface.generation import DEFAULT_VERSION
from runtime.interface.metadata import MINIMAL_INTERFACE_TYPES_VERSION

NAME = "embed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command."""
    parser.description = (
        "Make interface types from the metadata that the Marine SDK left in a module, and embed\n"
        "them. `marine build` does it to every module that it builds."
    )
    parser.epilog = """\
examples:
  marine embed greeting.wasm
  marine embed target/wasm32-wasip1/release/greeting.wasm -o artifacts/greeting.wasm
"""
    add = parser.add_argument
    add("file", metavar="FILE", type=Path, help="a .wasm file that was built with the SDK")
    add("-o", "--output", metavar="OUT", type=Path, help="the file to write (default: FILE)")
    add(
        "--it-version",
        metavar="V",
        type=semantic_version,
        default=DEFAULT_VERSION,
        help=f"the version of interface types to name (default: {DEFAULT_VERSION})",
    )
    add(NO_CHECK, action="store_true", help="also write a version that cannot be loaded")


def run(options: argparse.Namespace) -> int:
    """Embeds the interface types of `options.file`."""
    if not options.no_check:
        check_supported(
            "interface-types", options.it_version, minimal=MINIMAL_INTERFACE_TYPES_VERSION
        )
    rewrite_module_file(
        options.file,
        options.output,
        lambda wasm: with_generated_types(wasm, version=options.it_version),
    )
    return 0

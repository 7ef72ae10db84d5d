"""`marine info`: a module's versions and who made it."""

import argparse
from pathlib import Path

from mrepl.marine.inspected import inspected
from mrepl.marine.printing import print_json, print_text
from mrepl.module_information import information_json, information_listing

NAME = "info"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command."""
    parser.description = (
        "Show a module's versions of interface types and SDK, and its manifest: authors, version,\n"
        "description, repository, build time. What the module does not say is named as absent."
    )
    parser.epilog = """\
examples:
  marine info greeting.wasm
  marine info --json greeting.wasm
"""
    parser.add_argument("file", metavar="FILE", type=Path, help="a .wasm file")
    parser.add_argument("--json", action="store_true", help="print a JSON object")


def run(options: argparse.Namespace) -> int:
    """Prints what the module `options.file` says of itself."""
    with inspected(options.file) as (metadata, module):
        if options.json:
            print_json(information_json(metadata, module=module))
        else:
            print_text(information_listing(metadata, module=module))
    return 0

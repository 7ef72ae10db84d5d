"""`marine it`: a module's interface types as text."""

import argparse
from pathlib import Path

from mrepl.marine.inspected import inspected
from mrepl.marine.printing import print_json, print_text
from mrepl.section_listing import interface_section, section_json, section_listing

NAME = "it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command."""
    parser.description = "Show a module's interface types as text, which `marine set it` reads."
    parser.epilog = """\
examples:
  marine it greeting.wasm
  marine it greeting.wasm > greeting.it
  marine it --json greeting.wasm
"""
    parser.add_argument("file", metavar="FILE", type=Path, help="a .wasm file")
    parser.add_argument("--json", action="store_true", help="print a JSON object")


def run(options: argparse.Namespace) -> int:
    """Prints the interface types of `options.file`."""
    with inspected(options.file) as (metadata, module):
        section = interface_section(metadata, module=module)
    if options.json:
        print_json(section_json(section))
    else:
        print_text(section_listing(section))
    return 0

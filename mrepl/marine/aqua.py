"""`marine aqua`: a module's functions as an Aqua service."""

import argparse
from pathlib import Path

from mrepl.interface_json import function_json, record_json
from mrepl.marine.aqua_text import (
    SERVICE_ID,
    TYPE_NAME,
    AquaService,
    aqua_problems,
    aqua_text,
    default_service_name,
)
from mrepl.marine.inspected import inspected
from mrepl.marine.printing import print_json, print_text, print_warning
from mrepl.section_listing import interface_section
from mrepl.text.marked_text import Mark, Span
from runtime import JsonValue, ModuleFileError
from runtime.interface.public_functions import public_functions

NAME = "aqua"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command."""
    parser.description = (
        "Show a module's public functions as an Aqua service, with the data types they need.\n"
        "What Aqua's compiler will not take is printed all the same, with a warning."
    )
    parser.epilog = """\
examples:
  marine aqua greeting.wasm > greeting.aqua
  marine aqua curl_adapter.wasm -s Curl -i curl-service
  marine aqua --json greeting.wasm
"""
    add = parser.add_argument
    add("file", metavar="FILE", type=Path, help="a .wasm file")
    add(
        "-s",
        "--service",
        metavar="NAME",
        type=_service_name,
        help="the service's name (default: from the file's, curl_adapter.wasm gives CurlAdapter)",
    )
    add(
        "-i",
        "--id",
        metavar="ID",
        type=_service_id,
        help="the service's id (default: the file's name without .wasm)",
    )
    add("--json", action="store_true", help="print a JSON object")


def run(options: argparse.Namespace) -> int:
    """Prints the public functions of `options.file`."""
    with inspected(options.file) as (metadata, module):
        section = interface_section(metadata, module=module)
        functions = public_functions(section, module=module)
    service = AquaService(
        options.service or _named_for(options.file),
        options.id or _identified_by(options.file),
        functions,
    )
    for problem in aqua_problems(service):
        print_warning(f"{options.file}: {problem}")
    if options.json:
        print_json(_service_json(service))
    else:
        print_text((Span(aqua_text(service), Mark.CODE),))
    return 0


def _service_json(service: AquaService) -> JsonValue:
    return {
        "name": service.name,
        "id": service.id,
        "records": [record_json(record) for record in service.records],
        "functions": [function_json(*each) for each in service.sorted_functions],
    }


def _named_for(path: Path) -> str:
    name = default_service_name(path.stem)
    if not TYPE_NAME.fullmatch(name):
        raise ModuleFileError(f"{path}: no name for the service in the file's name: give -s NAME")
    return name


def _identified_by(path: Path) -> str:
    if not SERVICE_ID.fullmatch(path.stem):
        raise ModuleFileError(f"{path}: no id for the service in the file's name: give -i ID")
    return path.stem


def _service_name(text: str) -> str:
    if TYPE_NAME.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError(
        f"{text!r} is no name in Aqua: expected an upper-case letter, then letters, digits and _"
    )


def _service_id(text: str) -> str:
    if SERVICE_ID.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError(
        f"{text!r} is no id: expected at least one character, without quotes, backslashes and "
        "control characters"
    )

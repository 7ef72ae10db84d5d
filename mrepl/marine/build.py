"""`marine build`: cargo, then interface types into every module (spec mrepl.md, "marine")."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from mrepl.marine.cargo import SDK_PACKAGE, Artifact, Cargo
from mrepl.marine.embedding import sdk_documents, with_generated_types
from mrepl.marine.module_file import read_module_file, write_module_file
from mrepl.marine.printing import print_error, print_warning
from mrepl.text.escaping import escape_line
from runtime.errors import MarineError
from runtime.interface.metadata import read_metadata
from runtime.interface.sdk_metadata import SECTION_PREFIXES

NAME = "build"

_DESCRIPTION = """\
Runs `cargo build` for wasm32-wasip1 (wasm32-wasi on a compiler before Rust 1.78) and embeds the
interface types and the SDK's version into every Wasm file of the project that was built with the
Marine SDK. Other Wasm files are named and stay as they are.
"""

_EXAMPLES = """\
examples:
  marine build --release
  marine build --release -p greeting
  marine build +nightly --manifest-path service/Cargo.toml

exit status:
  0  all went well
  1  cargo failed, or types cannot be embedded
  2  wrong usage
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command."""
    parser.usage = "%(prog)s [-h] [+TOOLCHAIN] [CARGO_ARGUMENT ...]"
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "cargo_arguments",
        metavar="CARGO_ARGUMENT",
        nargs=argparse.REMAINDER,
        help="passed on to `cargo build`",
    )
    parser.set_defaults(print_help=parser.print_help)


def run(options: argparse.Namespace) -> int:
    """Builds the project in the current directory, or the one that cargo's arguments name.

    Returns:
        0, or 1 where cargo failed or a module's types cannot be embedded; stderr says why.

    Raises:
        MarineError: cargo or the target is not installed, or the arguments cannot be passed on.
    """
    if not {"-h", "--help"}.isdisjoint(options.cargo_arguments):
        options.print_help()
        return 0
    toolchain, arguments = _split(options.cargo_arguments)
    cargo = Cargo(toolchain)
    build = cargo.build(arguments)
    if not build.succeeded:
        return 1
    if not build.artifacts:
        print_warning("no Wasm file was built: a module is a package with a src/main.rs")
    sdk_version = cache(cargo.sdk_version)  # the modules of a workspace share it
    status = 0
    for artifact in build.artifacts:
        try:
            _embed(artifact, sdk_version)
        except MarineError as error:
            print_error(error.message)
            status = 1
    return status


def _split(arguments: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The toolchain, which rustup wants first, and the arguments of `cargo build`."""
    count = 1 if arguments and arguments[0].startswith("+") else 0
    rest = [*arguments[count:]]
    if any(argument.startswith("--message-format") for argument in rest):
        raise MarineError(
            "`marine build` reads cargo's messages itself: expected no --message-format"
        )
    return tuple(arguments[:count]), rest


def _embed(artifact: Artifact, sdk_version_of: Callable[[Path], str | None]) -> None:
    shown = escape_line(_relative(artifact.file))
    wasm = read_module_file(artifact.file)
    if not sdk_documents(wasm):
        print_warning(
            f"skipped {shown}: it has no SDK metadata (custom sections {SECTION_PREFIXES[0]}…)"
        )
        return
    try:
        locked = None if artifact.manifest is None else sdk_version_of(artifact.manifest)
        wasm = with_generated_types(wasm, sdk_version=locked)
        version = read_metadata(wasm).sdk_version
    except MarineError as error:
        raise MarineError(f"{artifact.file}: {error}") from error
    if version is None:
        raise MarineError(
            f"{artifact.file}: its SDK version is unknown: expected one package "
            f"{SDK_PACKAGE} in Cargo.lock"
        )
    write_module_file(artifact.file, wasm, like=artifact.file)
    sys.stdout.write(f"{shown}: interface types embedded, SDK version {escape_line(version)}\n")


def _relative(file: Path) -> str:
    """The path as short as it can be pasted here."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)

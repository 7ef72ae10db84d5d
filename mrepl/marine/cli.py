"""The command line of `marine` (spec mrepl.md, "marine").

Nothing is imported here that `marine --help` does not need: a command's module is imported once the
command line names it. Such a module has `NAME`, `add_arguments(parser)` and `run(options) -> int`.
"""

import argparse
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from mrepl import __version__
from mrepl.process.argument_parser import ArgumentParser
from mrepl.process.program_border import exit_status_of
from mrepl.process.streams import prepare_streams

_EXAMPLES = """\
examples:
  marine it greeting.wasm                        its interface types as text
  marine info greeting.wasm                      its versions and who made it
  marine aqua greeting.wasm > greeting.aqua      its functions for Aqua
  marine stubs Config.toml -o service_types.py   a service's modules as typed Python
  marine it a.wasm | marine set it -i b.wasm -w -
  marine set version -i greeting.wasm -v 0.14.0
  marine embed greeting.wasm -o ready.wasm       what `build` does to each module
  marine build --release                         in a Rust project
  marine generate -n my_module                   a new Rust project
  marine repl Config.toml                        the same as `mrepl Config.toml`

`marine COMMAND --help` tells more, `mrepl -q -c 'help guide'` lists the pages of the guide.

exit status:
  0    all went well
  1    it could not be done; standard error says why
  2    wrong usage
  70   a fault of marine itself
  74   results cannot be printed
  130  Ctrl-C ended it
  141  the reader of the output went away
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A command in the table: its module is imported when it is used."""

    name: str
    about: str
    module: str
    passes_on: bool = False  # options too are another program's, --help is for its `run`


_SHELL = "repl"

_ENTRIES = (
    _Entry("it", "show a module's interface types as text", "mrepl.marine.it"),
    _Entry("info", "show a module's versions and who made it", "mrepl.marine.info"),
    _Entry("aqua", "show a module's functions as an Aqua service", "mrepl.marine.aqua"),
    _Entry(
        "stubs", "write a service's functions and records as typed Python", "mrepl.marine.stubs"
    ),
    _Entry("set", "set a module's interface types or its SDK version", "mrepl.marine.set"),
    _Entry("embed", "embed interface types made from the SDK's metadata", "mrepl.marine.embed"),
    _Entry(
        "build", "build a Rust project's modules with cargo", "mrepl.marine.build", passes_on=True
    ),
    _Entry("generate", "make a new module project", "mrepl.marine.generate"),
    _Entry(_SHELL, "start the shell: the same as mrepl", "mrepl.cli"),
)


class CommandModule(Protocol):
    """What the module of a command offers."""

    NAME: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Describes the command's arguments, and adds its description and examples."""

    def run(self, options: argparse.Namespace) -> int:
        """Does it and gives the exit status; raises MarineError where it cannot."""


class _Parser(ArgumentParser):
    """Tells of wrong usage as `marine` tells of all errors."""

    error_label = "error"


def _parser(
    entry: _Entry | None = None, command: CommandModule | None = None
) -> argparse.ArgumentParser:
    """The parser of the whole command line.

    Args:
        entry: the command that is used; only its part of the parser is filled in.
        command: its module.
    """
    parser = _Parser(
        prog="marine",
        description="Look into, stamp, build and start Marine modules.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"marine {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for each in _ENTRIES:
        part = commands.add_parser(
            each.name,
            help=each.about,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=not each.passes_on,
            prefix_chars="\0" if each.passes_on else "-",  # no argument can begin with it
        )
        if command is not None and each is entry:
            command.add_arguments(part)
    return parser


def _run(argv: list[str]) -> int:
    name = argv[0] if argv else None
    if name == _SHELL:
        from mrepl.cli import main as run_shell  # noqa: PLC0415 - only for this command

        return run_shell(argv[1:])
    entry = next((each for each in _ENTRIES if each.name == name), None)
    if entry is None:
        _parser().parse_args(argv)
        raise AssertionError("without a command, parsing ends the program")
    command = cast("CommandModule", import_module(entry.module))
    options = _parser(entry, command).parse_args(argv)
    from mrepl.marine.running import run_command  # noqa: PLC0415 - imports the runtime

    return run_command(command.run, options)


def main(argv: list[str] | None = None) -> int:
    """Runs `marine`.

    Args:
        argv: the command line without the program's name; by default that of the process.

    Returns:
        The exit status, as `ExitStatus` lists them.

    Raises:
        SystemExit: after `--help` or `--version` (status 0), or on wrong usage (status 2).
    """
    prepare_streams()
    return exit_status_of(
        lambda: _run(sys.argv[1:] if argv is None else argv),
        trouble_with_streams="error: cannot print results",
    )

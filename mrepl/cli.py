"""The command line of `mrepl` (spec mrepl.md, "Command line").

Nothing is imported here that `--help` and `--version` do not need; `program` brings the rest.
"""

import argparse
from pathlib import Path

from mrepl import __version__
from mrepl.options import Options
from mrepl.process.argument_parser import ArgumentParser
from mrepl.process.program_border import exit_status_of
from mrepl.process.streams import prepare_streams
from mrepl.typed_numbers import seconds

_ENGINES = ("fused", "interp")  # the names of `runtime.Engine`

_EXAMPLES = """\
examples:
  mrepl Config.toml                         a session with the service that Config.toml describes
  mrepl Config.toml -c 'call greeting greeting ["John"]'
  mrepl -q Config.toml < commands.txt       a script: one command a line, # starts a comment
  mrepl --watch Config.toml                 reload modules whenever they are built anew
  mrepl --host prices.py Config.toml        modules import functions of prices.py from the host
  mrepl --json Config.toml -c interface     one JSON object a command, for other programs

The command `help` lists what can be typed in a session, `help guide` the pages of the guide.

exit status:
  0    all went well
  1    a command of a script failed
  2    wrong usage, or a service that cannot be created
  70   a fault of mrepl itself
  74   commands cannot be read, or results not printed
  130  Ctrl-C ended a script
  141  the reader of the output went away

environment:
  WASM_LOG       how much modules log: info, or greeting=debug, or both
  MREPL_HISTORY  the file of the history of commands
  NO_COLOR       set it for no colours
"""


def _parser() -> argparse.ArgumentParser:
    parser = ArgumentParser(
        prog="mrepl",
        description="Run, inspect and time the modules of a Marine service.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("config", metavar="CONFIG", nargs="?", help="a Config.toml; without it: an empty service")
    add("-q", "--quiet", action="store_true", help="no welcome text")
    add(
        "-w",
        "--working-dir",
        metavar="DIR",
        type=_directory,
        default=Path(),
        help="the service's working directory (default: the current one)",
    )
    add(
        "-c",
        "--command",
        dest="commands",
        metavar="CMD",
        action="append",
        help="run this command and exit; may be given several times",
    )
    add(
        "--host",
        dest="host_files",
        metavar="FILE.py",
        action="append",
        default=[],
        help="offer the host functions of this Python file to modules; may be given several times",
    )
    add("--json", action="store_true", help="print one JSON object a command")
    add(
        "--timeout",
        dest="timeout",
        metavar="SECONDS",
        type=_seconds,
        help="time limit of one call, and of each module's start (default: none)",
    )
    add(
        "--engine",
        metavar="NAME",
        choices=_ENGINES,
        default="fused",
        help="what runs the adapters: fused, compiled to WebAssembly (default), or interp, the "
        "interpreter",
    )
    add("--style", choices=["json", "debug"], default="json", help="how results print")
    add(
        "--watch",
        action="store_true",
        help="reload modules when their files change; in scripts before each command",
    )
    add("--keep-going", action="store_true", help="go on with a script when a command failed")
    add("--strict", action="store_true", help="warnings about a config are errors")
    add("-V", "--version", action="version", version=f"mrepl {__version__}")
    return parser


def _seconds(text: str) -> float:
    limit = seconds(text)
    if limit is None:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds above 0")
    return limit


def _directory(text: str) -> Path:
    path = Path(text)
    if path.is_dir():
        return path
    from runtime.config.places import why_not_directory  # noqa: PLC0415 - as in `_run`

    raise argparse.ArgumentTypeError(f"{why_not_directory(path)}; expected a directory")


def main(argv: list[str] | None = None) -> int:
    """Runs `mrepl`.

    Args:
        argv: the command line without the program's name; by default that of the process.

    Returns:
        The exit status, as `ExitStatus` lists them.

    Raises:
        SystemExit: after `--help` or `--version` (status 0), or on wrong usage (status 2).
    """
    prepare_streams()
    return exit_status_of(
        lambda: _run(argv), trouble_with_streams="mrepl: cannot read commands or print results"
    )


def _run(argv: list[str] | None) -> int:
    parser = _parser()
    options = Options(**vars(parser.parse_args(argv)))
    # These import the engine, which takes a while.
    from mrepl.host_files import HostFileError, load_host_files  # noqa: PLC0415
    from mrepl.program import run  # noqa: PLC0415

    try:
        host_functions = load_host_files(options.host_files)
    except HostFileError as error:
        parser.error(f"argument --host: {error}")
    return run(options, host_functions)

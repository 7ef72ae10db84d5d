"""`marine stubs`: typed Python of a service's modules."""

import argparse
import difflib
import os
import shlex
import stat
from pathlib import Path

from mrepl.marine.printing import print_text, print_warning
from mrepl.marine.service_interfaces import service_interfaces
from mrepl.marine.stubs_text import stubs_text
from mrepl.process.replaced_file import replace_file
from mrepl.text.escaping import escape_line
from mrepl.text.marked_text import Mark, Span
from runtime import MarineError
from runtime.config.loading import load_config
from runtime.system_errors import reason_of

NAME = "stubs"

_MOST_DIFFERENCES = 30
"""How many lines of the differences are shown."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command."""
    parser.description = (
        "Write the types of a service's modules as Python, for mypy, pyright and editors: a\n"
        "dataclass for each record, a protocol for each module, and `modules_of(service)`, which\n"
        "gives the modules with these types. The modules are not started."
    )
    parser.epilog = """\
examples:
  marine stubs Config.toml                                  print them
  marine stubs Config.toml -o service_types.py              write the file
  marine stubs Config.toml -o service_types.py --check      is it up to date? (status 1: no)

in Python:
  from service_types import modules_of
  with Service.from_config("Config.toml") as service:
      modules_of(service).greeting.greeting("John")
"""
    add = parser.add_argument
    add("config", metavar="CONFIG", type=Path, help="a Config.toml")
    add("-o", "--output", metavar="FILE", type=Path, help="the file (default: standard output)")
    add(
        "--check",
        action="store_true",
        help="write nothing; show how the file given with -o differs from what would be written",
    )
    parser.set_defaults(wrong_usage=parser.error)


def run(options: argparse.Namespace) -> int:
    """Prints, writes or checks the file.

    Raises:
        MarineError: the config or a module cannot be read, the file cannot be read or written, or
            it is not up to date.
    """
    config_path: Path = options.config
    output: Path | None = options.output
    if options.check and output is None:
        options.wrong_usage("--check needs the file to check: -o FILE")
    config = load_config(config_path)
    for warning in config.warnings:
        print_warning(warning)
    text = stubs_text(service_interfaces(config), config=_path_from(output, config_path))
    if output is None:
        print_text((Span(text, Mark.CODE),))
    elif options.check:
        _check(output, text, config_path)
    else:
        _write(output, text)
    return 0


def _path_from(output: Path | None, config: Path) -> str:
    """Where the config lies as seen from the file: the same wherever the command is run."""
    directory = Path() if output is None else output.parent
    return Path(os.path.relpath(config, directory)).as_posix()


def _check(output: Path, text: str, config: Path) -> None:
    try:
        _refuse_other_than_file(output, "read")
        found = output.read_bytes()
    except FileNotFoundError:
        raise MarineError(f"there is no file {output}; {_how_to_update(output, config)}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise MarineError(f"cannot read {output}: {reason_of(error)}") from error
    if found == text.encode():
        return
    print_text((Span(_differences(found.decode(errors="replace"), text, output), Mark.CODE),))
    raise MarineError(f"{output} is not up to date; {_how_to_update(output, config)}")


def _how_to_update(output: Path, config: Path) -> str:
    command = shlex.join(["marine", NAME, str(config), "-o", str(output)])
    return f"`{command}` writes it"


def _differences(found: str, text: str, output: Path) -> str:
    name = escape_line(str(output))
    lines = list(
        difflib.unified_diff(
            found.split("\n"), text.split("\n"), name, f"{name} as it should be", "", "", 1, ""
        )
    )
    shown = [escape_line(line) for line in lines[:_MOST_DIFFERENCES]]
    if len(lines) > _MOST_DIFFERENCES:
        shown.append(f"… and {len(lines) - _MOST_DIFFERENCES} more lines")
    return "".join(f"{line}\n" for line in shown)


def _write(output: Path, text: str) -> None:
    try:
        _refuse_other_than_file(output, "write")
        replace_file(output, text.encode())
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise MarineError(f"cannot write {output}: {reason_of(error)}") from error


def _refuse_other_than_file(path: Path, action: str) -> None:
    if os.path.lexists(os.path.realpath(path)) and not stat.S_ISREG(path.stat().st_mode):
        raise MarineError(f"cannot {action} {path}: a directory or device, expected a file")

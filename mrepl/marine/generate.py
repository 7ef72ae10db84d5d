"""`marine generate`: a new module project (spec mrepl.md, "marine")."""

import argparse
import os
import re
import shlex
import string
import sys
from importlib import resources
from pathlib import Path

from mrepl.text.escaping import escape_line
from runtime.config.model import why_not_importable
from runtime.errors import MarineError

NAME = "generate"

_DEFAULT_NAME = "my_module"

_FILES = {
    "Cargo.toml": "Cargo.toml.template",
    "src/main.rs": "main.rs.template",
    "Config.toml": "Config.toml.template",
    "tests/test_module.py": "test_module.py.template",
    "README.md": "README.md.template",
    ".gitignore": "gitignore.template",
}
"""The files of a project and what they are made of: `string.Template`s of the module's name."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)

_KEYWORDS = """
    abstract as async await become box break const continue crate do dyn else enum extern false
    final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self
    static struct super trait true try type typeof unsafe unsized use virtual where while yield
"""
_CRATES = ("alloc", "core", "marine-rs-sdk", "marine_rs_sdk", "proc-macro", "proc_macro", "std")
_CARGO_DIRECTORIES = ("build", "deps", "examples", "incremental")
_RESERVED = frozenset((*_KEYWORDS.split(), *_CRATES, *_CARGO_DIRECTORIES, "test"))
"""Names that Rust or cargo would refuse or confuse."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describes the command."""
    parser.description = (
        "Make a Rust project of a module, with a Config.toml and a test in Python.\n"
        "Nothing that is there is overwritten."
    )
    parser.epilog = """\
examples:
  marine generate -n greeting     in the new directory greeting
  marine generate -i              in the current directory, which names the module
"""
    add = parser.add_argument
    add(
        "-n",
        "--name",
        metavar="NAME",
        help=f"the module's name (default: {_DEFAULT_NAME}, or with -i the directory's name)",
    )
    add(
        "-i",
        "--init",
        action="store_true",
        help="make the project in the current directory, not in a new one of the module's name",
    )


def run(options: argparse.Namespace) -> int:
    """Makes the project and tells how to go on.

    Raises:
        MarineError: the name will not do, a file is there already or none can be written.
    """
    here = Path.cwd()
    name = options.name if options.name is not None else here.name if options.init else None
    name = _DEFAULT_NAME if name is None else name
    _check_name(name)
    directory = Path() if options.init else Path(name)
    _make_project(directory, name)
    enter = "" if options.init else f"cd {shlex.quote(name)}\n"
    for file in _FILES:
        sys.stdout.write(f"created {directory / file}\n")
    sys.stdout.write(
        f"\nNow try:\n{enter}marine build --release\n"
        f"mrepl Config.toml -c 'call {name} greeting [\"John\"]'\npython -m pytest\n"
    )
    return 0


def _check_name(name: str) -> None:
    shown = escape_line(name)
    if _NAME.fullmatch(name) is None:
        raise MarineError(
            f"{shown!r} cannot be a module's name: expected a letter of a to z, then letters, "
            "digits, _ or -, at most 64 characters in all (`-n NAME` gives a name)"
        )
    if name in _RESERVED:
        raise MarineError(
            f"{shown!r} cannot be a module's name: Rust or cargo uses it, expected another one "
            "(`-n NAME` gives a name)"
        )
    reason = why_not_importable(name)
    if reason is not None:
        raise MarineError(f"{reason}; expected another name (`-n NAME` gives a name)")


def _make_project(directory: Path, name: str) -> None:
    """Writes all files into a new directory, or the current one where none of them may exist."""
    try:
        if directory != Path():
            directory.mkdir()
        present = [file for file in _FILES if os.path.lexists(directory / file)]
        if present:
            raise MarineError(
                f"{', '.join(present)} exist{'s' if len(present) == 1 else ''} already, expected a "
                "directory without"
            )
        for file, template in _FILES.items():
            path = directory / file
            path.parent.mkdir(exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as created:
                created.write(_filled(template, name))
    except FileExistsError as error:
        raise MarineError(
            f"{error.filename} exists already, expected a new name "
            "(`-i` makes the project in the current directory)"
        ) from error
    except OSError as error:
        raise MarineError(f"cannot make {error.filename}: {error.strerror}") from error


def _filled(template: str, name: str) -> str:
    text = resources.files("mrepl.marine").joinpath("templates", template).read_text("utf-8")
    return string.Template(text).substitute(name=name)

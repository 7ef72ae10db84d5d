"""What the command line asks for, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `mrepl` (spec mrepl.md, "Command line"), named as its parser names them.

    Attributes:
        config: the path of a Config.toml; None for an empty service.
        commands: the command lines to run; None to read them from standard input.
        strict: whether the warnings of a config are errors.
        quiet: no welcome text.
        json: one JSON object a command, instead of text.
        keep_going: whether a script goes on after a failed command.
        engine: the name of what runs the adapters.
        style: the name of the style in which results print.
        working_dir: where a service's relative directories are rooted.
        timeout: of a call, in seconds; None for none.
        host_files: the paths of files of Python with host functions.
        watch: whether modules are reloaded when their files change.
    """

    config: str | None
    commands: Sequence[str] | None
    strict: bool
    quiet: bool
    json: bool
    keep_going: bool
    engine: str
    style: str
    working_dir: Path
    timeout: float | None
    host_files: Sequence[str]
    watch: bool

"""Files of Python whose host functions a session offers to modules: `--host prices.py`."""

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

from mrepl.typed_path import typed_path
from runtime import ConfigError, HostFunction, HostFunctions
from runtime.config.problems import quoted
from runtime.host.registration import EVERY_MODULE, RegisteredFunctions, registered_functions
from runtime.system_errors import reason_of

_VARIABLE = "host_functions"


class HostFileError(Exception):
    """Raised where a file gives no host functions; the message names it, and the line at fault."""


def load_host_files(typed: Sequence[str]) -> HostFunctions:
    """Run files of Python and gather the host functions that they define.

    Those are what the variable `host_functions` holds, as `runtime.Service` takes it, or without
    it all host functions at the file's top level. Modules beside a file can be imported by it.

    Args:
        typed: the files' paths as they were typed.

    Raises:
        HostFileError: a file cannot be run, defines no host functions, or wrong ones.
    """
    gathered: dict[str, list[HostFunction]] = {}
    for number, text in enumerate(typed):
        path = typed_path(text)
        found = _functions_of(_run(path, f"mrepl_host_file_{number}"), path)
        for module, functions in {EVERY_MODULE: found.for_all, **found.by_module}.items():
            gathered.setdefault(module, []).extend(functions)
    try:
        registered_functions(gathered)
    except ConfigError as error:  # each file's own are right: two files offer the same
        raise HostFileError(error.message) from error
    return gathered


def _functions_of(module: ModuleType, path: Path) -> RegisteredFunctions:
    if hasattr(module, _VARIABLE):
        try:
            return registered_functions(getattr(module, _VARIABLE))
        except ConfigError as error:
            raise HostFileError(f"{quoted(path)}: {error}") from error
    found = {id(each): each for each in vars(module).values() if isinstance(each, HostFunction)}
    if not found:
        raise HostFileError(
            f"{quoted(path)} defines no host functions: expected functions decorated with "
            f"@host_function, or a variable {_VARIABLE}"
        )
    return RegisteredFunctions(tuple(found.values()))


def _run(path: Path, name: str) -> ModuleType:
    """Run a file as the module of that name."""
    module = ModuleType(name)
    module.__file__ = str(path)
    code = _compiled(path)
    sys.modules[name] = module  # where annotations that are strings are looked up
    sys.path.append(str(path.absolute().parent))  # last: it hides no module of others
    try:
        exec(code, vars(module))
    except (Exception, SystemExit) as error:  # whatever it raises is the file's own fault
        raise HostFileError(f"{_place(path, _line(error, path))}: {_described(error)}") from error
    return module


def _compiled(path: Path) -> CodeType:
    try:
        return compile(path.read_bytes(), str(path), "exec")
    except OSError as error:
        raise HostFileError(f"{quoted(path)}: {reason_of(error).lower()}") from error
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise HostFileError(f"{_place(path, line)}: {_described(error)}") from error


def _place(path: Path, line: int | None) -> str:
    return quoted(path) if line is None else f"{quoted(path)}, line {line}"


def _line(error: BaseException, path: Path) -> int | None:
    """The line of the file at which it raised the error, or called what raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((each.lineno for each in reversed(frames) if each.filename == str(path)), None)


def _described(error: BaseException) -> str:
    if isinstance(error, ConfigError):
        return error.message
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

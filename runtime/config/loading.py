"""From the file Config.toml to a `ServiceConfig`."""

import re
from pathlib import Path

import tomli

from runtime.config.exposed_files import warn_of_exposed_files
from runtime.config.model import ModuleConfig, ServiceConfig
from runtime.config.modules import Bases, Settings, read_default, read_module
from runtime.config.places import why_not_directory
from runtime.config.problems import Findings, quoted
from runtime.config.table import Limit, Table
from runtime.errors import ConfigError
from runtime.interface.custom_sections import WASM_MAGIC
from runtime.system_errors import reason_of

_KEYS = ("modules_dir", "service_working_dir", "total_memory_limit", "module", "default")


def load_config(
    path: Path,
    *,
    working_dir: Path = Path(),
    modules_dir: Path | None = None,
    strict: bool = False,
) -> ServiceConfig:
    """Read and check a Config.toml; nothing is created or changed on disk.

    Relative paths of the config (`modules_dir`, `load_from`, mounted binaries) lie in the
    config file's directory, those of `mapped_dirs` and `preopened_files` in
    `service_working_dir`. Without `modules_dir` the modules' files are looked for next to the
    config file. All paths of the result are absolute.

    Args:
        path: the config file.
        working_dir: where a relative `service_working_dir` lies.
        modules_dir: where the modules' files are, in place of the config's own `modules_dir`.
        strict: whether warnings are errors too.

    Returns:
        The config. Unknown keys, mounted binaries that cannot be run, and modules' directories that
        hold what no module should change, are warnings in it.

    Raises:
        ConfigError: the file cannot be read or is no TOML, or something in it is wrong; then the
            message lists every problem with its key, value and what is allowed.
    """
    findings = Findings()
    top = Table(_parse(path, _read(path)), "", findings)
    top.warn_of_unknown_keys(_KEYS)

    limit = top.limit("total_memory_limit") or Limit(None)
    directory = _absolute(path).parent
    modules_base = (
        _read_directory(top, "modules_dir", directory)
        if modules_dir is None
        else _checked_directory(_absolute(modules_dir), "the given modules_dir", findings)
    )
    working = _read_directory(top, "service_working_dir", _absolute(working_dir))
    bases = Bases(directory, modules_base, working)
    default_table = top.table("default")
    default = Settings() if default_table is None else read_default(default_table, bases)
    modules = _read_modules(top.tables("module"), default, bases)
    warn_of_exposed_files(path, modules, findings)

    if findings.problems or working is None or (strict and findings.warnings):
        # A misspelt key is often the reason of a problem: the warnings belong here too.
        warnings = (f"warning: {warning}" for warning in findings.warnings)
        asked = "" if findings.problems or not strict else ", since warnings count as errors"
        lines = [f"cannot use {quoted(path)}{asked}:", *findings.problems, *warnings]
        raise ConfigError("\n  ".join(lines))
    return ServiceConfig(
        modules=modules,
        total_memory_limit=limit.size,
        modules_dir=modules_base if modules_dir or "modules_dir" in top.values else None,
        source=path,
        warnings=tuple(f"{quoted(path)}: {warning}" for warning in findings.warnings),
        working_dir=working,
    )


def _absolute(path: Path) -> Path:
    try:
        return path.absolute()
    except OSError as error:  # the current directory was removed
        raise ConfigError(
            f"cannot tell where {quoted(path)} lies: the current directory: {reason_of(error)}; "
            "change to one that exists"
        ) from error


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except IsADirectoryError as error:
        inside = path / "Config.toml"
        hint = f"; did you mean {quoted(inside)}?" if inside.is_file() else ""
        raise ConfigError(
            f"cannot read the config {quoted(path)}: a directory, not a file{hint}"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ConfigError(f"cannot read the config {quoted(path)}: {reason_of(error)}") from error
    if content.startswith(WASM_MAGIC):
        raise ConfigError(
            f"cannot read the config {quoted(path)}: a WebAssembly module, not a Config.toml, "
            "which names modules under [[module]]"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"cannot read the config {quoted(path)}: not UTF-8 text, "
            f"byte 0x{content[error.start]:02x} in line {line}"
        ) from error


def _parse(path: Path, text: str) -> dict[str, object]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        line = text.split("\n")[error.lineno - 1]
        raise ConfigError(
            f"cannot read the config {quoted(path)}: not valid TOML, "
            f"line {error.lineno}, column {error.colno}: {error.msg}{_hint(line)}"
            f"{_pointed_at(line, error.colno)}"
        ) from error
    except (ValueError, RecursionError) as error:  # an integer or a nesting without reason
        raise ConfigError(f"cannot read the config {quoted(path)}: {error}") from error


def _hint(line: str) -> str:
    name = re.match(r"\s*\[\s+\[\s*(\w+)", line)  # so written in some documents
    return f"; write [[{name[1]}]], without a space between the brackets" if name else ""


def _pointed_at(line: str, column: int) -> str:
    start = max(0, column - 61)
    shown = "".join(char if char.isprintable() else " " for char in line[start : column + 20])
    return f"\n    {shown}\n    {' ' * (column - 1 - start)}^"


def _read_directory(top: Table, key: str, base: Path) -> Path | None:
    given = top.path(key)
    if given is None and key in top.values:
        return None
    # The working directory is given by the caller where the config says nothing of it.
    where = top.path_of(key) if key in top.values else "working directory"
    return _checked_directory(base if given is None else base / given, where, top.findings)


def _checked_directory(directory: Path, where: str, findings: Findings) -> Path | None:
    reason = why_not_directory(directory)
    if reason is not None:
        findings.problem(where, f"{reason}; expected a directory")
        return None
    return directory


def _read_modules(
    tables: tuple[Table, ...], default: Settings, bases: Bases
) -> tuple[ModuleConfig, ...]:
    modules = []
    first_of_name: dict[object, str] = {}
    for table in tables:
        module = read_module(table, default, bases)
        if module is not None:
            modules.append(module)
        name = table.values.get("name")
        if isinstance(name, str):
            first = first_of_name.setdefault(name, table.key)
            if first != table.key:
                table.problem("name", f"{quoted(name)} is already the name of {first}")
    return tuple(modules)

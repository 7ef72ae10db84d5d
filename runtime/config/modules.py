"""Reading `[[module]]` and `[default]` (spec marine-runtime.md, "Config.toml")."""

from collections.abc import Mapping
from pathlib import Path

from runtime.config.model import (
    ModuleConfig,
    WasiConfig,
    is_module_name,
    why_not_importable,
)
from runtime.config.places import (
    why_not_creatable,
    why_not_directory,
    why_not_executable,
    why_not_file,
)
from runtime.config.problems import described_toml, join_key, quoted
from runtime.config.table import Limit, Table
from runtime.engine.module_binary import PAGE_SIZE
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.log_settings import DEFAULT_LOGGING_MASK

_SETTINGS = (
    "mem_pages_count",
    "max_heap_size",
    "logger_enabled",
    "logging_mask",
    "wasi",
    "mounted_binaries",
)
_WASI_KEYS = ("preopened_files", "mapped_dirs", "envs")


@frozen_dataclass
class Bases:
    """The directories in which relative paths lie.

    Attributes:
        config: the config file's own.
        modules: where .wasm files are by default; None if the config names one that is no
            directory, so that no module's file can be looked for.
        working: the service's working directory; None if there is no such directory.
    """

    config: Path
    modules: Path | None
    working: Path | None


@frozen_dataclass
class Settings:
    """What a module or `[default]` sets; None for what it leaves open."""

    memory: Limit | None = None
    logger_enabled: bool | None = None
    logging_mask: int | None = None
    wasi: WasiConfig | None = None
    mounted_binaries: Mapping[str, Path] | None = None


def read_default(table: Table, bases: Bases) -> Settings:
    """Read `[default]`: the settings of modules without their own, but no names and files."""
    table.warn_of_unknown_keys(_SETTINGS)
    return _read_settings(table, bases)


def read_module(table: Table, default: Settings, bases: Bases) -> ModuleConfig | None:
    """Read a `[[module]]`.

    A setting that the module has replaces the default's as a whole: a `wasi` table of its own takes
    nothing of the default's.

    Returns:
        The module, or None if it has no usable name or file; everything wrong is in the table's
        findings.
    """
    table.warn_of_unknown_keys(("name", "file_name", "load_from", *_SETTINGS))
    name = _read_name(table)
    path = _find_file(table, name, bases)
    own = _read_settings(table, bases)
    if name is None or path is None:
        return None

    memory = own.memory or default.memory or Limit(None)
    logger_enabled = default.logger_enabled if own.logger_enabled is None else own.logger_enabled
    logging_mask = default.logging_mask if own.logging_mask is None else own.logging_mask
    mounted = default.mounted_binaries if own.mounted_binaries is None else own.mounted_binaries
    return ModuleConfig(
        name=name,
        path=path,
        max_memory=memory.size,
        logger_enabled=True if logger_enabled is None else logger_enabled,
        logging_mask=DEFAULT_LOGGING_MASK if logging_mask is None else logging_mask,
        wasi=own.wasi or default.wasi,
        mounted_binaries=mounted or {},
    )


def _read_name(table: Table) -> str | None:
    if "name" not in table.values:
        table.problem("name", "missing: every module needs a name")
        return None
    name = table.values["name"]
    if isinstance(name, str) and is_module_name(name):
        reason = why_not_importable(name)
        if reason is not None:
            table.findings.warning(table.path_of("name"), reason)
        return name
    table.problem(
        "name",
        "expected a non-empty string without slashes and control characters, "
        f"got {described_toml(name)}",
    )
    return None


def _find_file(table: Table, name: str | None, bases: Bases) -> Path | None:
    file_name = table.path("file_name")
    load_from = table.path("load_from")
    if load_from is not None:
        place = bases.config / load_from
        if why_not_file(place) is None:
            if "file_name" in table.values:
                table.problem(
                    "file_name",
                    f"not allowed where load_from names a file, {quoted(place)}; "
                    "leave it out or let load_from name a directory",
                )
            return place
        reason = why_not_directory(place)
        if reason is not None:
            table.problem("load_from", f"{reason}; expected a file or directory")
            return None
        directory = place
    elif "load_from" not in table.values and bases.modules is not None:
        directory = bases.modules
    else:
        return None

    key = "file_name" if "file_name" in table.values else "name"
    if key == "name" and name is not None:
        file_name = f"{name}.wasm"
    if file_name is None:
        return None
    path = directory / file_name
    reason = why_not_file(path)
    if reason is not None:
        table.problem(
            key, f"no module file: {reason}; modules_dir, load_from and file_name say where it is"
        )
        return None
    return path


def _read_settings(table: Table, bases: Bases) -> Settings:
    pages = table.integer("mem_pages_count", 0, 2**32 - 1)
    heap = table.limit("max_heap_size")
    if heap is None and pages is not None:
        heap = Limit(pages * PAGE_SIZE)
    return Settings(
        memory=heap,
        logger_enabled=table.boolean("logger_enabled"),
        logging_mask=table.integer("logging_mask", -(2**31), 2**31 - 1),
        wasi=_read_wasi(table, bases),
        mounted_binaries=_read_binaries(table, bases),
    )


def _read_wasi(table: Table, bases: Bases) -> WasiConfig | None:
    wasi = table.table("wasi")
    if wasi is None:
        return None
    wasi.warn_of_unknown_keys(_WASI_KEYS)
    preopened = wasi.paths("preopened_files") or ()
    mapped = wasi.named_paths("mapped_dirs") or {}
    environment = wasi.variables("envs") or {}
    if bases.working is None:
        return None
    preopened_places = {path: bases.working / path for path in preopened}
    mapped_places = {guest: bases.working / path for guest, path in mapped.items()}
    for index, place in enumerate(preopened_places.values()):
        _check_directory(wasi, wasi.path_of("preopened_files", index), place)
    mapped_key = wasi.path_of("mapped_dirs")
    for guest, place in mapped_places.items():
        _check_directory(wasi, join_key(mapped_key, guest), place)
        if preopened_places.get(guest, place) != place:
            wasi.findings.problem(
                join_key(mapped_key, guest),
                f"{quoted(guest)} is also in preopened_files, but means another directory there",
            )
    return WasiConfig(preopened_places, mapped_places, environment)


def _check_directory(wasi: Table, key: str, place: Path) -> None:
    reason = why_not_creatable(place)
    if reason is not None:
        wasi.findings.problem(key, f"{reason}; expected a directory, which is created if absent")


def _read_binaries(table: Table, bases: Bases) -> dict[str, Path] | None:
    paths = table.named_paths("mounted_binaries")
    if paths is None:
        return None
    key = table.path_of("mounted_binaries")
    binaries = {name: bases.config / path for name, path in paths.items()}
    for name, binary in binaries.items():
        reason = why_not_executable(binary)
        if reason is not None:
            table.findings.warning(
                join_key(key, name),
                f"{reason}; calls of it will fail until it is an executable file",
            )
    return binaries

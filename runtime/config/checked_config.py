"""Configs that a program makes itself, checked: a mistake is told before anything is begun."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from runtime.config.model import ModuleConfig, ServiceConfig, WasiConfig
from runtime.config.sizes import SIZES_ALLOWED, parse_size
from runtime.errors import ConfigError
from runtime.json_values import described


def checked_config(config: object) -> ServiceConfig:
    """A config with values of the types that the runtime works with.

    Paths may be given as strings, memory limits as texts such as `10 MiB`, modules as .wasm files
    and in any sequence. What lies on the disk is not looked at.

    Raises:
        ConfigError: a value is something else; the message names it, as in
            `config.modules[0].wasi.mapped_dirs['tmp']`, and says what would be right.
    """
    if not isinstance(config, ServiceConfig):
        raise ConfigError(
            f"config: expected a ServiceConfig, got {described(config)}; "
            "Service.from_config(…) takes the path of a Config.toml"
        )
    return replace(
        config,
        modules=checked_modules("config.modules", config.modules),
        total_memory_limit=_memory_limit("config.total_memory_limit", config.total_memory_limit),
        modules_dir=checked_path_or_none("config.modules_dir", config.modules_dir),
        source=checked_path_or_none("config.source", config.source),
        warnings=_warnings(config.warnings),
        working_dir=checked_path("config.working_dir", config.working_dir),
    )


def checked_modules(place: str, modules: object) -> tuple[ModuleConfig, ...]:
    """The configs of modules, each given as such or as a .wasm file.

    Args:
        place: what errors call `modules`.
        modules: a sequence of module configs and paths.

    Raises:
        ConfigError: it is something else, or a value in a module config is.
    """
    # A string is iterable too, and so is a dict: of what nobody means.
    if isinstance(modules, str | bytes | Mapping) or not isinstance(modules, Iterable):
        raise wrong_value(place, modules, "a list of .wasm files and module configs")
    return tuple(_module(f"{place}[{index}]", module) for index, module in enumerate(modules))


def checked_path(place: str, path: object) -> Path:
    """A path that may be given as a string.

    Raises:
        ConfigError: it is neither.
    """
    if isinstance(path, str | os.PathLike):
        return Path(os.fsdecode(path))  # such objects may give bytes
    raise wrong_value(place, path, "a path")


def checked_path_or_none(place: str, path: object) -> Path | None:
    """As `checked_path`, but None stands for no path.

    Raises:
        ConfigError: it is neither.
    """
    return None if path is None else checked_path(place, path)


def wrong_value(place: str, given: object, expected: str) -> ConfigError:
    """The error to raise for a value.

    Args:
        place: where it was given, such as `config.modules[0].path`.
        given: it.
        expected: what would be right.
    """
    return ConfigError(f"{place}: expected {expected}, got {described(given)}")


def _module(place: str, module: object) -> ModuleConfig:
    if isinstance(module, str | os.PathLike):
        path = checked_path(place, module)
        return ModuleConfig(path.stem, path)
    if not isinstance(module, ModuleConfig):
        raise wrong_value(place, module, "a .wasm file or a ModuleConfig")
    if not isinstance(module.name, str):
        raise wrong_value(f"{place}.name", module.name, "a string")
    if not isinstance(module.logger_enabled, bool):
        raise wrong_value(f"{place}.logger_enabled", module.logger_enabled, "True or False")
    mask = module.logging_mask
    if not isinstance(mask, int) or isinstance(mask, bool) or not -(2**31) <= mask < 2**31:
        raise wrong_value(
            f"{place}.logging_mask", mask, f"an integer from {-(2**31)} to {2**31 - 1}"
        )
    return replace(
        module,
        path=checked_path(f"{place}.path", module.path),
        max_memory=_memory_limit(f"{place}.max_memory", module.max_memory),
        wasi=_wasi(f"{place}.wasi", module.wasi),
        mounted_binaries=_paths(f"{place}.mounted_binaries", module.mounted_binaries),
    )


def _wasi(place: str, wasi: object) -> WasiConfig | None:
    if wasi is None:
        return None
    if not isinstance(wasi, WasiConfig):
        raise wrong_value(place, wasi, "a WasiConfig or None")
    environment = {}
    for name, value in _by_name(f"{place}.environment", wasi.environment, "strings").items():
        if not isinstance(value, str):
            raise wrong_value(f"{place}.environment[{name!r}]", value, "a string")
        environment[name] = value
    return WasiConfig(
        _paths(f"{place}.preopened", wasi.preopened),
        _paths(f"{place}.mapped_dirs", wasi.mapped_dirs),
        environment,
    )


def _paths(place: str, paths: object) -> dict[str, Path]:
    return {
        name: checked_path(f"{place}[{name!r}]", path)
        for name, path in _by_name(place, paths, "paths").items()
    }


def _by_name(place: str, given: object, values: str) -> Mapping[str, object]:
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise wrong_value(place, given, f"a dict of names and {values}")
    return given


def _memory_limit(place: str, limit: object) -> int | None:
    if limit is None:
        return None
    try:
        return parse_size(limit)
    except ValueError as error:
        raise ConfigError(
            f"{place}: {described(limit)}: {error}; allowed is {SIZES_ALLOWED}, or None"
        ) from None


def _warnings(warnings: object) -> tuple[str, ...]:
    if isinstance(warnings, list | tuple) and all(isinstance(each, str) for each in warnings):
        return tuple(warnings)
    raise wrong_value("config.warnings", warnings, "a tuple of strings")

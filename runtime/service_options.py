"""What is given to create a service, checked: a mistake is told before anything is begun."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from runtime.adapters.engines import Engine
from runtime.config.model import ModuleConfig, ServiceConfig
from runtime.engine.interruption import Interruption
from runtime.errors import ConfigError
from runtime.host.mounted_binary_limits import MountedBinaryLimits
from runtime.json_values import described


def check_options(
    *,
    wasm_log: object,
    output: object,
    mounted_binary_limits: object,
    interruption: object,
    progress: object,
) -> None:
    """Make sure that options are of their types; but for `output`, None is for one not given.

    Raises:
        ConfigError: one is not.
    """
    _check("wasm_log", wasm_log, isinstance(wasm_log, str | None), "a string of log directives")
    _check("output", output, callable(output), "a function of module, descriptor and bytes")
    _check(
        "mounted_binary_limits",
        mounted_binary_limits,
        isinstance(mounted_binary_limits, MountedBinaryLimits | None),
        "MountedBinaryLimits",
    )
    _check(
        "interruption",
        interruption,
        isinstance(interruption, Interruption | None),
        "an Interruption",
    )
    _check("progress", progress, progress is None or callable(progress), "a function of a text")


def _check(name: str, given: object, fits: bool, expected: str) -> None:
    if not fits:
        raise ConfigError(f"{name}: expected {expected}, got {described(given)}")


def checked_path(name: str, path: object) -> Path:
    """A path that may be given as a string.

    Raises:
        ConfigError: it is neither.
    """
    if isinstance(path, str | os.PathLike):
        return Path(path)
    raise ConfigError(f"{name}: expected a path, got {described(path)}")


def with_modules(
    config: ServiceConfig | None, modules: Iterable[ModuleConfig | Path | str]
) -> ServiceConfig:
    """The config with more modules after its own.

    Raises:
        ConfigError: one of them is of another type.
    """
    if config is None:
        config = ServiceConfig()
    elif not isinstance(config, ServiceConfig):
        raise ConfigError(
            f"config: expected a ServiceConfig, got {described(config)}; "
            "Service.from_config(…) takes the path of a Config.toml"
        )
    # A string is iterable too, and so is a dict: of what nobody means.
    if isinstance(modules, str | bytes | Mapping) or not isinstance(modules, Iterable):
        raise ConfigError(
            f"modules: expected a list of .wasm files and module configs, got {described(modules)}"
        )
    checked = [
        _module_config(each, index)
        for given in (config.modules, modules)
        for index, each in enumerate(given)
    ]
    return replace(config, modules=tuple(checked))


def _module_config(module: ModuleConfig | Path | str, index: int) -> ModuleConfig:
    if isinstance(module, ModuleConfig):
        # A path is often written as a string, and nothing before tells that it is none.
        return replace(module, path=Path(module.path))
    if isinstance(module, str | os.PathLike):
        return ModuleConfig(Path(module).stem, Path(module))
    raise ConfigError(
        f"modules[{index}]: expected a .wasm file or a ModuleConfig, got {described(module)}"
    )


def checked_engine(engine: Engine) -> Engine:
    """An engine, which may be given by its name.

    Raises:
        ConfigError: there is no such engine.
    """
    try:
        return Engine(engine)
    except ValueError:
        raise ConfigError(f"no engine {engine!r} (there are: {', '.join(Engine)})") from None

"""What is given to create a service, checked: a mistake is told before anything is begun."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from runtime.adapters.engines import Engine
from runtime.calls import seconds_above_0
from runtime.config.checked_config import checked_config, checked_modules, wrong_value
from runtime.config.model import ModuleConfig, ServiceConfig
from runtime.engine.interruption import Interruption
from runtime.errors import ConfigError
from runtime.host.mounted_binary_limits import MountedBinaryLimits


def check_options(
    *,
    wasm_log: object,
    output: object,
    mounted_binary_limits: object,
    interruption: object,
    progress: object,
) -> None:
    """Make sure that options are of their types; None is for one not given.

    Raises:
        ConfigError: one is not.
    """
    _check("wasm_log", wasm_log, isinstance(wasm_log, str | None), "a string of log directives")
    _check(
        "output",
        output,
        output is None or callable(output),
        "a function of module, descriptor and bytes",
    )
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
    if isinstance(mounted_binary_limits, MountedBinaryLimits):
        checked_time_limit("mounted_binary_limits.seconds", mounted_binary_limits.seconds)
        most = mounted_binary_limits.output_bytes
        is_count = isinstance(most, int) and not isinstance(most, bool) and most >= 0
        _check("mounted_binary_limits.output_bytes", most, is_count, "an integer from 0")


def _check(name: str, given: object, fits: bool, expected: str) -> None:
    if not fits:
        raise wrong_value(name, given, expected)


def checked_time_limit(name: str, seconds: object) -> float | None:
    """A time limit that is an option; None for none.

    Raises:
        ConfigError: it is no number of seconds above 0.
    """
    limit = seconds_above_0(seconds)
    _check(name, seconds, seconds is None or limit is not None, "a number of seconds above 0")
    return limit


def with_modules(
    config: ServiceConfig | None, modules: Iterable[ModuleConfig | Path | str]
) -> ServiceConfig:
    """The config, checked, with more modules after its own.

    Raises:
        ConfigError: something in it, or one of the modules, is of another type.
    """
    checked = checked_config(ServiceConfig() if config is None else config)
    return replace(checked, modules=(*checked.modules, *checked_modules("modules", modules)))


def checked_engine(engine: Engine) -> Engine:
    """An engine, which may be given by its name.

    Raises:
        ConfigError: there is no such engine.
    """
    try:
        return Engine(engine)
    except ValueError:
        raise ConfigError(f"no engine {engine!r} (there are: {', '.join(Engine)})") from None

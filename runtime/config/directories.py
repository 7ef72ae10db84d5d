"""The directories that modules see, made where they do not exist."""

import os
from collections.abc import Iterator
from pathlib import Path

from runtime.config.model import ServiceConfig
from runtime.config.problems import quoted
from runtime.errors import ConfigError
from runtime.system_errors import reason_of


def create_directories(config: ServiceConfig) -> None:
    """Create the mapped and preopened directories that do not exist yet, parents included.

    Raises:
        ConfigError: one cannot be created, or leads out of another one.
    """
    outer = {Path(os.path.abspath(host)) for _, _, host in _directories(config)}  # noqa: PTH100
    for module, guest, host in _directories(config):
        try:
            _check_way(module, guest, host, outer)
            host.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise ConfigError(
                f"module {module!r}: cannot create the directory {quoted(host)}, which "
                f"it sees as {quoted(guest)}: {reason_of(error)}",
                module=module,
            ) from error


def _directories(config: ServiceConfig) -> Iterator[tuple[str, str, Path]]:
    """The module, its name for the directory, and the directory."""
    for module in config.modules:
        if module.wasi is not None:
            for guest, host in (*module.wasi.preopened.items(), *module.wasi.mapped_dirs.items()):
                yield module.name, guest, host


def _check_way(module: str, guest: str, host: Path, outer: set[Path]) -> None:
    """Refuse what lies in a directory that modules see, but leads out of it.

    Modules can make symbolic links: one in the place of the inner directory would be followed here,
    which has all the rights that modules have not.
    """
    # `abspath` follows no links; `realpath` follows all, and minds no circles.
    end = Path(os.path.realpath(host))
    for parent in Path(os.path.abspath(host)).parents:  # noqa: PTH100
        if parent in outer and not end.is_relative_to(os.path.realpath(parent)):
            raise ConfigError(
                f"module {module!r}: the directory {quoted(host)}, which it sees as "
                f"{quoted(guest)}, leads out of {quoted(parent)}, which modules see too, to "
                f"{quoted(end)}: one of them may have made the symbolic link; name that directory "
                "itself, if it is meant",
                module=module,
            )

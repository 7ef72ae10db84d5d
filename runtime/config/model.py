"""What a config says, once it is read and checked."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from runtime.engine.wasi.signatures import PREVIEW1, UNSTABLE
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.function import HOST_NAMESPACES
from runtime.host.log_settings import DEFAULT_LOGGING_MASK

RESERVED_NAMESPACES = (PREVIEW1, UNSTABLE, *HOST_NAMESPACES)
"""What modules import from these is the runtime's own, whatever modules there are (spec
marine-runtime.md, "Loading a module")."""


def is_module_name(name: str) -> bool:
    """Whether a module may have this name: not empty, no slashes, no control characters."""
    return name != "" and name.isprintable() and not {"/", "\\"} & set(name)


def why_not_importable(name: str) -> str | None:
    """Why no other module can import from a module of this name, or None if others can.

    The original runtime loads such modules, and calls of them work: it is for a warning.
    """
    if name not in RESERVED_NAMESPACES:
        return None
    return (
        f"other modules cannot import from a module of the name {name!r}: what they import from "
        "this namespace is the runtime's own"
    )


@frozen_dataclass
class WasiConfig:
    """What a module sees of the host through WASI.

    Attributes:
        preopened: directories of older configs, opened under their own path: that path as the
            config writes it, and the absolute host directory. They follow the rules of
            `mapped_dirs` otherwise.
        mapped_dirs: the guest's name of a directory, and the absolute host directory.
        environment: the config's environment variables.
    """

    preopened: Mapping[str, Path] = field(default_factory=dict)
    mapped_dirs: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


@frozen_dataclass
class ModuleConfig:
    """One module of a service.

    Attributes:
        name: the namespace under which other modules import it.
        path: its .wasm file.
        max_memory: how many bytes its linear memory may reach; None for no limit of its own.
        logger_enabled: whether it may log.
        logging_mask: the log targets that pass, a bit each; a signed 32-bit integer.
        wasi: what it sees of the host; None where the config gives no `wasi`.
        mounted_binaries: import name to executable. A missing executable is no error before it is
            called.
    """

    name: str
    path: Path
    max_memory: int | None = None
    logger_enabled: bool = True
    logging_mask: int = DEFAULT_LOGGING_MASK
    wasi: WasiConfig | None = None
    mounted_binaries: Mapping[str, Path] = field(default_factory=dict)


@frozen_dataclass
class ServiceConfig:
    """A whole service; without arguments, an empty one.

    Attributes:
        modules: in load order; the last is the facade.
        total_memory_limit: bytes for all memories of the service together; None for infinite.
        modules_dir: the directory of the .wasm files, where the config names one.
        source: the Config.toml that this was read from, if any.
        warnings: what in the config is odd but does no harm, a line each.
        working_dir: the service's working directory, in which relative mapped directories lie.
    """

    modules: tuple[ModuleConfig, ...] = ()
    total_memory_limit: int | None = None
    modules_dir: Path | None = None
    source: Path | None = None
    warnings: tuple[str, ...] = ()
    working_dir: Path = Path()

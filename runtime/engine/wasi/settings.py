"""What one module's WASI shows it: environment and directories; and the checks of these."""

from collections.abc import Mapping
from pathlib import Path

from runtime.engine.wasi.layout import DESCRIPTOR_COUNT, FIRST_DIRECTORY
from runtime.errors import ConfigError
from runtime.frozen_dataclass import frozen_dataclass


@frozen_dataclass
class Directory:
    """A directory of the host that a module sees.

    Attributes:
        guest: the path under which the module finds it, such as `sites` or `/tmp`.
        host: the existing directory.
    """

    guest: str
    host: Path


@frozen_dataclass
class WasiSettings:
    """What one module's WASI shows it; there are no command line arguments.

    Attributes:
        environment: its environment variables, in order.
        directories: what it sees of the host's files, and nothing else.
    """

    environment: Mapping[str, str]
    directories: tuple[Directory, ...]


def guest_names(directories: tuple[Directory, ...]) -> tuple[tuple[str, Directory], ...]:
    """Every name under which a guest finds its directories, in the order of its descriptors.

    Old C and Rust libraries compare paths with a directory's name letter by letter, and programs
    write them with or without a leading slash (spec engine.md, «Pitfalls»). So each directory gets
    the other form as a second name, unless it is the name of another directory. The names that the
    settings give come first, so that the nth directory has the nth descriptor.
    """
    names = {directory.guest: directory for directory in directories}
    for directory in directories:
        parts = [part for part in directory.guest.split("/") if part not in ("", ".")]
        bare = "/".join(parts)
        for name in (bare or ".", f"/{bare}"):
            names.setdefault(name, directory)
    return tuple(names.items())


def check_settings(module: str, settings: WasiSettings) -> None:
    """Refuse what WASI cannot express.

    Args:
        module: whose settings they are, for the messages.
        settings: any.

    Raises:
        ConfigError: an environment variable or directory that cannot be passed on.
    """
    for name, value in settings.environment.items():
        _check_text(module, f"environment variable {name!r}", f"{name}={value}")
        if not name or "=" in name:
            raise ConfigError(
                f"module '{module}': environment variable {name!r}: "
                "a name must not be empty and must not contain '='",
                module=module,
            )
    _check_directories(module, settings.directories)


def _check_directories(module: str, directories: tuple[Directory, ...]) -> None:
    seen: dict[str, Directory] = {}
    for directory in directories:
        place = f"directory {directory.guest!r}"
        _check_text(module, place, directory.guest)
        _check_text(module, f"{place}: host path {str(directory.host)!r}", str(directory.host))
        if not directory.guest:
            raise ConfigError(
                f"module '{module}': the directory {directory.host} needs a name in the module",
                module=module,
            )
        other = seen.setdefault(directory.guest, directory)
        if other is not directory:
            raise ConfigError(
                f"module '{module}': {place} is mapped twice, "
                f"to {other.host} and to {directory.host}",
                module=module,
            )
        if not directory.host.is_dir():
            found = "is no directory" if directory.host.exists() else "does not exist"
            raise ConfigError(
                f"module '{module}': {place}: {directory.host} {found}", module=module
            )
    names = len(guest_names(directories))
    available = DESCRIPTOR_COUNT - FIRST_DIRECTORY
    if names > available:
        raise ConfigError(
            f"module '{module}': {len(directories)} directories have {names} names with and "
            f"without a leading slash; a module has room for {available}",
            module=module,
        )


def _check_text(module: str, place: str, text: str) -> None:
    if "\0" in text:
        problem = "contains a null character, which ends texts in WASI"
    elif not _is_utf8(text):
        problem = "is no Unicode text, so it cannot be encoded as UTF-8"
    else:
        return
    raise ConfigError(f"module '{module}': {place} {problem}", module=module)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

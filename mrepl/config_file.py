"""The Config.toml of a service, watched for changes that only a new service would see."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from mrepl.typed_path import typed_path


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A config as it was when a service was created.

    Attributes:
        typed: its path as it was typed.
        path: its path.
        contents: what it held; None where it cannot be read.
    """

    typed: str
    path: Path
    contents: bytes | None

    def warnings(self) -> tuple[str, ...]:
        """What to say where the file is not as it was."""
        if _contents(self.path) == self.contents:
            return ()
        name, again = self.path.name, f"`new {shlex.quote(self.typed)}`"
        return (f"{name} has changed since the service was created: {again} reads it",)


def config_file(typed: str) -> ConfigFile:
    """The file as it is now."""
    path = typed_path(typed)
    return ConfigFile(typed, path, _contents(path))


def _contents(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None

"""What is told of modules whose files have changed, and of those loaded anew."""

from enum import Enum
from pathlib import Path

from runtime.frozen_dataclass import frozen_dataclass


@frozen_dataclass
class ChangedModule:
    """A module whose file is not what was loaded.

    Attributes:
        name: the module's name.
        path: its file.
        contents: a number that differs where the file's contents differ; it means nothing to other
            processes.
    """

    name: str
    path: Path
    contents: int


class ReloadCause(Enum):
    """Why a module was loaded anew."""

    CHANGED = "changed"
    """Its file was not what was loaded."""
    ASKED = "asked for"
    """The caller named it."""
    IMPORTS = "imports"
    """It imports modules that were loaded anew."""


@frozen_dataclass
class Reloaded:
    """A module that was loaded anew.

    Attributes:
        name: the module's name.
        cause: why.
        imports: with the cause `IMPORTS`: what it imports of the others that were loaded anew.
    """

    name: str
    cause: ReloadCause
    imports: tuple[str, ...] = ()

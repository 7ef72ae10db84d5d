"""What a reload takes along, in which order, and what it tells of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


def with_importers(modules: Iterable[str], imports: Mapping[str, Collection[str]]) -> list[str]:
    """Modules and all that import them, directly or not.

    Args:
        modules: names of modules.
        imports: what each module imports, by name.

    Returns:
        The names, in the order of `imports`.
    """
    found = set(modules)
    pending = list(found)
    while pending:
        name = pending.pop()
        importers = {other for other, names in imports.items() if name in names} - found
        found |= importers
        pending += importers
    return [name for name in imports if name in found]


def exporters_before_importers(imports: Mapping[str, Collection[str]]) -> list[str]:
    """The keys, each after those that it imports; in their own order where that is all the same.

    Where modules import each other in a circle, one of them comes before what it imports.
    """
    ordered: list[str] = []
    entered: set[str] = set()
    pending = [(name, False) for name in reversed(tuple(imports))]
    while pending:
        name, is_done = pending.pop()
        if is_done:
            ordered.append(name)
        elif name not in entered:
            entered.add(name)
            pending.append((name, True))
            exporters = [other for other in imports if other in imports[name]]
            pending += ((other, False) for other in reversed(exporters))
    return ordered

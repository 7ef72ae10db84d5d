"""Modules put in the order of their imports."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def after_their_imports(modules: Iterable[T], imports: Callable[[T], Sequence[T]]) -> list[T]:
    """Modules and all that they import, directly or not, each after those that it imports.

    Where modules import each other in a circle, one of them comes before what it imports. What the
    imports leave open is as in `modules`. No recursion: chains may be long.

    Args:
        modules: where to begin.
        imports: gives what a module imports.
    """
    ordered: list[T] = []
    entered: set[T] = set()
    pending = [(module, False) for module in reversed(tuple(modules))]
    while pending:
        module, is_done = pending.pop()
        if is_done:
            ordered.append(module)
        elif module not in entered:
            entered.add(module)
            pending.append((module, True))
            pending += ((other, False) for other in reversed(imports(module)))
    return ordered


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

"""Names of interfaces as names in Python.

Modules choose the names of their functions, parameters, records and fields, and hostile ones choose
them with care: what becomes of them here is never private, special or a keyword.
"""

import unicodedata
from collections.abc import Sequence
from keyword import iskeyword


def python_names(names: Sequence[str]) -> tuple[str, ...]:
    """An identifier for each name, all of them different.

    A name that is an ordinary identifier stays as it is, the first one where it is there twice.
    Otherwise characters that no identifier has become `_`, leading underscores go, a leading digit
    gets `_` before it, keywords and names that are taken get `_` after them, then `_2` and so on.

    Args:
        names: of an interface, in its order.
    """
    found: dict[int, str] = {}
    taken: set[str] = set()
    for index, name in enumerate(names):
        if name not in taken and _is_ordinary(name):
            found[index] = name
            taken.add(name)
    numbers: dict[str, int] = {}
    for index, name in enumerate(names):
        if index not in found:
            found[index] = _free(_identifier(name), taken, numbers)
            taken.add(found[index])
    return tuple(found[index] for index in range(len(names)))


def _is_ordinary(name: str) -> bool:
    return (
        name.isidentifier()
        and not name.startswith("_")
        and not iskeyword(name)
        and name == unicodedata.normalize("NFKC", name)  # as Python reads names in a source
    )


def _identifier(name: str) -> str:
    normal = unicodedata.normalize("NFKC", name)
    characters = (char if f"_{char}".isidentifier() else "_" for char in normal)
    stripped = "".join(characters).lstrip("_")
    return stripped if stripped.isidentifier() else f"_{stripped}"


def _free(name: str, taken: set[str], numbers: dict[str, int]) -> str:
    """The name as it is or with what it needs after it.

    Args:
        name: an identifier.
        taken: those that it must not be.
        numbers: the last number that was tried, by what is before it; else thousands of equal
            names would take long.
    """
    if name not in taken and not iskeyword(name):
        return name
    free = f"{name}_"
    stem = name.rstrip("_")
    number = numbers.get(stem, 1)
    while free in taken or free == "__":  # what begins so has another name inside of classes
        number += 1
        free = f"{stem}_{number}"
    numbers[stem] = number
    return free

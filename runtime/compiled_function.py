"""Functions written for one type: a record's fields as local variables, without loops and calls.

Converters and packers of records are made this way, as `dataclasses` makes its methods: for a
record of a dozen scalars that is about twice as fast as a loop that calls a converter a field.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import CodeType

MOST_FIELDS = 64
"""Records with more fields are converted in a loop: compiling takes about 20 µs a field."""


def compiled_function(source: str, names: Mapping[str, object]) -> object:
    """The function `convert` that the source defines.

    Args:
        source: Python; what comes from a module is in it only as numbers, quoted by `ascii`, or
            as an identifier of `python_names`.
        names: what the source refers to besides Python's own names.
    """
    namespace = dict(names)
    exec(_code(source), namespace)
    return namespace["convert"]


@lru_cache(maxsize=256)
def _code(source: str) -> CodeType:
    # Many functions take the same types in the same order, one string above all.
    return compile(source, "<converter>", "exec")


def variables(count: int) -> list[str]:
    """The names of the local variables for so many parts."""
    return [f"v{index}" for index in range(count)]


def as_tuple(parts: list[str]) -> str:
    """The source of a tuple: `()`, `(v0, )`, `(v0, v1, )`."""
    return f"({''.join(f'{part}, ' for part in parts)})"

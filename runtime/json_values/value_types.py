"""What JSON gives, and what a Python caller may pass and gets."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
"""What a JSON text stands for."""

PythonValue: TypeAlias = (
    bool
    | int
    | float
    | str
    | bytes
    | bytearray
    | memoryview
    | Sequence["PythonValue"]
    | Mapping[str, "PythonValue"]
    | None
)
"""What a Python caller passes and gets: every `JsonValue`, and bytes-like objects.

As sequences, lists and tuples are accepted; as mappings, dicts.
"""

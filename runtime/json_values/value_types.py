"""What JSON gives, and what a Python caller may pass and gets."""

from collections.abc import Mapping, Sequence
from dataclasses import Field
from typing import Any, ClassVar, Protocol, TypeAlias

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
"""What a JSON text stands for."""


class DataclassInstance(Protocol):
    """An instance of any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


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
    | DataclassInstance
    | None
)
"""What a Python caller passes and gets: every `JsonValue`, bytes-like objects, dataclasses.

As sequences, lists and tuples are accepted; as mappings, dicts; as records, instances of all
dataclasses that have the fields.
"""

"""What JSON gives, and what a Python caller may pass and gets."""

from collections.abc import Mapping, Sequence
from dataclasses import Field
from typing import Any, ClassVar, Protocol, TypeAlias

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
"""What a JSON text stands for."""


class DataclassInstance(Protocol):
    """An instance of any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


PythonResult: TypeAlias = (
    bool | int | float | str | bytes | list["PythonResult"] | dict[str, "PythonResult"] | None
)
"""What a Python caller gets where records are dicts."""

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
"""What a Python caller passes: every `JsonValue`, bytes-like objects, dataclasses.

Strings and bytes are no sequences here; as records, instances of all dataclasses that have the
fields are accepted too.
"""

"""Dataclasses made from the records of interfaces."""

import inspect
import threading
from collections.abc import Callable
from dataclasses import fields
from typing import cast
from weakref import WeakValueDictionary

from runtime.errors import CallError
from runtime.forking import hold_during_fork
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import RecordType, Signature, records_of, type_text
from runtime.python_names import python_names
from runtime.python_types.annotations import python_type
from runtime.python_types.record_signature import RecordSignature
from runtime.python_types.record_structure import (
    RecordStructure,
    record_of_structure,
    record_structure,
)
from runtime.shown_names import shown_name

_MOST_RECORDS = 1_000
"""In one record: the time that making classes takes grows with the square of it."""

_classes: WeakValueDictionary[RecordStructure, type] = WeakValueDictionary()
"""The classes that are in use."""

_lock = threading.RLock()
"""Held while classes are made: two threads must not make two of one record."""

hold_during_fork(_lock)


def record_class(record: RecordType) -> type:
    """The dataclass of a record: frozen, with slots, its fields in order and all required.

    Records of the same name and structure have the same class in the whole process. Instances
    compare by their fields, and pickle; they hash where no field is a list.

    Args:
        record: its fields are complete. Its name and theirs become identifiers; see
            `python_names`.

    Raises:
        CallError: more than 1,000 records are in it.
    """
    structure = record_structure(record)
    with _lock:
        return _classes.get(structure) or _made(record)


def record_text(record: RecordType) -> str:
    """A record as interface listings show it: `data TestRecord:` and a line for each field."""
    lines = [f"data {shown_name(record.name)}:"]
    lines += [f"  {shown_name(field.name)}: {type_text(field.type)}" for field in record.fields]
    return "\n".join(lines)


def _made(record: RecordType) -> type:
    """Make the class of a record and those of the records in it that have none yet."""
    records = records_of([Signature((), record)])
    if len(records) > _MOST_RECORDS:
        raise CallError(
            f"record {shown_name(record.name)}: {len(records)} records are in it, for at most "
            f"{_MOST_RECORDS} there are dataclasses: use `Service.call`, which gives dicts"
        )
    found: dict[int, type] = {}
    without_types: list[RecordType] = []
    for each in records:
        structure = record_structure(each)
        made = _classes.get(structure)
        if made is None:
            made = _classes[structure] = _without_types(each, structure)
            without_types.append(each)
        found[id(each)] = made
    for each in without_types:  # now that there are classes for all: a record may hold itself
        _set_types(found[id(each)], each, lambda part: found[id(part)])
    return found[id(record)]


def _without_types(record: RecordType, structure: RecordStructure) -> type:
    names = _field_names(record)
    namespace = {
        "__annotations__": dict.fromkeys(names, object),
        "__doc__": record_text(record),
        "__module__": __package__,
        "__reduce__": _pickling(structure, names),
    }
    return frozen_dataclass(type(python_names([record.name])[0], (), namespace))


def _set_types(made: type, record: RecordType, class_of: Callable[[RecordType], type]) -> None:
    """Give a class the types of its fields, wherever dataclasses and their users look for them."""
    types = {
        name: python_type(field.type, class_of)
        for name, field in zip(_field_names(record), record.fields, strict=True)
    }
    made.__annotations__ = types
    init = vars(made)["__init__"]
    init.__annotations__ = {**types, "return": None}
    for field in fields(made):
        field.type = cast("type", types[field.name])
    parameters = tuple(inspect.signature(init).parameters.values())
    # The class shows that of its method too, and so does a subclass that has none of its own.
    init.__signature__ = RecordSignature(parameters, return_annotation=None)


def _field_names(record: RecordType) -> tuple[str, ...]:
    return python_names([field.name for field in record.fields])


def _pickling(structure: RecordStructure, names: tuple[str, ...]) -> Callable[[object], object]:
    def reduced(record: object) -> object:
        return _restored, (structure, tuple(getattr(record, name) for name in names))

    return reduced


def _restored(structure: RecordStructure, values: tuple[object, ...]) -> object:
    # Only if the class is not in use is the structure looked at more closely than by its hash.
    made = _classes.get(structure) or record_class(record_of_structure(structure))
    return made(*values)

"""Dataclasses of the caller's own that take the place of those made from an interface."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import TypeAlias, get_type_hints

from runtime.errors import CallError
from runtime.interface.types import RecordType
from runtime.python_names import python_names
from runtime.python_types.annotations import RecordClass, annotation_text, python_type
from runtime.python_types.record_classes import record_class
from runtime.python_types.record_structure import record_structure
from runtime.suggestions import listing, suggestion

OwnRecords: TypeAlias = Mapping[str, Mapping[str, type]]
"""Dataclasses by the module's name, then by the attribute that the record is of its module."""


def own_records(given: OwnRecords | None) -> OwnRecords:
    """What a caller gave, in which there may be mistakes about modules and records still.

    Raises:
        CallError: it is of another form.
    """
    if given is None:
        return {}
    for each in given.values() if isinstance(given, Mapping) else (given,):
        if not isinstance(each, Mapping):
            raise CallError(
                "records: expected dataclasses by the names of a module and a record, such as "
                f"{{'shop': {{'Item': Item}}}}, got {each!r}"
            )
    return given


def record_classes(
    records: Mapping[str, RecordType], own: Mapping[str, type], *, module: str
) -> RecordClass:
    """What gives the dataclass of each record of a module: the caller's own, or else a made one.

    Args:
        records: all of the module's, by their attributes.
        own: the caller's dataclasses, by these attributes.
        module: the module's name, for errors.

    Raises:
        CallError: a class is not a dataclass of the record's fields, or there is no such record.
    """
    if not own:
        return record_class
    for name in own:
        if name not in records:
            raise CallError(
                f"module {module!r} has no record {name!r}{suggestion(str(name), records)} "
                f"(it has: {listing(records)})",
                module=module,
            )
    by_structure = {record_structure(records[name]): cls for name, cls in own.items()}

    def class_of(record: RecordType) -> type:
        return by_structure.get(record_structure(record)) or record_class(record)

    for name, cls in own.items():
        problem = _problem(cls, records[name], class_of)
        if problem:
            raise CallError(
                f"{getattr(cls, '__qualname__', cls)} cannot stand for record {name} of module "
                f"{module!r}: {problem}",
                module=module,
            )
    return class_of


def _problem(cls: object, record: RecordType, class_of: RecordClass) -> str:
    """What is wrong with a class; an empty string where nothing is."""
    if not isinstance(cls, type) or not is_dataclass(cls):
        return "it is no dataclass"
    names = python_names([field.name for field in record.fields])
    taken = {field.name: field for field in fields(cls) if field.init}
    lacking = [name for name in names if name not in taken]
    if lacking:
        return f"it lacks the field{_s(lacking)} {listing(lacking)}"
    unknown = [
        name
        for name, field in taken.items()
        if name not in names and field.default is MISSING and field.default_factory is MISSING
    ]
    if unknown:
        return f"the record has no field{_s(unknown)} {listing(unknown)}"
    try:
        hints = get_type_hints(cls)
    except (NameError, TypeError, AttributeError, SyntaxError) as error:
        return f"its annotations cannot be read: {error}"
    for name, field in zip(names, record.fields, strict=True):
        wanted = python_type(field.type, class_of)
        if hints[name] != wanted:
            return (
                f"its field {name} must have the type {annotation_text(wanted)}, "
                f"not {annotation_text(hints[name])}"
            )
    return ""


def _s(names: list[str]) -> str:
    return "" if len(names) == 1 else "s"

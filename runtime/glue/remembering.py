"""Preparing for each record type once: types may hold one many times."""

from collections.abc import Callable
from typing import TypeVar

from runtime.interface.types import RecordType

_Prepared = TypeVar("_Prepared")


def remembered(
    known: dict[int, _Prepared | None],
    record: RecordType,
    prepare: Callable[[RecordType], _Prepared],
) -> _Prepared:
    """What was prepared for the record before, or is now.

    Args:
        known: by the record's id; None marks what is under way.
        record: the record.
        prepare: prepares for it.

    Raises:
        TypeError: it holds arrays of itself.
    """
    if id(record) not in known:
        known[id(record)] = None
        known[id(record)] = prepare(record)
    found = known[id(record)]
    if found is None:
        raise TypeError(f"the record {record.name} holds itself: how deep it goes is not known")
    return found

"""The attributes of a module in Python: its functions and its records."""

from collections import Counter
from collections.abc import Iterable, Sequence

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import RecordType
from runtime.python_names import python_names
from runtime.python_types.record_structure import record_structure


@frozen_dataclass
class AttributeNames:
    """What a module's parts are called.

    Attributes:
        functions: the interface names of the functions, by their attributes.
        records: the records, by their attributes; each after those that it holds.
    """

    functions: dict[str, str]
    records: dict[str, RecordType]


def attribute_names(functions: Sequence[str], records: Iterable[RecordType]) -> AttributeNames:
    """Names for the parts of a module: all are different, and functions come first.

    Args:
        functions: their interface names, in order.
        records: reachable from them; several of one name and structure count as one.
    """
    distinct = _distinct(tuple(records))
    names = python_names([*functions, *(record.name for record in distinct)])
    return AttributeNames(
        dict(zip(names, functions, strict=False)),
        dict(zip(names[len(functions) :], distinct, strict=True)),
    )


def _distinct(records: tuple[RecordType, ...]) -> list[RecordType]:
    counts = Counter(record.name for record in records)
    seen = set()
    distinct: list[RecordType] = []
    for record in records:
        if counts[record.name] > 1:
            structure = record_structure(record)
            if structure in seen:
                continue
            seen.add(structure)
        distinct.append(record)
    return distinct

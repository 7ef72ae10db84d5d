"""The names of what `marine stubs` writes: one class a record, one a module."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runtime import ModuleInterface, RecordType
from runtime.python_names import python_names
from runtime.python_types.record_structure import RecordStructure, record_structure

_RESERVED_NAMES = (
    "BytesLike",
    "Mapping",
    "Modules",
    "Protocol",
    "PythonValue",
    "RECORDS",
    "Sequence",
    "Service",
    "TypeAlias",
    "annotations",
    "bool",
    "bytearray",
    "bytes",
    "cast",
    "dataclass",
    "float",
    "int",
    "list",
    "memoryview",
    "modules_of",
    "object",
    "property",
    "str",
    "type",
)
"""What the written file uses or defines itself."""


@dataclass(frozen=True, slots=True)
class StubNames:
    """What everything is called in Python.

    Attributes:
        record_classes: a class for each record; records of the same structure and name share one,
            whatever module they are of.
        module_classes: the protocol of each module, in load order.
        module_attributes: under which name `service.modules` has each module, in load order.
    """

    record_classes: Mapping[RecordType, str]
    module_classes: tuple[str, ...]
    module_attributes: tuple[str, ...]


def stub_names(interfaces: Sequence[ModuleInterface]) -> StubNames:
    """Names for the records and modules of a service; all classes have different ones."""
    kinds = _record_kinds(interfaces)
    wished = [*_RESERVED_NAMES, *_wished_record_names(kinds)]
    for interface in interfaces:
        name = _class_name(_camel_case(interface.name), "Module")
        wished.append(f"{name}Module" if name in wished else name)
    given = python_names(wished)[len(_RESERVED_NAMES) :]
    return StubNames(
        {
            record: name
            for kind, name in zip(kinds, given[: len(kinds)], strict=True)
            for record in kind.records
        },
        given[len(kinds) :],
        python_names([interface.name for interface in interfaces]),
    )


@dataclass(frozen=True, slots=True)
class _RecordKind:
    """Records of the same structure and name.

    Attributes:
        records: of all modules.
        module: the first that has one.
    """

    records: list[RecordType]
    module: str


def _record_kinds(interfaces: Iterable[ModuleInterface]) -> list[_RecordKind]:
    kinds: dict[RecordStructure, _RecordKind] = {}
    for interface in interfaces:
        for record in interface.records:
            kind = kinds.setdefault(record_structure(record), _RecordKind([], interface.name))
            kind.records.append(record)
    return list(kinds.values())


def _wished_record_names(kinds: Sequence[_RecordKind]) -> Iterator[str]:
    """The records' own names; where several records share one, with the module's name before."""
    count = Counter(kind.records[0].name for kind in kinds)
    for kind in kinds:
        name = kind.records[0].name
        if count[name] > 1:
            name = f"{_camel_case(kind.module)}{name}"
        yield _class_name(name, "Record")


def _class_name(name: str, kind: str) -> str:
    """The name, with what it is before it where an identifier would begin with `_`."""
    return f"{kind}{name}" if python_names([name])[0].startswith("_") else name


def _camel_case(name: str) -> str:
    """A module's name as classes are named: `curl_adapter` becomes `CurlAdapter`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[\W_]+", name))

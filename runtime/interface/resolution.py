"""Makes types out of a section's type definitions: indices become the records they stand for.

Nothing here recurses: a section can nest types more deeply than Python nests calls.
"""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.instructions import EncodedArray, EncodedRecord, EncodedType
from runtime.interface.place import Place
from runtime.interface.section import FunctionDefinition, RecordDefinition, TypeDefinition
from runtime.interface.types import ArrayType, Field, InterfaceType, RecordType, Scalar, Signature

MAX_NESTING = 1024
"""Most records and arrays around a scalar (spec marine-runtime.md, "Loading a module")."""


@frozen_dataclass
class ResolvedTypes:
    """The types of a section.

    Attributes:
        count: how many types there are, of both kinds.
        records: the record types by type index.
        nesting: by type index, how many records and arrays lie around a scalar in each record.
        signatures: the function types by type index.
    """

    count: int
    records: dict[int, RecordType]
    nesting: dict[int, int]
    signatures: dict[int, Signature]

    def type(self, encoded: EncodedType, place: Place) -> InterfaceType:
        """The type that `encoded` stands for at `place`.

        Raises:
            ValidationError: its index is not a record's, or it nests too deeply.
        """
        levels, base = _unwrap_arrays(encoded)
        nesting = levels
        resolved: InterfaceType
        if isinstance(base, EncodedRecord):
            resolved = self.record(base.index, place)
            nesting += self.nesting[base.index]
        else:
            resolved = base
        if nesting > MAX_NESTING:
            raise place.error(f"a type that nests {nesting} deep", f"at most {MAX_NESTING}")
        for _ in range(levels):
            resolved = ArrayType(resolved)
        return resolved

    def record(self, index: int, place: Place) -> RecordType:
        """The record type of this index.

        Raises:
            ValidationError: there is none.
        """
        if index not in self.records:
            raise place.error(self._described(index), "the index of a record type")
        return self.records[index]

    def signature(self, index: int, place: Place) -> Signature:
        """The function type of this index.

        Raises:
            ValidationError: there is none.
        """
        if index not in self.signatures:
            raise place.error(self._described(index), "the index of a function type")
        return self.signatures[index]

    def _described(self, index: int) -> str:
        if index >= self.count:
            return f"type index {index} where there are {self.count} types"
        kind = "record" if index in self.records else "function"
        return f"type index {index}, which is a {kind} type"


def resolve_types(definitions: Sequence[TypeDefinition], *, module: str) -> ResolvedTypes:
    """All types of a section.

    A record may hold arrays of itself, so records are made first and get their fields after.

    Args:
        definitions: the section's types, at their type indices.
        module: the module's name, for errors.

    Raises:
        ValidationError: an index is not a record's, a record holds itself other than in an array,
            types nest more than `MAX_NESTING` deep, or a function has several results.
    """
    record_definitions = {
        index: definition
        for index, definition in enumerate(definitions)
        if isinstance(definition, RecordDefinition)
    }
    resolved = ResolvedTypes(
        count=len(definitions),
        records={index: RecordType(item.name) for index, item in record_definitions.items()},
        nesting=_nesting(record_definitions, module),
        signatures={},
    )
    for index, record in record_definitions.items():
        resolved.records[index].fields = tuple(
            Field(field.name, resolved.type(field.type, _field_place(module, record, field.name)))
            for field in record.fields
        )
    for index, definition in enumerate(definitions):
        if isinstance(definition, FunctionDefinition):
            resolved.signatures[index] = _signature(definition, index, resolved, module)
    return resolved


def _signature(
    definition: FunctionDefinition, index: int, resolved: ResolvedTypes, module: str
) -> Signature:
    part = f"function type {index}"
    if len(definition.results) > 1:
        raise Place(module, part).error(f"{len(definition.results)} results", "at most one")
    result = Place(module, f"{part}, result")
    return Signature(
        parameters=tuple(
            Field(
                parameter.name,
                resolved.type(
                    parameter.type, Place(module, f"{part}, parameter {parameter.name!r}")
                ),
            )
            for parameter in definition.parameters
        ),
        result=resolved.type(definition.results[0], result) if definition.results else None,
    )


def _field_place(module: str, record: RecordDefinition, field: str) -> Place:
    return Place(module, f"record {record.name!r}, field {field!r}")


def _nesting(records: Mapping[int, RecordDefinition], module: str) -> dict[int, int]:
    """How deep each record nests, by type index; indices that are no record's count nothing."""
    _check_cycles(records, module)
    nesting: dict[int, int] = {}
    for index in _innermost_first(records):
        deepest = 0
        for field in records[index].fields:
            levels, base = _unwrap_arrays(field.type)
            if isinstance(base, EncodedRecord):
                # A record without nesting so far is one that is still open: it holds arrays of
                # itself by way of this field, and how deep those go is up to the values.
                levels += nesting.get(base.index, 0)
            deepest = max(deepest, levels)
        nesting[index] = deepest + 1
        if nesting[index] > MAX_NESTING:
            raise Place(module, f"record {records[index].name!r}").error(
                f"a type that nests {nesting[index]} deep", f"at most {MAX_NESTING}"
            )
    return nesting


def _check_cycles(records: Mapping[int, RecordDefinition], module: str) -> None:
    """Refuse records that hold themselves other than in an array: they would be endless."""
    held_by_value = {
        index: [
            field.type.index
            for field in definition.fields
            if isinstance(field.type, EncodedRecord) and field.type.index in records
        ]
        for index, definition in records.items()
    }
    try:
        TopologicalSorter(held_by_value).prepare()
    except CycleError as error:
        cycle: list[int] = error.args[1]
        names = [repr(records[index].name) for index in cycle]
        raise Place(module, f"record {names[0]}").error(
            f"a record that holds itself ({_shortened(names)})",
            "a record that holds itself only in arrays",
        ) from error


def _shortened(names: list[str]) -> str:
    if len(names) > 10:
        names = [*names[:5], "…", *names[-4:]]
    return " in ".join(names)


def _innermost_first(records: Mapping[int, RecordDefinition]) -> list[int]:
    """The records' indices, each after those that it holds, unless those hold it too."""
    order: list[int] = []
    entered: set[int] = set()
    left: set[int] = set()
    for root in records:
        pending = [root]
        while pending:
            index = pending[-1]
            if index not in entered:
                entered.add(index)
                pending.extend(_unentered_parts(records, index, entered))
                continue
            pending.pop()
            if index not in left:
                left.add(index)
                order.append(index)
    return order


def _unentered_parts(
    records: Mapping[int, RecordDefinition], index: int, entered: set[int]
) -> list[int]:
    bases = (_unwrap_arrays(field.type)[1] for field in records[index].fields)
    return [
        base.index
        for base in bases
        if isinstance(base, EncodedRecord) and base.index in records and base.index not in entered
    ]


def _unwrap_arrays(encoded: EncodedType) -> tuple[int, Scalar | EncodedRecord]:
    """How many arrays there are around the innermost element, and that element."""
    levels = 0
    while isinstance(encoded, EncodedArray):
        encoded = encoded.element
        levels += 1
    return levels, encoded

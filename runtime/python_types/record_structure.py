"""Records as plain tuples that compare, hash and pickle, also where they hold themselves."""

from typing import TypeAlias

from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    RecordType,
    Scalar,
    is_byte_array,
)

FieldStructure: TypeAlias = tuple[str, int, Scalar | int]
"""A field's name, how many arrays are around its type's core, and the core: a scalar, or the number
of a record."""

RecordStructure: TypeAlias = tuple[tuple[str, tuple[FieldStructure, ...]], ...]
"""The record itself, then those that it leads to in the order they are met: name and fields."""


def record_structure(record: RecordType) -> RecordStructure:
    """What makes two records the same: their names, fields, and the records that they hold."""
    numbers = {id(record): 0}
    met = [record]
    described: list[tuple[str, tuple[FieldStructure, ...]]] = []
    for each in met:  # grows meanwhile
        fields: list[FieldStructure] = []
        for field in each.fields:
            nesting, core = _core(field.type)
            if isinstance(core, RecordType):
                if id(core) not in numbers:
                    numbers[id(core)] = len(met)
                    met.append(core)
                fields.append((field.name, nesting, numbers[id(core)]))
            else:
                fields.append((field.name, nesting, core))
        described.append((each.name, tuple(fields)))
    return tuple(described)


def record_of_structure(structure: RecordStructure) -> RecordType:
    """A record of that structure."""
    records = [RecordType(name) for name, _ in structure]
    for record, (_, fields) in zip(records, structure, strict=True):
        record.fields = tuple(
            Field(name, _in_arrays(core if isinstance(core, Scalar) else records[core], nesting))
            for name, nesting, core in fields
        )
    return records[0]


def _core(interface_type: InterfaceType) -> tuple[int, Scalar | RecordType]:
    """How many arrays are around a type that is none, and that type; an array of u8 is bytes."""
    nesting = 0
    while isinstance(interface_type, ArrayType) and not is_byte_array(interface_type):
        interface_type = interface_type.element
        nesting += 1
    core = Scalar.BYTE_ARRAY if isinstance(interface_type, ArrayType) else interface_type
    return nesting, core


def _in_arrays(core: InterfaceType, nesting: int) -> InterfaceType:
    for _ in range(nesting):
        core = ArrayType(core)
    return core

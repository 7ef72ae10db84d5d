"""The types of interface values, and the Python values that stand for them.

| interface type              | Python value                          |
| --------------------------- | ------------------------------------- |
| bool                        | bool                                  |
| s8 … s64, u8 … u64, i32, i64 | int                                  |
| f32, f64                    | float                                 |
| string                      | str                                   |
| byte array, array of u8     | bytes                                 |
| array                       | list                                  |
| record                      | tuple of the fields' values, in order |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from runtime.frozen_dataclass import frozen_dataclass
from runtime.shown_names import shown_name


class Scalar(Enum):
    """A type without parts; the value is its name in the text form of interface types."""

    BOOL = "bool"
    S8 = "s8"
    S16 = "s16"
    S32 = "s32"
    S64 = "s64"
    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    U64 = "u64"
    F32 = "f32"
    F64 = "f64"
    I32 = "i32"
    I64 = "i64"
    STRING = "string"
    BYTE_ARRAY = "byte_array"


INTEGER_RANGES: dict[Scalar, tuple[int, int]] = {
    Scalar.S8: (-(2**7), 2**7 - 1),
    Scalar.S16: (-(2**15), 2**15 - 1),
    Scalar.S32: (-(2**31), 2**31 - 1),
    Scalar.S64: (-(2**63), 2**63 - 1),
    Scalar.I32: (-(2**31), 2**31 - 1),
    Scalar.I64: (-(2**63), 2**63 - 1),
    Scalar.U8: (0, 2**8 - 1),
    Scalar.U16: (0, 2**16 - 1),
    Scalar.U32: (0, 2**32 - 1),
    Scalar.U64: (0, 2**64 - 1),
}
"""Lowest and highest value of each integer type."""

UNSIGNED_32 = INTEGER_RANGES[Scalar.U32][1]
"""All 32 bits: as a mask it makes a pointer or length of an i32."""


def signed(number: int, bits: int) -> int:
    """The low bits of a number, read as two's complement."""
    half = 1 << (bits - 1)
    return ((number + half) & ((1 << bits) - 1)) - half


@frozen_dataclass
class ArrayType:
    """An array of any length whose elements have one type."""

    element: "InterfaceType"


@frozen_dataclass
class Field:
    """A named part: a record's field or a function's parameter."""

    name: str
    type: "InterfaceType"


@dataclass(eq=False, slots=True)
class RecordType:
    """A record: named fields in order.

    Compared by identity, because an array inside a record may hold the same record again (a tree);
    `same_type` compares structures. `fields` is set once, by whoever builds the type.
    """

    name: str
    fields: tuple[Field, ...] = ()

    def __repr__(self) -> str:
        return f"RecordType({self.name!r}, fields={[field.name for field in self.fields]})"


InterfaceType: TypeAlias = Scalar | ArrayType | RecordType

InterfaceValue: TypeAlias = (
    bool | int | float | str | bytes | list["InterfaceValue"] | tuple["InterfaceValue", ...]
)


@frozen_dataclass
class Signature:
    """The interface of a function: named parameters, and at most one result."""

    parameters: tuple[Field, ...]
    result: InterfaceType | None


def is_byte_array(interface_type: InterfaceType) -> bool:
    """Whether values of the type are `bytes`: the byte array itself, or an array of u8."""
    return interface_type is Scalar.BYTE_ARRAY or (
        isinstance(interface_type, ArrayType) and interface_type.element is Scalar.U8
    )


def same_type(left: InterfaceType, right: InterfaceType) -> bool:
    """Whether two types have the same structure: records by the names and types of their fields.

    The records' own names do not count, and an array of u8 is a byte array
    (spec marine-runtime.md, "Loading a module").
    """
    pending = [(left, right)]
    compared: set[tuple[int, int]] = set()  # else a record that holds arrays of itself never ends
    while pending:
        ours, theirs = pending.pop()
        if is_byte_array(ours) or is_byte_array(theirs):
            if not (is_byte_array(ours) and is_byte_array(theirs)):
                return False
        elif isinstance(ours, ArrayType) and isinstance(theirs, ArrayType):
            pending.append((ours.element, theirs.element))
        elif isinstance(ours, RecordType) and isinstance(theirs, RecordType):
            if (id(ours), id(theirs)) in compared:
                continue
            compared.add((id(ours), id(theirs)))
            if [field.name for field in ours.fields] != [field.name for field in theirs.fields]:
                return False
            pending += zip(
                (field.type for field in ours.fields),
                (field.type for field in theirs.fields),
                strict=True,
            )
        elif ours is not theirs:
            return False
    return True


def same_signature(left: Signature, right: Signature) -> bool:
    """Whether two functions take and give the same types; the parameters' names do not count."""
    if len(left.parameters) != len(right.parameters):
        return False
    if left.result is None or right.result is None:
        results_match = left.result is right.result
    else:
        results_match = same_type(left.result, right.result)
    return results_match and all(
        same_type(ours.type, theirs.type)
        for ours, theirs in zip(left.parameters, right.parameters, strict=True)
    )


_LISTING_NAMES = {
    Scalar.S8: "i8",
    Scalar.S16: "i16",
    Scalar.S32: "i32",
    Scalar.S64: "i64",
    Scalar.BYTE_ARRAY: "[]u8",
}


def type_text(interface_type: InterfaceType) -> str:
    """The type as interface listings show it: `i8`, `string`, `[]u8`, `[]Name`."""
    nesting = 0
    while isinstance(interface_type, ArrayType):
        interface_type = interface_type.element
        nesting += 1
    if isinstance(interface_type, RecordType):
        name = shown_name(interface_type.name)
    else:
        name = _LISTING_NAMES.get(interface_type, interface_type.value)
    return "[]" * nesting + name


def signature_text(name: str, signature: Signature) -> str:
    """A function as interface listings show it: `fn put(file_path: string) -> string`."""
    return f"fn {shown_name(name)}{form_text(signature)}"


def form_text(signature: Signature) -> str:
    """What follows the function's name there: `(file_path: string) -> string`."""
    parameters = ", ".join(
        f"{shown_name(field.name)}: {type_text(field.type)}" for field in signature.parameters
    )
    result = f" -> {type_text(signature.result)}" if signature.result is not None else ""
    return f"({parameters}){result}"


def records_of(signatures: Iterable[Signature]) -> tuple[RecordType, ...]:
    """All records reachable from the signatures, each after those that it holds."""
    found: dict[int, RecordType] = {}
    entered: set[int] = set()
    for signature in signatures:
        results = () if signature.result is None else (signature.result,)
        for root in (*(parameter.type for parameter in signature.parameters), *results):
            pending = _records_in(root)
            while pending:
                record = pending[-1]
                if id(record) not in entered:
                    entered.add(id(record))
                    # Reversed, for the first field's record to come out first.
                    for field in reversed(record.fields):
                        pending += (r for r in _records_in(field.type) if id(r) not in entered)
                else:
                    found.setdefault(id(pending.pop()), record)
    return tuple(found.values())


def _records_in(interface_type: InterfaceType) -> list[RecordType]:
    """The record that the type is or holds arrays of: one or none."""
    while isinstance(interface_type, ArrayType):
        interface_type = interface_type.element
    return [interface_type] if isinstance(interface_type, RecordType) else []

"""Changes of a section that keep its form: another type, instruction, index, name, order."""

import dataclasses
from collections.abc import Iterator
from random import Random

from runtime.interface.instructions import (
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
    Op,
    Operand,
)
from runtime.interface.section import InterfaceSection
from runtime.interface.types import Scalar

_NUMBERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 127, 128, 255, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1)
_TEXTS = (
    "",
    "a",
    "allocate",
    "memory",
    "_start",
    "\0",
    "\x1b[31m",
    "é" * 100,
    "\u202e",
    "a b",
    '"',
)

_Path = tuple[str | int, ...]
"""Fields and positions, from a section to a part of it."""


def mutated_section(section: InterfaceSection, random: Random) -> InterfaceSection:
    """A section that differs from this one in one place."""
    places = list(_places(section, ()))
    path = random.choice(places)
    changed = _replaced(section, path, random)
    assert isinstance(changed, InterfaceSection)
    return changed


def _places(part: object, path: _Path) -> Iterator[_Path]:
    """Where something can be changed."""
    if isinstance(part, Scalar | EncodedArray | EncodedRecord | Instruction | int | str):
        yield path
    elif isinstance(part, tuple):
        yield path
        for position, each in enumerate(part):
            yield from _places(each, (*path, position))
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            yield from _places(getattr(part, field.name), (*path, field.name))


def _replaced(part: object, path: _Path, random: Random) -> object:
    """The part with a change at the path in it."""
    if not path:
        return _changed(part, random)
    step, *rest = path
    if isinstance(part, tuple) and isinstance(step, int):
        inner = _replaced(part[step], tuple(rest), random)
        return (*part[:step], inner, *part[step + 1 :])
    assert dataclasses.is_dataclass(part)
    assert not isinstance(part, type)
    assert isinstance(step, str)
    inner = _replaced(getattr(part, step), tuple(rest), random)
    return dataclasses.replace(part, **{step: inner})


def _changed(part: object, random: Random) -> object:
    match part:
        case Instruction():
            return _instruction(part, random)
        case Scalar() | EncodedArray() | EncodedRecord():
            return _type(random)
        case int():
            return random.choice((max(part - 1, 0), part + 1, random.choice(_NUMBERS)))
        case str():
            return random.choice((*_TEXTS, part + "x", part[1:]))
        case tuple():
            return _items(part, random)
    raise AssertionError(f"no place to change: {part!r}")


def _type(random: Random) -> EncodedType:
    match random.randrange(4):
        case 0:
            return EncodedArray(_type(random))
        case 1:
            return EncodedRecord(random.choice(_NUMBERS[:10]))
    return random.choice(list(Scalar))


def _instruction(part: Instruction, random: Random) -> Instruction:
    same_operand = [op for op in Op if op.operand is part.op.operand]
    match random.randrange(3):
        case 0:
            return Instruction(random.choice(same_operand), part.operand)
        case 1:
            return _with_operand(part.op, random)
    return _with_operand(random.choice(list(Op)), random)


def _with_operand(op: Op, random: Random) -> Instruction:
    match op.operand:
        case Operand.INDEX:
            return Instruction(op, random.choice(_NUMBERS))
        case Operand.TYPE:
            return Instruction(op, _type(random))
    return Instruction(op)


def _items(items: tuple[object, ...], random: Random) -> tuple[object, ...]:
    """One item less, more, or elsewhere."""
    if not items:
        return items
    at, to = random.randrange(len(items)), random.randrange(len(items))
    rest = (*items[:at], *items[at + 1 :])
    match random.randrange(3):
        case 0:
            return rest
        case 1:
            return (*items[:to], items[at], *items[to:])
    return (*rest[:to], items[at], *rest[to:])

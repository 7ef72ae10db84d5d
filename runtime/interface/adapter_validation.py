"""Follows the operand stack through an adapter: which types it holds after each instruction.

The rules are in spec interface-types.md, "Stack effects".
"""

from collections.abc import Sequence
from typing import TypeAlias

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.core_functions import CoreFunctions
from runtime.interface.instruction_text import instruction_text, interface_type_text
from runtime.interface.instructions import (
    CONVERSIONS,
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
    Op,
)
from runtime.interface.place import Place
from runtime.interface.resolution import ResolvedTypes
from runtime.interface.types import ArrayType, InterfaceType, Scalar, is_byte_array, signed
from runtime.interface.validated import (
    ALLOCATE_TYPES,
    ImportedFunction,
    ResolvedInstruction,
    ResolvedOperand,
)

_Types: TypeAlias = tuple[InterfaceType, ...]

_POINTER = Scalar.I32
_LENGTH = Scalar.I32

_FIXED_EFFECTS: dict[Op, tuple[_Types, _Types]] = {
    Op.STRING_SIZE: ((Scalar.STRING,), (_LENGTH,)),
    Op.STRING_LIFT_MEMORY: ((_POINTER, _LENGTH), (Scalar.STRING,)),
    Op.STRING_LOWER_MEMORY: ((_POINTER, Scalar.STRING), (_POINTER, _LENGTH)),
    Op.BYTE_ARRAY_SIZE: ((Scalar.BYTE_ARRAY,), (_LENGTH,)),
    Op.BYTE_ARRAY_LIFT_MEMORY: ((_POINTER, _LENGTH), (Scalar.BYTE_ARRAY,)),
    Op.BYTE_ARRAY_LOWER_MEMORY: ((_POINTER, Scalar.BYTE_ARRAY), (_POINTER, _LENGTH)),
    **{op: ((source,), (target,)) for op, (source, target) in CONVERSIONS.items()},
}
"""What each instruction without an operand takes and gives; the right end is the top."""

_SHOWN_OPERANDS = 8
"""How many of the operands on top of the stack an error shows."""

_ALLOCATE = "allocate"


@frozen_dataclass
class AdapterType:
    """What an adapter is given and must give.

    Attributes:
        module: the module that it belongs to.
        name: the function it adapts, as errors show it.
        arguments: what `arg.get` reads: interface types in an export adapter, raw ones in an
            import adapter.
        results: what must be on the stack at the end.
    """

    module: str
    name: str
    arguments: _Types
    results: _Types


def validate_adapter(
    instructions: tuple[Instruction, ...],
    adapter_type: AdapterType,
    types: ResolvedTypes,
    functions: CoreFunctions,
) -> tuple[ResolvedInstruction, ...]:
    """The adapter's instructions with their operands resolved.

    Raises:
        ValidationError: an instruction does not fit the stack or its operand does not exist, or
            what is left at the end is not what the adapter must give.
    """
    stack = _OperandStack(adapter_type, types, functions)
    part = f"adapter of {adapter_type.name!r}"
    resolved = []
    for number, instruction in enumerate(instructions):
        text = instruction_text(instruction)
        place = Place(
            adapter_type.module,
            f"{part}, instruction {number} ({text})",
            function=adapter_type.name,
            instruction=number,
        )
        operand = stack.apply(instruction, place)
        resolved.append(ResolvedInstruction(instruction.op, operand, text))
    stack.check_end(Place(adapter_type.module, f"{part}, at its end", adapter_type.name))
    return tuple(resolved)


class _OperandStack:
    """The types of the operands after the instructions so far."""

    def __init__(
        self, adapter_type: AdapterType, types: ResolvedTypes, functions: CoreFunctions
    ) -> None:
        self._adapter_type = adapter_type
        self._types = types
        self._functions = functions
        self._operands: list[InterfaceType] = []

    def apply(self, instruction: Instruction, place: Place) -> ResolvedOperand:
        """Do to the stack what the instruction does, and give its resolved operand."""
        op = instruction.op
        if op in _FIXED_EFFECTS:
            self._replace(*_FIXED_EFFECTS[op], place)
            return None
        match op, instruction.operand:
            case Op.DUP, None:
                self._operands += self._top(1, "an operand to double", place)
                return None
            case Op.SWAP2, None:
                self._operands[-2:] = reversed(self._top(2, "two operands to swap", place))
                return None
            case Op.I32_PUSH, int(number):
                self._operands.append(Scalar.I32)
                return signed(number, 32)
            case Op.I64_PUSH, int(number):
                self._operands.append(Scalar.I64)
                return signed(number, 64)
            case Op.ARG_GET, int(index):
                self._operands.append(self._argument(index, place))
                return index
            case Op.CALL_CORE, int(index):
                return self._call(index, place)
            case (
                Op.ARRAY_LIFT_MEMORY | Op.ARRAY_LOWER_MEMORY,
                (Scalar() | EncodedArray() | EncodedRecord()) as element,
            ):
                return self._array(op, element, place)
            case Op.RECORD_LIFT_MEMORY | Op.RECORD_LOWER_MEMORY, int(index):
                return self._record(op, index, place)
        raise place.error(f"the operand {instruction.operand!r}", f"one of kind {op.operand.value}")

    def check_end(self, place: Place) -> None:
        """Refuse operands other than the adapter's results."""
        results = self._adapter_type.results
        if len(self._operands) != len(results) or not _all_fit(self._operands, results):
            expected = _types_text(results) if results else "nothing"
            raise place.error(_stack_text(self._operands), expected)

    def _argument(self, index: int, place: Place) -> InterfaceType:
        arguments = self._adapter_type.arguments
        if index >= len(arguments):
            raise place.error(
                f"argument {index} where there are {len(arguments)}", "an argument among them"
            )
        return arguments[index]

    def _call(self, index: int, place: Place) -> ResolvedOperand:
        target = self._functions.target(index, place)
        if isinstance(target, ImportedFunction):
            name = f"{target.namespace}.{target.name}"
            takes: _Types = tuple(field.type for field in target.signature.parameters)
            result = target.signature.result
            gives: _Types = () if result is None else (result,)
        else:
            name = target.name
            takes = target.signature.parameters
            gives = target.signature.results
            if len(gives) > 1:
                raise place.error(
                    f"the Wasm function {name!r} with {len(gives)} results", "at most one result"
                )
        self._replace(takes, gives, place, purpose=f" for {name!r}")
        return target

    def _array(self, op: Op, encoded: EncodedType, place: Place) -> ResolvedOperand:
        element = self._types.type(encoded, place)
        self._convert(op, Op.ARRAY_LIFT_MEMORY, ArrayType(element), (_POINTER, _LENGTH), place)
        return element

    def _record(self, op: Op, index: int, place: Place) -> ResolvedOperand:
        record = self._types.record(index, place)
        self._convert(op, Op.RECORD_LIFT_MEMORY, record, (_POINTER,), place)
        return record

    def _convert(
        self, op: Op, lifting: Op, lifted: InterfaceType, lowered: _Types, place: Place
    ) -> None:
        """Replace raw operands by a value where `op` lifts, else a value by raw operands."""
        if op is lifting:
            self._replace(lowered, (lifted,), place)
        else:
            self._check_allocate(place)
            self._replace((lifted,), lowered, place)

    def _check_allocate(self, place: Place) -> None:
        """Arrays and records are lowered into memory that the module allocates."""
        signature = self._functions.core_exports.get(_ALLOCATE)
        if signature not in ALLOCATE_TYPES:
            found = "none" if signature is None else str(signature)
            raise place.error(
                f"{found} as the type of the exported Wasm function {_ALLOCATE!r}",
                " or ".join(str(allowed) for allowed in ALLOCATE_TYPES),
            )

    def _replace(self, takes: _Types, gives: _Types, place: Place, *, purpose: str = "") -> None:
        if takes:
            found = self._operands[-len(takes) :]
            if len(found) < len(takes) or not _all_fit(found, takes):
                raise place.error(_stack_text(found), f"{_types_text(takes)}{purpose}")
            del self._operands[-len(takes) :]
        self._operands += gives

    def _top(self, count: int, expected: str, place: Place) -> list[InterfaceType]:
        found = self._operands[-count:]
        if len(found) < count:
            raise place.error(_stack_text(found), expected)
        return found


def _all_fit(found: Sequence[InterfaceType], expected: Sequence[InterfaceType]) -> bool:
    return all(_fits(ours, theirs) for ours, theirs in zip(found, expected, strict=True))


def _fits(found: InterfaceType, expected: InterfaceType) -> bool:
    """Whether two types of one section are the same; its records are the same by index only."""
    while not (is_byte_array(found) or is_byte_array(expected)):
        if not (isinstance(found, ArrayType) and isinstance(expected, ArrayType)):
            return found is expected
        found, expected = found.element, expected.element
    return is_byte_array(found) and is_byte_array(expected)


def _stack_text(operands: Sequence[InterfaceType]) -> str:
    if not operands:
        return "nothing on the stack"
    return f"{_types_text(operands)} on the stack"


def _types_text(operands: Sequence[InterfaceType]) -> str:
    shown = [interface_type_text(operand) for operand in operands[-_SHOWN_OPERANDS:]]
    if len(operands) > _SHOWN_OPERANDS:
        shown.insert(0, "…")
    return ", ".join(shown)

"""What each instruction of an adapter does, as a function of the operand stack.

An instruction is prepared once: it becomes a function with its operand bound.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, cast

from runtime.adapters.conversions import conversion
from runtime.adapters.home import Home
from runtime.adapters.lift import array_lifter, lift_string, record_lifter
from runtime.adapters.lifting_memory import LiftingMemory
from runtime.adapters.lower import array_lowerer, checked_size, record_lowerer
from runtime.interface.instructions import CONVERSIONS, Op
from runtime.interface.types import InterfaceType, InterfaceValue, RecordType, signed
from runtime.interface.validated import ImportedFunction, RawExport, ResolvedInstruction


class OperandStack(list[InterfaceValue]):
    """The operand stack of one run of an adapter."""

    _lifting: LiftingMemory | None = None

    def lifting_from(self, home: Home) -> LiftingMemory:
        """The memory of the adapter's module, which counts what this run lifts."""
        if self._lifting is None:
            self._lifting = LiftingMemory(home.memory, home.require_running)
        return self._lifting


Step: TypeAlias = Callable[[OperandStack, Sequence[InterfaceValue]], None]
"""A prepared instruction: changes the operand stack; may read the adapter's arguments."""


class CalledAdapter(Protocol):
    """An export adapter, as import adapters call it."""

    def prepare(self) -> None:
        """Prepare its instructions."""

    def run(self, arguments: Sequence[InterfaceValue]) -> OperandStack:
        """Run it; gives its results."""


class AdapterHome(Home, Protocol):
    """The module an adapter belongs to, as far as its instructions need it."""

    def imported(self, function: ImportedFunction) -> CalledAdapter:
        """The export adapter of another module's function."""

    def require_loaded(self, function: ImportedFunction) -> None:
        """Make sure that the module which has the function was not unloaded.

        Raises:
            NoSuchModule: it was.
        """


def prepare(instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    """The function that does what the instruction says.

    Args:
        instruction: of a validated adapter.
        home: the module the adapter belongs to, instantiated.
    """
    if instruction.op in CONVERSIONS:
        return _convert(instruction.op)
    return _PREPARATIONS[instruction.op](instruction, home)


def _convert(op: Op) -> Step:
    convert = conversion(op)

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        stack[-1] = convert(stack[-1])

    return step


def _arg_get(instruction: ResolvedInstruction, _home: AdapterHome) -> Step:
    index = cast("int", instruction.operand)

    def step(stack: OperandStack, arguments: Sequence[InterfaceValue]) -> None:
        stack.append(arguments[index])

    return step


def _push(instruction: ResolvedInstruction, _home: AdapterHome) -> Step:
    constant = cast("int", instruction.operand)

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        stack.append(constant)

    return step


def _call_core(instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    target = instruction.operand
    if isinstance(target, RawExport):
        return _call_raw_export(target, home)
    return _call_imported(cast("ImportedFunction", target), home)


def _call_raw_export(target: RawExport, home: AdapterHome) -> Step:
    call = home.raw_export(target.name, target.signature)
    count = len(target.signature.parameters)
    has_result = bool(target.signature.results)

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        if count:
            result = call(*stack[-count:])
            del stack[-count:]
        else:
            result = call()
        if has_result:
            stack.append(cast("InterfaceValue", result))

    return step


def _call_imported(target: ImportedFunction, home: AdapterHome) -> Step:
    run = home.imported(target).run
    require_loaded = home.require_loaded
    count = len(target.signature.parameters)

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        require_loaded(target)
        start = len(stack) - count
        arguments = stack[start:]
        del stack[start:]
        stack += run(arguments)

    return step


def _string_size(_instruction: ResolvedInstruction, _home: AdapterHome) -> Step:
    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        stack[-1] = checked_size(len(cast("str", stack[-1]).encode()))

    return step


def _byte_array_size(_instruction: ResolvedInstruction, _home: AdapterHome) -> Step:
    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        stack[-1] = checked_size(len(cast("bytes", stack[-1])))

    return step


def _string_lift_memory(_instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        length = cast("int", stack.pop())
        stack[-1] = lift_string(stack.lifting_from(home), cast("int", stack[-1]), length)

    return step


def _byte_array_lift_memory(_instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        length = cast("int", stack.pop())
        stack[-1] = stack.lifting_from(home).read(cast("int", stack[-1]), length)

    return step


def _string_lower_memory(_instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    memory = home.memory

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        data = cast("str", stack[-1]).encode()
        memory.write(cast("int", stack[-2]), data)
        stack[-1] = checked_size(len(data))

    return step


def _byte_array_lower_memory(_instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    memory = home.memory

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        data = cast("bytes", stack[-1])
        memory.write(cast("int", stack[-2]), data)
        stack[-1] = checked_size(len(data))

    return step


def _array_lift_memory(instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    lift = array_lifter(cast("InterfaceType", instruction.operand))

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        count = cast("int", stack.pop())
        stack[-1] = lift(stack.lifting_from(home), cast("int", stack[-1]), count)

    return step


def _array_lower_memory(instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    memory, allocate = home.memory, home.allocate
    lower = array_lowerer(cast("InterfaceType", instruction.operand))

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        elements = cast("bytes | list[InterfaceValue]", stack[-1])
        pointer, count = lower(memory, allocate, elements)
        stack[-1:] = signed(pointer, 32), count

    return step


def _record_lift_memory(instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    lift = record_lifter(cast("RecordType", instruction.operand))

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        stack[-1] = lift(stack.lifting_from(home), cast("int", stack[-1]))

    return step


def _record_lower_memory(instruction: ResolvedInstruction, home: AdapterHome) -> Step:
    memory, allocate = home.memory, home.allocate
    lower = record_lowerer(cast("RecordType", instruction.operand))

    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        pointer = lower(memory, allocate, cast("tuple[InterfaceValue, ...]", stack[-1]))
        stack[-1] = signed(pointer, 32)

    return step


def _dup(_instruction: ResolvedInstruction, _home: AdapterHome) -> Step:
    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        stack.append(stack[-1])

    return step


def _swap2(_instruction: ResolvedInstruction, _home: AdapterHome) -> Step:
    def step(stack: OperandStack, _arguments: Sequence[InterfaceValue]) -> None:
        stack[-1], stack[-2] = stack[-2], stack[-1]

    return step


_PREPARATIONS: dict[Op, Callable[[ResolvedInstruction, AdapterHome], Step]] = {
    Op.ARG_GET: _arg_get,
    Op.CALL_CORE: _call_core,
    Op.STRING_LIFT_MEMORY: _string_lift_memory,
    Op.STRING_LOWER_MEMORY: _string_lower_memory,
    Op.STRING_SIZE: _string_size,
    Op.BYTE_ARRAY_LIFT_MEMORY: _byte_array_lift_memory,
    Op.BYTE_ARRAY_LOWER_MEMORY: _byte_array_lower_memory,
    Op.BYTE_ARRAY_SIZE: _byte_array_size,
    Op.ARRAY_LIFT_MEMORY: _array_lift_memory,
    Op.ARRAY_LOWER_MEMORY: _array_lower_memory,
    Op.RECORD_LIFT_MEMORY: _record_lift_memory,
    Op.RECORD_LOWER_MEMORY: _record_lower_memory,
    Op.DUP: _dup,
    Op.SWAP2: _swap2,
    Op.I32_PUSH: _push,
    Op.I64_PUSH: _push,
}

"""The shared adapter interpreter: it runs the instructions of import and export adapters.

Adapters are validated when a module is loaded, so nothing is checked here again but what depends on
values: pointers, lengths, UTF-8 and ranges. At its first run an adapter is prepared: every
instruction becomes one function of the operand stack and the arguments, its operand bound. Running
is then a loop over those functions.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, cast

from runtime.adapters.conversions import conversion
from runtime.adapters.home import Home
from runtime.adapters.lift import array_lifter, lift_string, record_lifter
from runtime.adapters.lifting_memory import LiftingMemory
from runtime.adapters.lower import array_lowerer, checked_size, record_lowerer
from runtime.errors import AdapterError
from runtime.interface.instructions import CONVERSIONS, Op
from runtime.interface.types import (
    InterfaceType,
    InterfaceValue,
    RecordType,
    Signature,
    signed,
)
from runtime.interface.validated import (
    ImportedFunction,
    RawExport,
    ResolvedInstruction,
)
from runtime.shown_names import shown_name


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


class AdapterHome(Home, Protocol):
    """The module an adapter belongs to, as far as its instructions need it."""

    def imported(self, function: ImportedFunction) -> "Adapter":
        """The export adapter of another module's function."""

    def require_loaded(self, function: ImportedFunction) -> None:
        """Make sure that the module which has the function was not unloaded.

        Raises:
            NoSuchModule: it was.
        """


FAILURES = (AdapterError, RecursionError, MemoryError)
"""What instructions raise where values are bad, in place of which an adapter says where it was."""


class AdapterObserver(Protocol):
    """Runs adapters in their own place, to see what they do."""

    def run_adapter(self, adapter: "Adapter", arguments: Sequence[InterfaceValue]) -> OperandStack:
        """Run an adapter; as `Adapter.run`."""


class AdapterObservation(Protocol):
    """Whether adapters are observed now."""

    @property
    def observer(self) -> AdapterObserver | None:
        """Who observes them."""


class Adapter:
    """An import or export adapter, ready to run.

    Attributes:
        name: for messages, `module.function`.
        home: the module it belongs to.
        function: which function it adapts; an import's with its namespace.
        signature: the interface of that function.
        instructions: what it runs.
        is_import: whether it is an import adapter.
    """

    def __init__(
        self,
        home: AdapterHome,
        function: str,
        signature: Signature,
        instructions: tuple[ResolvedInstruction, ...],
        *,
        is_import: bool,
        observation: AdapterObservation,
    ) -> None:
        self.name = f"{home.name}.{function}"
        self.home = home
        self.function = function
        self.signature = signature
        self.instructions = instructions
        self.is_import = is_import
        self._observation = observation
        self._steps: tuple[Step, ...] | None = None

    def prepare(self) -> None:
        """Prepare the instructions now, and those of adapters that they call."""
        for instruction in self.instructions:
            if isinstance(instruction.operand, ImportedFunction):
                self.home.imported(instruction.operand).prepare()
        _ = self.steps

    @property
    def steps(self) -> tuple[Step, ...]:
        """The prepared instructions, in order; the module must be instantiated."""
        if self._steps is None:
            self._steps = tuple(prepare(each, self.home) for each in self.instructions)
        return self._steps

    def run(self, arguments: Sequence[InterfaceValue]) -> OperandStack:
        """Run the adapter.

        Args:
            arguments: what `arg.get` reads; they fit the adapter's type.

        Returns:
            The operand stack at the end: the results.

        Raises:
            MarineError: an instruction failed, or something it called.
        """
        observer = self._observation.observer
        if observer is not None:
            return observer.run_adapter(self, arguments)
        stack = OperandStack()
        number = 0
        try:
            for number, step in enumerate(self._steps or self.steps):  # noqa: B007 - `number` tells where it failed
                step(stack, arguments)
        except FAILURES as error:
            placed = self.placed(error, number)
            if placed is error:
                raise
            raise placed from None
        return stack

    def placed(self, error: Exception, number: int) -> AdapterError:
        """What the adapter raises where an instruction failed.

        Args:
            error: what the instruction raised, one of `FAILURES`.
            number: the instruction's place in the adapter, from 0.
        """
        found = as_adapter_error(error)
        if found.instruction is not None:  # of an adapter that this one called
            return found
        return instruction_failed(
            self.home.name,
            self.function,
            self.instructions[number],
            number,
            found.message,
            is_import=self.is_import,
        )


def as_adapter_error(failure: Exception) -> AdapterError:
    """What is wrong with a value, where it cannot be lifted or lowered.

    Args:
        failure: what was raised, one of `FAILURES`; an AdapterError comes back itself.
    """
    match failure:
        case AdapterError():
            return failure
        case RecursionError():
            return AdapterError(
                "the value is nested more deeply than Python's recursion limit allows"
            )
        case _:
            return AdapterError("the value is too large for this machine's memory")


def instruction_failed(
    module: str,
    function: str,
    instruction: ResolvedInstruction,
    number: int,
    reason: str,
    *,
    is_import: bool,
) -> AdapterError:
    """The error of an instruction, in either engine.

    Args:
        module: whose adapter it is.
        function: which adapter; an import adapter's with its namespace.
        instruction: what failed.
        number: its place in the adapter, from 0.
        reason: what was wrong.
        is_import: whether it is an import adapter.
    """
    side = "import" if is_import else "export"
    error = AdapterError(
        f"{side} adapter {module}.{shown_name(function)}, instruction {number} "
        f"({instruction.text}): {reason}",
        instruction=instruction.text,
        module=module,
        function=function,
    )
    if is_import:
        error.torn_module = module
    return error


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

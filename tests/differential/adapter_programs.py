"""Random adapters that no tool writes: any instructions that fit the operand stack."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from runtime.interface.instructions import (
    CONVERSIONS,
    EncodedType,
    Instruction,
    Op,
)
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar
from tests.differential.programmed_module import (
    ABI,
    BOX,
    CALLABLE,
    FIRST_IMPORT,
    IMPORTED,
    NUMBER_TYPES,
    RECORDS,
    PublicFunction,
    encoded,
)
from tests.differential.scenarios import LEAF
from tests.support.chains import Echo
from tests.support.recording import (
    DATA,
    HEAP,
    PAGE,
)

_I32, _I64 = Scalar.I32, Scalar.I64

VALUE_TYPES: tuple[InterfaceType, ...] = (
    *Scalar,
    LEAF,
    BOX,
    ArrayType(Scalar.U8),
    ArrayType(Scalar.BOOL),
    ArrayType(Scalar.S16),
    ArrayType(Scalar.F64),
    ArrayType(Scalar.STRING),
    ArrayType(LEAF),
    ArrayType(ArrayType(Scalar.U32)),
)

_DRAIN = {
    **{each: (Instruction(Op.CALL_CORE, len(ABI) + at),) for at, each in enumerate(NUMBER_TYPES)},
    Scalar.STRING: (Instruction(Op.STRING_SIZE), Instruction(Op.CALL_CORE, len(ABI))),
    Scalar.BYTE_ARRAY: (Instruction(Op.BYTE_ARRAY_SIZE), Instruction(Op.CALL_CORE, len(ABI))),
}
_CONVERSION_OPS = {pair: op for op, pair in CONVERSIONS.items()}

POINTERS = st.one_of(
    st.integers(HEAP, HEAP + 40),
    st.integers(DATA, DATA + 40),
    st.sampled_from([0, 1, 4 * PAGE - 1, 4 * PAGE, 2**31, 2**32 - 1]),
)
LENGTHS = st.one_of(st.integers(0, 9), st.sampled_from([2**29, 2**31, 2**32 - 1, 4 * PAGE]))
_PUSHED_64 = st.sampled_from([0, 1, 2**7, 2**15, 2**31, 2**32, 2**62, 2**63 - 1])


@dataclass
class Program:
    """An adapter's instructions while they are drawn, with the types on the operand stack.

    Attributes:
        arguments: what `arg.get` reads.
        instructions: so far.
        stack: the types after them.
    """

    arguments: Sequence[InterfaceType]
    instructions: list[Instruction] = field(default_factory=list)
    stack: list[InterfaceType] = field(default_factory=list)

    def add(self, op: Op, operand: int | EncodedType | None = None) -> None:
        self.instructions.append(Instruction(op, operand))

    def replace(
        self, op: Op, count: int, *gives: InterfaceType, operand: int | EncodedType | None = None
    ) -> None:
        self.add(op, operand)
        del self.stack[len(self.stack) - count :]
        self.stack += gives

    def ends_with(self, *types: InterfaceType) -> bool:
        return len(self.stack) >= len(types) and all(
            ours is theirs
            for ours, theirs in zip(self.stack[len(self.stack) - len(types) :], types, strict=True)
        )


@st.composite
def programs(
    draw: st.DrawFn, arguments: Sequence[InterfaceType], results: Sequence[Scalar] | None
) -> tuple[tuple[Instruction, ...], InterfaceType | None]:
    """An adapter's instructions, and the type of its result.

    Args:
        draw: Hypothesis'.
        arguments: what `arg.get` reads.
        results: what must be left, at most one number; None where anything may be.
    """
    program = Program(arguments)
    for _ in range(draw(st.integers(1, 14))):
        _step(draw, program)
    if results is None:
        keep = bool(program.stack) and draw(st.booleans())
        while len(program.stack) > keep:
            _drop(program)
            if keep and len(program.stack) > 1 and draw(st.booleans()):
                program.instructions.append(Instruction(Op.SWAP2))
                program.stack[-2:] = program.stack[-1], program.stack[-2]
        result = program.stack[0] if keep else None
        return tuple(program.instructions), result
    while program.stack:
        _drop(program)
    for each in results:
        at = NUMBER_TYPES.index(each)
        program.add(Op.CALL_CORE, len(ABI) + len(NUMBER_TYPES) + at)
    return tuple(program.instructions), None


def _step(draw: st.DrawFn, program: Program) -> None:
    """One drawn instruction, or the few that belong together."""
    choices = ["push", "push64", "abi", "give", "lift"]
    if program.arguments:
        choices += ["get", "get", "get"]
    if program.stack:
        choices += ["dup", "use", "use", "use", "use"]
    if len(program.stack) > 1:
        choices.append("swap")
    match draw(st.sampled_from(choices)):
        case "get":
            index = draw(st.integers(0, len(program.arguments) - 1))
            program.replace(Op.ARG_GET, 0, program.arguments[index], operand=index)
        case "push":
            number = draw(st.one_of(POINTERS, LENGTHS, st.integers(0, 2**32 - 1)))
            program.replace(Op.I32_PUSH, 0, _I32, operand=number)
        case "push64":
            program.replace(Op.I64_PUSH, 0, _I64, operand=draw(_PUSHED_64))
        case "abi":
            index = draw(st.sampled_from([1, 2, 3]))
            result = ABI[index].result
            program.replace(Op.CALL_CORE, 0, *([result] if result else []), operand=index)
        case "give":
            at = draw(st.integers(0, len(NUMBER_TYPES) - 1))
            operand = len(ABI) + len(NUMBER_TYPES) + at
            program.replace(Op.CALL_CORE, 0, NUMBER_TYPES[at], operand=operand)
        case "lift":
            _lift_pushed(draw, program)
        case "dup":
            program.replace(Op.DUP, 0, program.stack[-1])
        case "swap":
            program.replace(Op.SWAP2, 2, program.stack[-1], program.stack[-2])
        case "use":
            _use(draw, program)


def _lift_pushed(draw: st.DrawFn, program: Program) -> None:
    program.add(Op.I32_PUSH, draw(POINTERS))
    at = draw(st.integers(0, 5))
    if at < len(RECORDS):
        program.add(Op.RECORD_LIFT_MEMORY, at)
        program.stack.append(RECORDS[at])
        return
    program.add(Op.I32_PUSH, draw(LENGTHS))
    program.stack += (_I32, _I32)
    _lift(draw, program)


def _lift(draw: st.DrawFn, program: Program) -> None:
    kind = draw(st.sampled_from(["string", "bytes", "array"]))
    if kind == "string":
        program.replace(Op.STRING_LIFT_MEMORY, 2, Scalar.STRING)
    elif kind == "bytes":
        program.replace(Op.BYTE_ARRAY_LIFT_MEMORY, 2, Scalar.BYTE_ARRAY)
    else:
        arrays = [each for each in VALUE_TYPES if isinstance(each, ArrayType)]
        array = draw(st.sampled_from(arrays))
        program.replace(Op.ARRAY_LIFT_MEMORY, 2, array, operand=encoded(array.element))


def _use(draw: st.DrawFn, program: Program) -> None:
    """Something that the value on top can be used for."""
    top = program.stack[-1]
    several = [
        at
        for at, each in enumerate(CALLABLE)
        if len(each.parameters) > 1 and program.ends_with(*each.parameters)
    ]
    if draw(st.booleans()) and several:
        at = several[draw(st.integers(0, len(several) - 1))]
        called = CALLABLE[at]
        gives: list[InterfaceType] = [] if called.result is None else [called.result]
        program.replace(Op.CALL_CORE, len(called.parameters), *gives, operand=at)
    elif program.ends_with(_I32, _I32) and draw(st.booleans()):
        _lift(draw, program)
    elif program.ends_with(_I32, Scalar.STRING) and draw(st.booleans()):
        program.replace(Op.STRING_LOWER_MEMORY, 2, _I32, _I32)
    elif program.ends_with(_I32, Scalar.BYTE_ARRAY) and draw(st.booleans()):
        program.replace(Op.BYTE_ARRAY_LOWER_MEMORY, 2, _I32, _I32)
    elif draw(st.booleans()) and (callees := _imports_taking(top)):
        at = callees[draw(st.integers(0, len(callees) - 1))]
        result = IMPORTED[at].result
        given = [] if result is None else [result]
        program.replace(Op.CALL_CORE, 1, *given, operand=FIRST_IMPORT + at)
    elif isinstance(top, Scalar) and (
        targets := [target for source, target in CONVERSIONS.values() if source is top]
    ):
        target = draw(st.sampled_from(targets))
        program.replace(_CONVERSION_OPS[top, target], 1, target)
    elif top is Scalar.STRING and draw(st.booleans()):
        program.add(Op.DUP)
        program.add(Op.STRING_SIZE)
        program.add(Op.I32_PUSH, 1)
        program.add(Op.CALL_CORE, 0)
        program.replace(Op.SWAP2, 1, _I32, Scalar.STRING)
    elif isinstance(top, ArrayType):
        program.replace(Op.ARRAY_LOWER_MEMORY, 1, _I32, _I32, operand=encoded(top.element))
    elif isinstance(top, RecordType):
        program.replace(Op.RECORD_LOWER_MEMORY, 1, _I32, operand=RECORDS.index(top))
    else:
        _drop(program)


def _imports_taking(interface_type: InterfaceType) -> list[int]:
    """The imported functions whose one parameter is of the type."""
    return [
        at
        for at, each in enumerate(IMPORTED)
        if len(each.parameters) == 1
        and (
            each.parameters[0] is interface_type
            or (each.parameters[0] == interface_type == ArrayType(Scalar.STRING))
        )
    ]


def _drop(program: Program) -> None:
    """Take the value on top off the stack: what can be called with it is."""
    top = program.stack[-1]
    if isinstance(top, ArrayType):
        program.replace(Op.ARRAY_LOWER_MEMORY, 1, _I32, _I32, operand=encoded(top.element))
    elif isinstance(top, RecordType):
        program.replace(Op.RECORD_LOWER_MEMORY, 1, _I32, operand=RECORDS.index(top))
    elif top in _DRAIN:
        program.instructions += _DRAIN[top]
        program.stack.pop()
    else:
        target = _I64 if top in (Scalar.S64, Scalar.U64) else _I32
        program.replace(_CONVERSION_OPS[top, target], 1, target)


@st.composite
def public_functions(draw: st.DrawFn) -> PublicFunction:
    """A public function with a random adapter."""
    parameters = draw(st.lists(st.sampled_from(VALUE_TYPES), max_size=3).map(tuple))
    instructions, result = draw(programs(parameters, None))
    return PublicFunction(parameters, result, instructions)


@st.composite
def import_adapters(draw: st.DrawFn, function: Echo) -> tuple[Instruction, ...]:
    """A random import adapter of a function of the other module."""
    raw = [Scalar(each) for each in function.raw_parameters]
    results = [Scalar(function.raw_result)] if function.raw_result else []
    instructions, _ = draw(programs(raw, results))
    return instructions

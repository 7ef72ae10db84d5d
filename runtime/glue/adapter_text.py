"""An adapter as a WebAssembly function: its instructions, followed on a stack of names.

Each instruction's result is a local of its own, `$3` for the one of instruction 3 (`$3.length` the
length behind an address), so `dup`, `swap2` and `arg.get` only move names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from runtime.adapters.conversions import REINTERPRETED
from runtime.glue.faults import Fault, Place
from runtime.glue.lifting import lift_array, lift_bytes, lift_record, lift_string
from runtime.glue.lowering import checked_size, lower_array, lower_record, write
from runtime.glue.parts import Parts
from runtime.glue.representation import has_length, is_wide, operands
from runtime.glue.wasm_text import comment, identifier
from runtime.interface.instructions import CONVERSIONS, Op
from runtime.interface.types import (
    INTEGER_RANGES,
    ArrayType,
    InterfaceType,
    RecordType,
    Scalar,
)
from runtime.interface.validated import (
    ExportAdapter,
    ImportAdapter,
    ImportedFunction,
    RawExport,
    ResolvedInstruction,
)

_LIFTING = {
    Op.STRING_LIFT_MEMORY,
    Op.BYTE_ARRAY_LIFT_MEMORY,
    Op.ARRAY_LIFT_MEMORY,
    Op.RECORD_LIFT_MEMORY,
}

_Names: TypeAlias = tuple[str, ...]
"""The locals that a value is: one, or two for address and length."""


@dataclass
class AdapterText:
    """The text of one adapter while it is written.

    Attributes:
        adapter: which one.
        parts: the module's functions for types.
        places: all places of the module where something can go wrong; grows.
        locals: each local's declaration.
        lines: the body.
    """

    adapter: ExportAdapter | ImportAdapter
    parts: Parts
    places: list[Place]
    locals: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _stack: list[_Names] = field(default_factory=list)
    _place: str = ""

    def instructions(self, arguments: Sequence[_Names]) -> tuple[_Names, ...]:
        """Write all instructions.

        Args:
            arguments: the locals that `arg.get` reads.

        Returns:
            The results' locals.
        """
        instructions = self.adapter.instructions
        lifting = [at for at, each in enumerate(instructions) if each.op in _LIFTING]
        if len(lifting) > 1:
            self.locals.append("(local $lifted i64)")
        for number, instruction in enumerate(instructions):
            target = instruction.operand
            called = f" ({target.name})" if isinstance(target, RawExport | ImportedFunction) else ""
            self.lines.append(comment(f"{number}: {instruction.text}{called}"))
            self.places.append(Place(self.adapter, number, instruction))
            self._place = f"(i32.const {len(self.places) - 1})"
            if instruction.op is Op.ARG_GET:
                self._stack.append(arguments[cast("int", instruction.operand)])
            elif instruction.op in _LIFTING:
                self._counted(number, instruction, first=lifting[0], last=lifting[-1])
            else:
                self._instruction(number, instruction)
        return tuple(self._stack)

    def _counted(
        self, number: int, instruction: ResolvedInstruction, *, first: int, last: int
    ) -> None:
        """An instruction that lifts; what the adapter calls between two of them counts anew."""
        before = "(i64.const 0)" if number == first else "(local.get $lifted)"
        self.lines.append(f"(global.set $lifted {before})")
        self._instruction(number, instruction)
        if number != last:
            self.lines.append("(local.set $lifted (global.get $lifted))")

    def _instruction(self, number: int, instruction: ResolvedInstruction) -> None:
        operand = instruction.operand
        match instruction.op:
            case Op.CALL_CORE:
                self._call(number, cast("RawExport | ImportedFunction", operand))
            case Op.DUP:
                self._stack.append(self._stack[-1])
            case Op.SWAP2:
                self._stack[-2:] = self._stack[-1], self._stack[-2]
            case Op.I32_PUSH:
                self._result(number, Scalar.I32, f"(i32.const {operand})")
            case Op.I64_PUSH:
                self._result(number, Scalar.I64, f"(i64.const {operand})")
            case Op.STRING_SIZE | Op.BYTE_ARRAY_SIZE:
                (_, length) = self._stack.pop()
                self._result(number, Scalar.I32, self._size(length))
            case Op.STRING_LOWER_MEMORY | Op.BYTE_ARRAY_LOWER_MEMORY:
                self._lower_bytes(number)
            case Op.STRING_LIFT_MEMORY:
                self._lift(number, Scalar.STRING, lift_string(self.parts))
            case Op.BYTE_ARRAY_LIFT_MEMORY:
                self._lift(number, Scalar.BYTE_ARRAY, lift_bytes(self.parts))
            case Op.ARRAY_LIFT_MEMORY:
                element = cast("InterfaceType", operand)
                self._lift(number, ArrayType(element), lift_array(element, self.parts))
            case Op.ARRAY_LOWER_MEMORY:
                self._lower_array(number, cast("InterfaceType", operand))
            case Op.RECORD_LIFT_MEMORY:
                record = cast("RecordType", operand)
                self._convert_pointer(number, lift_record(record, self.parts))
            case Op.RECORD_LOWER_MEMORY:
                record = cast("RecordType", operand)
                self._convert_pointer(number, lower_record(record, self.parts))
            case op:
                self._conversion(number, op)

    def _new_local(self, number: int, interface_type: InterfaceType) -> _Names:
        names: _Names = (f"${number}",)
        if has_length(interface_type):
            names += (f"${number}.length",)
        for name, scalar in zip(names, operands(interface_type), strict=True):
            self.locals.append(f"(local {name} {scalar.value})")
        return names

    def _result(self, number: int, interface_type: InterfaceType, expression: str) -> None:
        """The value of an instruction that is one operand."""
        (name,) = self._new_local(number, interface_type)
        self.lines.append(f"(local.set {name} {expression})")
        self._stack.append((name,))

    def _call(self, number: int, target: RawExport | ImportedFunction) -> None:
        results: tuple[InterfaceType, ...]
        if isinstance(target, RawExport):
            name, count = raw_call_name(target.name), len(target.signature.parameters)
            results = target.signature.results
        else:
            name, count = imported_name(target), len(target.signature.parameters)
            results = () if target.signature.result is None else (target.signature.result,)
        arguments = self._stack[len(self._stack) - count :]
        del self._stack[len(self._stack) - count :]
        given = "".join(f" {_get(name)}" for names in arguments for name in names)
        self._assign(number, results, f"(call {name}{given})")

    def _assign(self, number: int, results: tuple[InterfaceType, ...], call: str) -> None:
        """The call of a function, whose results become the instruction's value."""
        if not results:
            self.lines.append(call)
            return
        names = self._new_local(number, results[0])
        self._stack.append(names)
        if len(names) == 1:
            self.lines.append(f"(local.set {names[0]} {call})")
        else:
            self.lines += (call, *(f"local.set {name}" for name in reversed(names)))

    def _lift(self, number: int, interface_type: InterfaceType, lift: str) -> None:
        (length,) = self._stack.pop()
        (pointer,) = self._stack.pop()
        at, lifted_length = self._new_local(number, interface_type)
        self.lines += (
            f"(local.set {at} (call {lift} {_get(pointer)} {_get(length)} {self._place}))",
            f"(local.set {lifted_length} {_get(length)})",
        )
        self._stack.append((at, lifted_length))

    def _size(self, length: str) -> str:
        size = checked_size(self.parts)
        return f"(call {size} (i64.extend_i32_u {_get(length)}) {self._place})"

    def _lower_bytes(self, number: int) -> None:
        at, length = self._stack.pop()
        (pointer,) = self._stack[-1]
        copy = write(self.parts)
        self.lines.append(f"(call {copy} {_get(pointer)} {_get(at)} {_get(length)} {self._place})")
        self._result(number, Scalar.I32, self._size(length))

    def _lower_array(self, number: int, element: InterfaceType) -> None:
        at, count = self._stack.pop()
        lower = lower_array(element, self.parts)
        self._result(number, Scalar.I32, f"(call {lower} {_get(at)} {_get(count)} {self._place})")
        self._stack.append((count,))

    def _convert_pointer(self, number: int, function: str) -> None:
        (pointer,) = self._stack.pop()
        self._result(number, Scalar.I32, f"(call {function} {_get(pointer)} {self._place})")

    def _conversion(self, number: int, op: Op) -> None:
        (name,) = self._stack.pop()
        source, target = CONVERSIONS[op]
        check = _range_check(source, target, name)
        if check is not None:
            value = _get(name) if is_wide(source) else f"({_extension(source)} {_get(name)})"
            self.lines.append(
                f"(if {check} (then\n"
                f"  (call $fault {self._place} (i32.const {Fault.CONVERSION}) {value} "
                "(i64.const 0))\n"
                "  (unreachable)))"
            )
        self._result(number, target, _converted(source, target, name))


def raw_call_name(export: str) -> str:
    """The function that calls an exported function of the guest."""
    return identifier(f"call/{export}")


def imported_name(target: ImportedFunction) -> str:
    """The export adapter of another module's function."""
    return identifier(f"other/{target.namespace}/{target.name}")


def _get(name: str) -> str:
    return f"(local.get {name})"


def _range_check(source: Scalar, target: Scalar, name: str) -> str | None:
    """Whether the number does not fit the target; None where every number does."""
    if Scalar.BOOL in (source, target) or (source, target) in REINTERPRETED:
        return None
    kind = "i64" if is_wide(source) else "i32"
    lowest, highest = INTEGER_RANGES[target]
    source_lowest, source_highest = INTEGER_RANGES[source]
    sign = "s" if source_lowest < 0 else "u"
    tests = []
    if source_lowest < lowest:
        tests.append(f"({kind}.lt_s {_get(name)} ({kind}.const {lowest}))")
    if source_highest > highest:
        tests.append(f"({kind}.gt_{sign} {_get(name)} ({kind}.const {highest}))")
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else f"(i32.or {tests[0]} {tests[1]})"


def _converted(source: Scalar, target: Scalar, name: str) -> str:
    if target is Scalar.BOOL:
        kind = "i64" if is_wide(source) else "i32"
        return f"({kind}.ne {_get(name)} ({kind}.const 0))"
    if is_wide(source) and not is_wide(target):
        return f"(i32.wrap_i64 {_get(name)})"
    if is_wide(target) and not is_wide(source):
        return f"({_extension(source)} {_get(name)})"
    return _get(name)


def _extension(source: Scalar) -> str:
    is_signed = source is not Scalar.BOOL and INTEGER_RANGES[source][0] < 0
    return "i64.extend_i32_s" if is_signed else "i64.extend_i32_u"

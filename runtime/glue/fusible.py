"""Which adapters can be compiled; the others run in the interpreter."""

from collections.abc import Callable, Iterator, Sequence

from runtime.glue.representation import operands
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar, Signature
from runtime.interface.validated import ImportedFunction, ResolvedInstruction

_MOST_OPERANDS = 1_000
"""Parameters of one function, which is the engine's limit."""

_MOST_INSTRUCTIONS = 5_000
"""Of an adapter: larger functions are beyond the engine's limits, or slow to compile."""

_MOST_FIELDS = 5_000
"""Of a record, for the same reason."""

_DEEPEST_TYPE = 100


class Fusibility:
    """Looks at the adapters of one module."""

    def __init__(self, why_not_target: Callable[[ImportedFunction], str | None]) -> None:
        """Args: why_not_target: the reason for another module's function."""
        self._why_not_target = why_not_target
        self._depths: dict[int, int] = {}  # of records looked at before

    def reason_not_to_fuse(
        self, signature: Signature, instructions: Sequence[ResolvedInstruction]
    ) -> str | None:
        """Why an adapter cannot be compiled, or None where it can.

        Args:
            signature: the function's.
            instructions: the adapter's.
        """
        if len(instructions) > _MOST_INSTRUCTIONS:
            return f"an adapter of more than {_MOST_INSTRUCTIONS} instructions"
        signatures = [signature]
        types: list[InterfaceType] = []
        for instruction in instructions:
            operand = instruction.operand
            if isinstance(operand, ImportedFunction):
                reason = self._why_not_target(operand)
                if reason is not None:
                    return f"it calls {operand.namespace}.{operand.name}: {reason}"
                signatures.append(operand.signature)
            elif isinstance(operand, Scalar | ArrayType | RecordType):
                types.append(operand)
        for each in signatures:
            count = sum(len(operands(parameter.type)) for parameter in each.parameters)
            if count > _MOST_OPERANDS:
                return f"more than {_MOST_OPERANDS} operands"
            types += _types_of(each)
        try:
            for interface_type in types:
                _depth(interface_type, (), self._depths)
        except _NotFusible as reason:
            return str(reason)
        return None


def _types_of(signature: Signature) -> Iterator[InterfaceType]:
    yield from (parameter.type for parameter in signature.parameters)
    if signature.result is not None:
        yield signature.result


class _NotFusible(Exception):
    """Why a type cannot be compiled."""


def _depth(
    interface_type: InterfaceType, around: tuple[RecordType, ...], depths: dict[int, int]
) -> int:
    """How deeply a type nests arrays and records."""
    depth = 0
    while isinstance(interface_type, ArrayType):
        interface_type = interface_type.element
        depth += 1
    if isinstance(interface_type, RecordType):
        if id(interface_type) not in depths:
            depths[id(interface_type)] = _record_depth(interface_type, around, depths)
        depth += depths[id(interface_type)]
    if depth > _DEEPEST_TYPE:
        raise _NotFusible(f"a type that nests more than {_DEEPEST_TYPE} deep")
    return depth


def _record_depth(
    record: RecordType, around: tuple[RecordType, ...], depths: dict[int, int]
) -> int:
    if any(each is record for each in around):
        raise _NotFusible(f"recursive record {record.name}")
    if len(record.fields) > _MOST_FIELDS:
        raise _NotFusible(f"record {record.name} of more than {_MOST_FIELDS} fields")
    if len(around) > _DEEPEST_TYPE:
        raise _NotFusible(f"a type that nests more than {_DEEPEST_TYPE} deep")
    inner = (_depth(field.type, (*around, record), depths) for field in record.fields)
    return 1 + max(inner, default=0)

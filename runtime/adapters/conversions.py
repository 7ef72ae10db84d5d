"""The instructions `X.from_Y`: between the integers of interface types and those of Wasm.

Narrow types are range-checked; u32 and i32, and u64 and i64, reinterpret the bits (spec
interface-types.md, "Conversions").
"""

from collections.abc import Callable
from typing import TypeAlias, cast

from runtime.errors import AdapterError
from runtime.interface.instructions import CONVERSIONS, Op
from runtime.interface.types import INTEGER_RANGES, InterfaceValue, Scalar, signed

Conversion: TypeAlias = Callable[[InterfaceValue], InterfaceValue]

REINTERPRETED = {
    (Scalar.I32, Scalar.U32): 32,
    (Scalar.U32, Scalar.I32): 32,
    (Scalar.I64, Scalar.U64): 64,
    (Scalar.U64, Scalar.I64): 64,
}
"""Conversions that take the bits as they are, from and to; how many bits."""


def conversion(op: Op) -> Conversion:
    """What the instruction does to the value on top of the stack.

    Returns:
        A function that raises AdapterError where the value does not fit the target type.
    """
    source, target = CONVERSIONS[op]
    if target is Scalar.BOOL:
        return lambda value: value != 0
    if source is Scalar.BOOL:
        return lambda value: int(cast("bool", value))
    bits = REINTERPRETED.get((source, target))
    if bits is not None:
        if target in (Scalar.U32, Scalar.U64):
            mask = (1 << bits) - 1
            return lambda value: cast("int", value) & mask
        return lambda value: signed(cast("int", value), bits)

    lowest, highest = INTEGER_RANGES[target]

    def checked(value: InterfaceValue) -> InterfaceValue:
        number = cast("int", value)
        if lowest <= number <= highest:
            return number
        raise AdapterError(
            f"the {source.value} {number} does not fit {target.value} ({lowest} to {highest})"
        )

    return checked

"""Numbers as wasmtime's raw values, and what its C code calls with them."""

import ctypes
import struct
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

Number: TypeAlias = int | float

RAW_VALUE_SIZE = 16
"""Bytes: a raw value is a union as large as a v128."""

_FORMATS = {"i32": "i", "i64": "q", "f32": "f", "f64": "d"}

_Entry: TypeAlias = Callable[..., int]

_ENTRY_OF_ONE_TYPE = """
def entry(_environment, _caller, values, _count):
    try:
        {call}
    except BaseException as raised:
        return trap(raised)
    return 0
"""


def raw_layout(types: Sequence[str]) -> struct.Struct:
    """How numbers of these types lie in a buffer of raw values."""
    return struct.Struct("<" + "".join(_padded(_FORMATS[number]) for number in types))


def host_entry(
    parameters: Sequence[str],
    results: Sequence[str],
    implementation: Callable[..., Number | None],
    trap: Callable[[BaseException], int],
) -> tuple[str, _Entry]:
    """The C type of a host function, and what the C code calls.

    Args:
        parameters: the types of its parameters.
        results: the types of its results, at most one.
        implementation: takes and gives numbers.
        trap: makes a trap of what it raises.
    """
    types = {*parameters, *results}
    if len(types) == 1 and sys.byteorder == "little":  # as wasmtime's raw values are everywhere
        (only,) = types
        width = RAW_VALUE_SIZE // struct.calcsize(_FORMATS[only])
        # Written out, the arguments take half the time of the general way below.
        arguments = ", ".join(f"values[{width * place}]" for place in range(len(parameters)))
        source = _ENTRY_OF_ONE_TYPE.format(
            call=f"{'values[0] = ' if results else ''}implementation({arguments})"
        )
        names: dict[str, object] = {"implementation": implementation, "trap": trap}
        exec(source, names)  # the text has no parts but numbers
        return f"host_function_{only} *", cast("_Entry", names["entry"])

    size = max(len(parameters), len(results), 1) * RAW_VALUE_SIZE
    in_place = (ctypes.c_char * size).from_address
    unpack = raw_layout(parameters).unpack_from
    pack = raw_layout(results).pack_into
    has_result = bool(results)

    def entry(_environment: int, _caller: int, values: int, _count: int) -> int:
        try:
            buffer = in_place(values)
            result = implementation(*unpack(buffer))
            if has_result:
                pack(buffer, 0, result)
        except BaseException as raised:  # noqa: BLE001 - the prepared call raises it again
            return trap(raised)
        return 0

    return "host_function_raw *", entry


def _padded(code: str) -> str:
    return f"{code}{RAW_VALUE_SIZE - struct.calcsize(code)}x"

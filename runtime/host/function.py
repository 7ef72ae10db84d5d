"""A function that the host offers to modules, described without the engine.

Source of the rules: spec marine-runtime.md, "Host imports".
"""

from collections.abc import Callable
from dataclasses import dataclass

from runtime.errors import MarineError
from runtime.interface.types import (
    ArrayType,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
)
from runtime.interface.validated import CoreSignature

HOST_NAMESPACES = (
    "host",
    "__marine_host_api_v1",
    "__marine_host_api_v2",
    "__marine_host_api_v3",
)
"""The import namespaces of the host; a namespace's position is the version of its interface."""


class WrongResult(Exception):
    """Raised by implementations whose result is not of its type; the message says what it is."""


@dataclass(frozen=True)
class HostFunction:
    """A function that modules import from the host; `host_function` makes it of a Python one.

    Attributes:
        name: the name modules import it by.
        parameters: the types of the arguments, which are lifted before the call.
        result: the type of the result, which is lowered after the call; None for no result.
        implementation: is called with the lifted arguments, as `runtime.interface.types` maps
            types to Python values, and gives the result's value, or None where there is none. An
            exception it raises ends the module's call as a HostFunctionError.
        on_lift_error: is called in place of the implementation when an argument cannot be lifted,
            and gives the result; without it such an error ends the module's call.
        namespaces: the import namespaces that offer it.
    """

    name: str
    parameters: tuple[InterfaceType, ...]
    result: InterfaceType | None
    implementation: Callable[..., InterfaceValue | None]
    on_lift_error: Callable[[MarineError], InterfaceValue | None] | None = None
    namespaces: tuple[str, ...] = HOST_NAMESPACES


def raw_signature(function: HostFunction) -> CoreSignature:
    """The raw Wasm type under which modules import the function.

    A result in memory (string, byte array, array, record) is no Wasm result: it is handed over by
    the caller's `set_result_ptr` and `set_result_size`.
    """
    parameters = tuple(raw for parameter in function.parameters for raw in raw_types(parameter))
    results: tuple[Scalar, ...] = ()
    if function.result is not None and not lies_in_memory(function.result):
        results = raw_types(function.result)
    return CoreSignature(parameters, results)


def lies_in_memory(interface_type: InterfaceType) -> bool:
    """Whether values of the type are handed over in the module's memory, not as numbers."""
    return isinstance(interface_type, ArrayType | RecordType) or interface_type in (
        Scalar.STRING,
        Scalar.BYTE_ARRAY,
    )


def raw_types(interface_type: InterfaceType) -> tuple[Scalar, ...]:
    """The raw Wasm types of an argument, and of a result that does not lie in memory."""
    match interface_type:
        case Scalar.STRING | Scalar.BYTE_ARRAY | ArrayType():
            return (Scalar.I32, Scalar.I32)  # pointer, length
        case Scalar.S64 | Scalar.U64 | Scalar.I64:
            return (Scalar.I64,)
        case Scalar.F32 | Scalar.F64:
            return (interface_type,)
        case _:  # narrower integers and bool as they are, a record by its pointer
            return (Scalar.I32,)

"""Between a host function and the raw Wasm import that it is called by.

There is no adapter for host imports: their raw signature follows from the interface types (spec
marine-runtime.md, "Host imports").
"""

import struct
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, cast

from runtime.adapters.adapter_errors import FAILURES, as_adapter_error
from runtime.adapters.home import Home
from runtime.adapters.lift import array_lifter, lift_string, record_lifter
from runtime.adapters.lifting_memory import LiftingMemory
from runtime.adapters.lower import Allocate, array_lowerer, lower_bytes, record_lowerer
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw_values import Number
from runtime.errors import AdapterError, HostFunctionError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.function import HOST_NAMESPACES, HostFunction, WrongResult
from runtime.host.place_of_failure import place_of_failure
from runtime.interface.types import (
    INTEGER_RANGES,
    ArrayType,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
    signed,
    type_text,
)
from runtime.interface.validated import CoreSignature
from runtime.torn_note import text_without_torn_note

_ArgumentLifter: TypeAlias = Callable[[Home, Sequence[Number]], InterfaceValue]
_WRONG_VALUE = (TypeError, ValueError, AttributeError, OverflowError, struct.error)
"""What lowering raises where a value is not of the type that it is lowered as."""

_ResultLowerer: TypeAlias = Callable[[InterfaceValue], Number | None]

SET_RESULT = CoreSignature((Scalar.I32,), ())
"""The type of the module's `set_result_ptr` and `set_result_size`."""


class HostObserver(Protocol):
    """Calls host functions in their own place, to see what they are given and give."""

    def call_host(
        self, function: HostFunction, namespace: str, caller: Home, raw: Sequence[Number]
    ) -> Number | None:
        """Call a host function; as what `bind` gives.

        Args:
            function: the function.
            namespace: by which the module imports it.
            caller: the module.
            raw: the arguments.
        """


class HostObservation(Protocol):
    """Whether calls of host functions are observed now."""

    @property
    def observer(self) -> HostObserver | None:
        """Who observes them."""


@frozen_dataclass
class _Unobserved:
    observer: HostObserver | None = None


UNOBSERVED: HostObservation = _Unobserved()
"""Nobody ever observes."""


def bind(
    function: HostFunction,
    caller: Home,
    *,
    namespace: str = HOST_NAMESPACES[0],
    observation: HostObservation = UNOBSERVED,
) -> Callable[..., Number | None]:
    """The raw implementation of a host function for one module.

    Args:
        function: the function.
        caller: the module.
        namespace: by which the module imports it.
        observation: whether its calls are observed.

    Returns:
        A function of raw numbers. It raises HostFunctionError where the host function fails or its
        result does not fit, AdapterError where an argument cannot be lifted or the result cannot be
        written into the module's memory, and Interrupted where the call was to end meanwhile.
    """
    lifters = _argument_lifters(function.parameters)
    name = f"{caller.name} calls host function {function.name}"
    lower: _ResultLowerer | None = None

    def call(*raw: Number) -> Number | None:
        nonlocal lower
        observer = observation.observer
        if observer is not None:
            return observer.call_host(function, namespace, caller, raw)
        try:
            arguments = [lift(caller, raw) for lift in lifters]
        except FAILURES as failure:
            error = as_adapter_error(failure)
            if function.on_lift_error is None:
                raise placed(error) from None
            result = invoke(function.on_lift_error, error)
        else:
            result = invoke(function.implementation, *arguments)
        # A function that waited may have ended since the call is to end. The module would end by
        # itself, but not before it has looked at a result that means nothing.
        caller.require_running()
        if function.result is None:
            return None
        if lower is None:  # only now: the module has no exports while it is instantiated
            lower = _result_lowerer(function.result, caller)
        try:
            return lower(cast("InterfaceValue", result))
        except FAILURES as failure:
            raise placed(as_adapter_error(failure)) from None
        except _WRONG_VALUE as error:
            raise failed(f"whose result is no {type_text(function.result)}: {error}") from error

    def invoke(
        implementation: Callable[..., InterfaceValue | None], *arguments: object
    ) -> InterfaceValue | None:
        try:
            return implementation(*arguments)
        except WrongResult as error:
            raise failed(str(error)) from error
        except Exception as error:
            what = text_without_torn_note(error)
            raise failed(f"which failed: {what}{place_of_failure(error)}") from error

    def failed(how: str) -> HostFunctionError:
        error = HostFunctionError(f"{name}, {how}", module=caller.name, function=function.name)
        error.torn_module = caller.name
        return error

    def placed(error: AdapterError) -> AdapterError:
        at_caller = AdapterError(
            f"{name}: {error.message}",
            instruction=f"host import {function.name}",
            module=caller.name,
            function=function.name,
        )
        at_caller.torn_module = caller.name
        return at_caller

    return call


def _argument_lifters(parameters: Sequence[InterfaceType]) -> list[_ArgumentLifter]:
    lifters = []
    at = 0
    for parameter in parameters:
        lifter, width = _argument_lifter(parameter, at)
        lifters.append(lifter)
        at += width
    return lifters


def _argument_lifter(parameter: InterfaceType, at: int) -> tuple[_ArgumentLifter, int]:
    """The lifter of the argument at a raw position, and how many raw numbers it takes."""
    if parameter is Scalar.STRING:
        return lambda caller, raw: lift_string(caller.memory, int(raw[at]), int(raw[at + 1])), 2
    if parameter is Scalar.BYTE_ARRAY:
        return lambda caller, raw: caller.memory.read(int(raw[at]), int(raw[at + 1])), 2
    if isinstance(parameter, ArrayType):
        lift_array = array_lifter(parameter.element)
        return lambda caller, raw: lift_array(_lifting(caller), int(raw[at]), int(raw[at + 1])), 2
    if isinstance(parameter, RecordType):
        lift_record = record_lifter(parameter)
        return lambda caller, raw: lift_record(_lifting(caller), int(raw[at])), 1
    if parameter is Scalar.BOOL:
        return lambda _caller, raw: raw[at] != 0, 1
    if parameter in (Scalar.F32, Scalar.F64):
        return lambda _caller, raw: raw[at], 1
    return _integer_lifter(parameter, at), 1


def _lifting(caller: Home) -> LiftingMemory:
    """The caller's memory, to lift one argument from."""
    return LiftingMemory(caller.memory, caller.require_running)


def _integer_lifter(parameter: Scalar, at: int) -> _ArgumentLifter:
    lowest, highest = INTEGER_RANGES[parameter]
    if parameter in (Scalar.U32, Scalar.U64):
        return lambda _caller, raw: int(raw[at]) & highest

    def lift(_caller: Home, raw: Sequence[Number]) -> int:
        number = int(raw[at])
        if lowest <= number <= highest:
            return number
        raise AdapterError(f"argument {number} does not fit {parameter.value}")

    return lift


def _result_lowerer(result: InterfaceType, caller: Home) -> _ResultLowerer:
    if isinstance(result, Scalar) and result not in (Scalar.STRING, Scalar.BYTE_ARRAY):
        return _number_lowerer(result)
    memory, allocate = caller.memory, caller.allocate
    set_pointer = caller.raw_export("set_result_ptr", SET_RESULT)
    if isinstance(result, RecordType):
        lower_record = record_lowerer(result)

        def lower_to_pointer(value: InterfaceValue) -> None:
            fields = cast("tuple[InterfaceValue, ...]", value)
            set_pointer(signed(lower_record(memory, allocate, fields), 32))

        return lower_to_pointer

    set_size = caller.raw_export("set_result_size", SET_RESULT)
    lower_sized = _sized_lowerer(result)

    def lower_to_pointer_and_size(value: InterfaceValue) -> None:
        pointer, size = lower_sized(memory, allocate, value)
        set_pointer(signed(pointer, 32))
        set_size(size)

    return lower_to_pointer_and_size


def _sized_lowerer(
    result: InterfaceType,
) -> Callable[[LinearMemory, Allocate, InterfaceValue], tuple[int, int]]:
    if isinstance(result, ArrayType):
        lower_array = array_lowerer(result.element)
        return lambda memory, allocate, value: lower_array(
            memory, allocate, cast("list[InterfaceValue]", value)
        )
    if result is Scalar.STRING:
        return lambda memory, allocate, value: lower_bytes(
            memory, allocate, cast("str", value).encode()
        )
    return lambda memory, allocate, value: lower_bytes(memory, allocate, cast("bytes", value))


def _number_lowerer(result: Scalar) -> _ResultLowerer:
    if result in (Scalar.F32, Scalar.F64):
        return lambda value: float(cast("float", value))
    if result is Scalar.BOOL:
        return lambda value: int(bool(value))
    lowest, highest = INTEGER_RANGES[result]
    bits = 64 if result in (Scalar.S64, Scalar.U64, Scalar.I64) else 32

    def lower(value: InterfaceValue) -> int:
        number = int(cast("int", value))
        if not lowest <= number <= highest:
            raise ValueError(f"{number} lies outside {lowest} to {highest}")
        return signed(number, bits)

    return lower

"""A call of a service's function as an operation to be timed, from JSON text to JSON text."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import repeat
from time import perf_counter_ns
from typing import Self

from mrepl.bench.sampling import Operation
from runtime import Engine, Service


@dataclass(frozen=True, slots=True)
class TimedCall:
    """A call that is made again and again.

    Attributes:
        module: the module's name.
        function: of that module.
        arguments: JSON text.
        call_parameters: JSON text, or None.
        engine: what runs the adapters meanwhile.
    """

    module: str
    function: str
    arguments: str
    call_parameters: str | None
    engine: Engine

    def __str__(self) -> str:
        return f"{self.module}.{self.function}"

    def with_texts(self, change: Callable[[str], str]) -> Self:
        """The call with other JSON texts: what a function makes of these."""
        parameters = self.call_parameters
        return replace(
            self,
            arguments=change(self.arguments),
            call_parameters=None if parameters is None else change(parameters),
        )


def operation_of(service: Service, call: TimedCall) -> Operation:
    """The call as an operation; it sets the service's engine, outside of the time it gives.

    The operation raises a MarineError when the call does.
    """
    module, function, arguments = call.module, call.function, call.arguments
    call_text, parameters = service.call_text, call.call_parameters

    def use_engine() -> None:
        service.engine = call.engine
        service.prepare(module, function)
        call_text(module, function, arguments, call_parameters=parameters)

    # Two loops: the keyword that most calls do not have would cost them time.
    def without_parameters(count: int) -> int:
        if service.engine is not call.engine:
            use_engine()
        start = perf_counter_ns()
        for _ in repeat(None, count):
            call_text(module, function, arguments)
        return perf_counter_ns() - start

    def with_parameters(count: int) -> int:
        if service.engine is not call.engine:
            use_engine()
        start = perf_counter_ns()
        for _ in repeat(None, count):
            call_text(module, function, arguments, call_parameters=parameters)
        return perf_counter_ns() - start

    return without_parameters if parameters is None else with_parameters

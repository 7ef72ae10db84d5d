"""What runs adapters and host functions while a call is traced, and records what they do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from runtime.adapters.adapter_errors import FAILURES
from runtime.adapters.home import Home
from runtime.adapters.instruction_steps import OperandStack, Step, prepare
from runtime.adapters.interpreter import Adapter
from runtime.engine.raw_values import Number
from runtime.errors import MarineError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.binding import bind
from runtime.host.function import HostFunction
from runtime.interface.instructions import MEMORY_OPS
from runtime.interface.types import InterfaceValue
from runtime.interface.validated import ResolvedInstruction
from runtime.linked_module import LinkedModule
from runtime.tracing.activities import activity_of
from runtime.tracing.observed_home import ObservedHome
from runtime.tracing.recorder import Open, Recorder
from runtime.tracing.tree import Activity, AdapterEvent, HostEvent, InstructionEvent

_MOST_OF_STACK = 32
"""Values; adapters of real modules have fewer, and one could fill its stack without end."""

_HostCall: TypeAlias = Callable[[Sequence[Number]], Number | None]


@frozen_dataclass
class _PreparedInstruction:
    """An instruction, prepared for its raw calls to be recorded.

    Attributes:
        number: its place in the adapter, from 0.
        instruction: itself.
        step: does what it says.
        time: where its own time is added up.
        makes_value: whether it makes a value that may be large.
    """

    number: int
    instruction: ResolvedInstruction
    step: Step
    time: list[int]
    makes_value: bool


@frozen_dataclass
class _PreparedAdapter:
    """An adapter's instructions, and where its own time is added up."""

    instructions: tuple[_PreparedInstruction, ...]
    time: list[int]


@dataclass(slots=True)
class _Values:
    """What a host function was given and gave, as far as it is known."""

    arguments: tuple[InterfaceValue, ...] | None = None
    result: InterfaceValue | None = None


class TraceObserver:
    """Observes one call; what it saw is in its recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._prepared: dict[Adapter, _PreparedAdapter] = {}
        self._host_calls: dict[tuple[int, int, str], _HostCall] = {}

    def run_adapter(self, adapter: Adapter, arguments: Sequence[InterfaceValue]) -> OperandStack:
        """Run an adapter as `Adapter.run` does, recording each of its instructions.

        It is one function: modules may call each other so deeply that every frame counts.
        """
        recorder = self._recorder
        prepared = self._prepared.get(adapter) or self._prepare(adapter)
        begin, end, resume = recorder.begin, recorder.end, recorder.resume
        stack = OperandStack()
        number = 0
        running = begin(prepared.time)
        try:
            for number, instruction in enumerate(prepared.instructions):  # noqa: B007 - it tells where it failed
                opened = begin(instruction.time)
                try:
                    instruction.step(stack, arguments)
                except BaseException as error:
                    recorder.fail(opened, error)
                    raise
                finally:
                    end(opened)
                    if opened.is_kept:
                        self._keep_instruction(opened, instruction, stack)
                    resume()
        except FAILURES as error:
            placed = adapter.placed(error, number)
            recorder.fail(running, placed)
            if placed is error:
                raise
            raise placed from None
        except BaseException as error:
            recorder.fail(running, error)
            raise
        finally:
            end(running)
            if running.is_kept:
                self._keep_adapter(running, adapter, arguments, stack)
            resume()
        return stack

    def call_host(
        self, function: HostFunction, namespace: str, caller: Home, raw: Sequence[Number]
    ) -> Number | None:
        """Call a host function, recording its values and the raw calls that it makes."""
        key = (id(function), id(caller), namespace)  # both live as long as the service does
        call = self._host_calls.get(key)
        if call is None:
            self._recorder.stop()
            call = self._observed_host_call(function, namespace, cast("LinkedModule", caller))
            self._host_calls[key] = call
            self._recorder.resume()
        return call(raw)

    def _prepare(self, adapter: Adapter) -> _PreparedAdapter:
        recorder = self._recorder
        recorder.stop()
        module = adapter.home.name
        home = ObservedHome(cast("LinkedModule", adapter.home), recorder)
        instructions = []
        for number, instruction in enumerate(adapter.instructions):
            activity = activity_of(instruction.op)
            instructions.append(
                _PreparedInstruction(
                    number,
                    instruction,
                    prepare(instruction, home),
                    recorder.time_of(module, activity),
                    activity is Activity.LIFTING and instruction.op in MEMORY_OPS,
                )
            )
        prepared = _PreparedAdapter(tuple(instructions), recorder.time_of(module, Activity.ADAPTER))
        self._prepared[adapter] = prepared
        recorder.resume()
        return prepared

    def _keep_instruction(
        self, ended: Open, prepared: _PreparedInstruction, stack: OperandStack
    ) -> None:
        if prepared.makes_value and stack:
            self._recorder.weigh(stack[-1])
        self._recorder.keep(
            InstructionEvent(
                number=prepared.number,
                instruction=prepared.instruction,
                stack=tuple(stack[-_MOST_OF_STACK:]),
                stack_size=len(stack),
                elapsed_ns=ended.elapsed_ns,
                error=ended.error,
                children=tuple(ended.children),
                omitted=ended.omitted,
            )
        )

    def _keep_adapter(
        self,
        ended: Open,
        adapter: Adapter,
        arguments: Sequence[InterfaceValue],
        stack: OperandStack,
    ) -> None:
        self._recorder.keep(
            AdapterEvent(
                module=adapter.home.name,
                function=adapter.function,
                signature=adapter.signature,
                is_import=adapter.is_import,
                arguments=tuple(arguments),
                results=tuple(stack) if ended.error is None else None,
                elapsed_ns=ended.elapsed_ns,
                error=ended.error,
                children=tuple(ended.children),
                omitted=ended.omitted,
            )
        )

    def _observed_host_call(
        self, function: HostFunction, namespace: str, caller: LinkedModule
    ) -> _HostCall:
        recorder = self._recorder
        running: list[_Values] = []  # a host function may lead to another call of itself

        def implementation(*arguments: InterfaceValue) -> InterfaceValue | None:
            values = running[-1]
            values.arguments = arguments
            values.result = function.implementation(*arguments)
            return values.result

        def on_lift_error(error: MarineError) -> InterfaceValue | None:
            values = running[-1]
            if function.on_lift_error is not None:
                values.result = function.on_lift_error(error)
            return values.result

        observed = replace(
            function,
            implementation=implementation,
            on_lift_error=None if function.on_lift_error is None else on_lift_error,
        )
        call = bind(observed, ObservedHome(caller, recorder))
        time = recorder.time_of(caller.name, Activity.HOST)

        def recorded(raw: Sequence[Number]) -> Number | None:
            values = _Values()
            running.append(values)
            opened = recorder.begin(time)
            try:
                return call(*raw)
            except BaseException as error:
                recorder.fail(opened, error)
                raise
            finally:
                recorder.end(opened)
                running.pop()
                if opened.is_kept:
                    for value in (*(values.arguments or ()), values.result):
                        if value is not None:
                            recorder.weigh(value)
                    recorder.keep(
                        HostEvent(
                            module=caller.name,
                            namespace=namespace,
                            function=function.name,
                            parameters=function.parameters,
                            result_type=function.result,
                            arguments=values.arguments,
                            result=values.result,
                            elapsed_ns=opened.elapsed_ns,
                            error=opened.error,
                            children=tuple(opened.children),
                            omitted=opened.omitted,
                        )
                    )
                recorder.resume()

        return recorded

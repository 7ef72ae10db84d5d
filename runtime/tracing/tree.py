"""What a traced call did, as a tree: adapters, their instructions, Wasm and host functions."""

from collections.abc import Mapping
from dataclasses import KW_ONLY
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from runtime.engine.raw_values import Number
from runtime.errors import MarineError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import InterfaceType, InterfaceValue, Signature
from runtime.interface.validated import CoreSignature, ResolvedInstruction


class Activity(Enum):
    """What a module's time is spent on."""

    LIFTING = "lifting"  # from memory, or from raw numbers, to interface values
    LOWERING = "lowering"  # the other way, sizes included
    WASM = "wasm"  # the module's own code and WASI; what a call of it costs is included
    HOST = "host"  # host functions, with lifting their arguments and lowering their results
    ADAPTER = "adapter"  # what else adapters do


@frozen_dataclass
class _Event:
    """What all nodes of the tree have in common.

    Attributes:
        elapsed_ns: how long it took, its children included; the recording itself is left out.
        error: why it failed; None where it did not.
        children: what it led to, in order.
        omitted: how many more events are below it that were not kept.
    """

    _: KW_ONLY
    elapsed_ns: int
    error: str | None
    children: "tuple[Event, ...]"
    omitted: int


@frozen_dataclass
class AdapterEvent(_Event):
    """An adapter ran; its children are its instructions, as far as they ran.

    Attributes:
        module: the module it belongs to.
        function: which function it adapts; an import's with its namespace, `curl.download`.
        signature: the interface of that function.
        is_import: whether it is an import adapter: its arguments and results are raw numbers then.
        arguments: what `arg.get` reads.
        results: none, or one; None where the adapter failed.
    """

    _: KW_ONLY
    module: str
    function: str
    signature: Signature
    is_import: bool
    arguments: tuple[InterfaceValue, ...]
    results: tuple[InterfaceValue, ...] | None

    @property
    def name(self) -> str:
        """`module.function`; an import adapter's is `module.namespace.function`."""
        return f"{self.module}.{self.function}"


@frozen_dataclass
class InstructionEvent(_Event):
    """An instruction of an adapter ran; its children are what it called.

    Attributes:
        number: its place in the adapter, from 0.
        instruction: itself.
        stack: the operand stack after it, the top last; only the topmost values of a large one.
        stack_size: how many values are on it.
    """

    _: KW_ONLY
    number: int
    instruction: ResolvedInstruction
    stack: tuple[InterfaceValue, ...]
    stack_size: int


@frozen_dataclass
class WasmEvent(_Event):
    """A raw Wasm function was called; its children are the imports that the code called.

    Attributes:
        module: the module that has it.
        function: the name under which it is exported.
        signature: its type.
        arguments: raw numbers.
        result: a raw number, or None where there is none.
    """

    _: KW_ONLY
    module: str
    function: str
    signature: CoreSignature
    arguments: tuple[Number, ...]
    result: Number | None


@frozen_dataclass
class HostEvent(_Event):
    """A module called a host function; its children are the raw calls that the host made then.

    Attributes:
        module: the calling module.
        namespace: by which it imports the function.
        function: its name.
        parameters: the types of the arguments.
        result_type: the type of the result; None where there is none.
        arguments: interface values; None where they could not be lifted.
        result: an interface value, or None where there is none.
    """

    _: KW_ONLY
    module: str
    namespace: str
    function: str
    parameters: tuple[InterfaceType, ...]
    result_type: InterfaceType | None
    arguments: tuple[InterfaceValue, ...] | None
    result: InterfaceValue | None

    @property
    def name(self) -> str:
        """`namespace.function`."""
        return f"{self.namespace}.{self.function}"


Event: TypeAlias = AdapterEvent | InstructionEvent | WasmEvent | HostEvent


Result = TypeVar("Result")
"""What the caller gets: of `Service.trace` a Python value, of `trace_text` a JSON text."""


@frozen_dataclass
class Trace(Generic[Result]):
    """A call that was recorded.

    Attributes:
        root: the export adapter that was called, with all that it led to.
        result: what the call gave; None where it failed.
        error: what the call raised; None where it gave a result.
        times: nanoseconds by module and activity; they sum up to `root.elapsed_ns`. Events that
            were not kept count too.
    """

    root: AdapterEvent
    result: Result | None
    error: MarineError | None
    times: Mapping[tuple[str, Activity], int]

    @property
    def elapsed_ns(self) -> int:
        """How long the call took, in nanoseconds: adapters, Wasm and host, but no recording."""
        return self.root.elapsed_ns

    @property
    def omitted(self) -> int:
        """How many events were not kept."""
        pending: list[Event] = [self.root]
        count = 0
        while pending:
            event = pending.pop()
            count += event.omitted
            pending += event.children
        return count

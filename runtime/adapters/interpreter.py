"""The shared adapter interpreter: it runs the instructions of import and export adapters.

Adapters are validated when a module is loaded, so nothing is checked here again but what depends on
values: pointers, lengths, UTF-8 and ranges. At its first run an adapter is prepared: every
instruction becomes one function of the operand stack and the arguments. Running is then a loop over
those functions.
"""

from collections.abc import Sequence
from typing import Protocol

from runtime.adapters.adapter_errors import FAILURES, as_adapter_error, instruction_failed
from runtime.adapters.instruction_steps import AdapterHome, OperandStack, Step, prepare
from runtime.errors import AdapterError
from runtime.interface.types import InterfaceValue, Signature
from runtime.interface.validated import ImportedFunction, ResolvedInstruction


class AdapterObserver(Protocol):
    """Runs adapters in their own place, to see what they do."""

    def run_adapter(self, adapter: "Adapter", arguments: Sequence[InterfaceValue]) -> OperandStack:
        """Run an adapter; as `Adapter.run`."""


class AdapterObservation(Protocol):
    """Whether adapters are observed now."""

    @property
    def observer(self) -> AdapterObserver | None:
        """Who observes them."""


class Adapter:
    """An import or export adapter, ready to run.

    Attributes:
        name: for messages, `module.function`.
        home: the module it belongs to.
        function: which function it adapts; an import's with its namespace.
        signature: the interface of that function.
        instructions: what it runs.
        is_import: whether it is an import adapter.
    """

    def __init__(
        self,
        home: AdapterHome,
        function: str,
        signature: Signature,
        instructions: tuple[ResolvedInstruction, ...],
        *,
        is_import: bool,
        observation: AdapterObservation,
    ) -> None:
        self.name = f"{home.name}.{function}"
        self.home = home
        self.function = function
        self.signature = signature
        self.instructions = instructions
        self.is_import = is_import
        self._observation = observation
        self._steps: tuple[Step, ...] | None = None

    def prepare(self) -> None:
        """Prepare the instructions now, and those of adapters that they call."""
        for instruction in self.instructions:
            if isinstance(instruction.operand, ImportedFunction):
                self.home.imported(instruction.operand).prepare()
        _ = self.steps

    @property
    def steps(self) -> tuple[Step, ...]:
        """The prepared instructions, in order; the module must be instantiated."""
        if self._steps is None:
            self._steps = tuple(prepare(each, self.home) for each in self.instructions)
        return self._steps

    def run(self, arguments: Sequence[InterfaceValue]) -> OperandStack:
        """Run the adapter.

        Args:
            arguments: what `arg.get` reads; they fit the adapter's type.

        Returns:
            The operand stack at the end: the results.

        Raises:
            MarineError: an instruction failed, or something it called.
        """
        observer = self._observation.observer
        if observer is not None:
            return observer.run_adapter(self, arguments)
        stack = OperandStack()
        number = 0
        try:
            for number, step in enumerate(self._steps or self.steps):  # noqa: B007 - `number` tells where it failed
                step(stack, arguments)
        except FAILURES as error:
            placed = self.placed(error, number)
            if placed is error:
                raise
            raise placed from None
        return stack

    def placed(self, error: Exception, number: int) -> AdapterError:
        """What the adapter raises where an instruction failed.

        Args:
            error: what the instruction raised, one of `FAILURES`.
            number: the instruction's place in the adapter, from 0.
        """
        found = as_adapter_error(error)
        if found.instruction is not None:  # of an adapter that this one called
            return found
        return instruction_failed(
            self.home.name,
            self.function,
            self.instructions[number],
            number,
            found.message,
            is_import=self.is_import,
        )

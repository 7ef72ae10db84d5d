"""Where the modules of a store leave what they write to their standard streams."""

import itertools
from collections.abc import Callable
from typing import TypeAlias

from runtime.engine.linear_memory import LinearMemory
from runtime.engine.wasi.layout import STANDARD_OUTPUT, TRANSFER
from runtime.errors import HostFunctionError
from runtime.torn_note import text_without_torn_note

OutputSink: TypeAlias = Callable[[int, bytes], None]
"""Takes what a module writes: to 1, standard output, or 2, standard error; and the bytes."""


class OutputSinks:
    """Takes the output of all modules of a store and gives it to each module's sink.

    It is what the store's host function holds: nothing of the store, which could not be freed then.
    """

    def __init__(self, scratch: LinearMemory) -> None:
        """Args: scratch: the memory in which the shims leave what is written."""
        self._scratch = scratch
        self._numbers = itertools.count()
        self._sinks: dict[int, tuple[str, OutputSink]] = {}

    def add(self, module: str, sink: OutputSink) -> int:
        """Take a module's sink, and give its number."""
        number = next(self._numbers)
        self._sinks[number] = (module, sink)
        return number

    def remove(self, number: int) -> None:
        """Forget a sink whose module writes no more."""
        self._sinks.pop(number, None)

    def write(self, number: int, stream: int, length: int) -> None:
        """Give a sink what its module wrote.

        Args:
            number: the sink's.
            stream: 1 or 2.
            length: bytes of the scratch memory.

        Raises:
            HostFunctionError: the sink raised an exception.
        """
        module, sink = self._sinks[number]
        written = self._scratch.read(TRANSFER, length)
        try:
            sink(stream, written)
        except Exception as error:
            name = "standard output" if stream == STANDARD_OUTPUT else "standard error"
            failed = HostFunctionError(
                f"module '{module}' wrote to its {name}, and what takes it failed: "
                f"{text_without_torn_note(error)}",
                module=module,
            )
            failed.torn_module = module
            raise failed from error

"""The modules' log messages on the shell's stderr."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from runtime.host.logger import MODULES_LOGGER, TRACE


class ModuleLogHandler(logging.Handler):
    """Prints `[module] LEVEL message`."""

    def __init__(self, stream: TextIO, before_message: Callable[[], None]) -> None:
        """Takes where to print, and what is to be done before."""
        super().__init__()
        self._stream = stream
        self._before_message = before_message

    def emit(self, record: logging.LogRecord) -> None:
        """Prints one message, which the runtime has made a line without control characters."""
        try:
            self._before_message()
            self._stream.write(f"[{_module_of(record)}] {record.levelname} {record.getMessage()}\n")
            self._stream.flush()
        except OSError:
            return  # stderr itself is gone: there is nowhere left to say so


def show_module_logs(stream: TextIO, before_message: Callable[[], None]) -> None:
    """Prints what modules log, from now on, on the stream only.

    Args:
        stream: where to print.
        before_message: clears the place of a message, called before each one.
    """
    logger = logging.getLogger(MODULES_LOGGER)
    logger.handlers = [ModuleLogHandler(stream, before_message)]
    logger.setLevel(TRACE)  # the modules choose their own level by WASM_LOG
    logger.propagate = False


@contextmanager
def module_logs_held_back() -> Iterator[Counter[str]]:
    """Shows no log messages inside of it; gives the number of those not shown, by module."""
    logger = logging.getLogger(MODULES_LOGGER)
    held = Counter[str]()
    before, logger.handlers = logger.handlers, [_CountingHandler(held)]
    try:
        yield held
    finally:
        logger.handlers = before


class _CountingHandler(logging.Handler):
    """Counts messages by module, and shows none."""

    def __init__(self, counted: Counter[str]) -> None:
        super().__init__()
        self._counted = counted

    def emit(self, record: logging.LogRecord) -> None:
        self._counted[_module_of(record)] += 1


def _module_of(record: logging.LogRecord) -> str:
    """The name of the module that has logged."""
    return record.name.removeprefix(f"{MODULES_LOGGER}.")

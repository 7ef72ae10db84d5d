"""The modules' log messages on the shell's stderr."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from mrepl.text.escaping import escape_line

_LOGGER = "mrepl.module"
_EVERYTHING = 1  # the modules choose their own level by WASM_LOG


class ModuleLogHandler(logging.Handler):
    """Prints `[module] LEVEL message`; a message of several lines gets that before each."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Prints one message."""
        module = record.name.removeprefix(f"{_LOGGER}.")
        start = f"[{escape_line(module)}] {record.levelname}"
        lines = record.getMessage().split("\n")
        try:
            self._stream.writelines(f"{start} {escape_line(line)}\n" for line in lines)
            self._stream.flush()
        except OSError:
            return  # stderr itself is gone: there is nowhere left to say so


def show_module_logs(stream: TextIO) -> None:
    """Prints what modules log, from now on, on the stream only."""
    logger = logging.getLogger(_LOGGER)
    logger.handlers = [ModuleLogHandler(stream)]
    logger.setLevel(_EVERYTHING)
    logger.propagate = False


@contextmanager
def module_logs_held_back() -> Iterator[Counter[str]]:
    """Shows no log messages inside of it; gives the number of those not shown, by module."""
    logger = logging.getLogger(_LOGGER)
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
        self._counted[record.name.removeprefix(f"{_LOGGER}.")] += 1

"""The modules' logger: the host function that takes messages.

Source of the rules: spec marine-runtime.md, "Host imports".
"""

import logging

from runtime.engine.interruption import StopRequest
from runtime.escaping import escape_line
from runtime.host.function import HostFunction
from runtime.host.log_settings import DEFAULT_LOGGING_MASK, LOG_FUNCTION
from runtime.interface.types import Scalar

MODULES_LOGGER = "mrepl.module"
"""The Python logger above those of all modules."""

TRACE = 5
"""The Python logging level of `trace`, below `logging.DEBUG`: the lowest that modules have."""

logging.addLevelName(TRACE, "TRACE")

_PYTHON_LEVELS = {
    1: logging.ERROR,
    2: logging.WARNING,
    3: logging.INFO,
    4: logging.DEBUG,
    5: TRACE,
}


class ModuleLog:
    """Where one module's messages go: the Python logger `mrepl.module.<name>`."""

    def __init__(
        self, module: str, logging_mask: int = DEFAULT_LOGGING_MASK, *, cancelled: StopRequest
    ) -> None:
        """Open the log of a module.

        Args:
            module: the module's name.
            logging_mask: a signed 32-bit set of bits; a message with a target is dropped unless its
                target shares a bit with it.
            cancelled: set when the call must end: no more lines of its message are logged then.
        """
        self._module = module
        self._logger = logging.getLogger(f"{MODULES_LOGGER}.{module}")
        self._logging_mask = logging_mask
        self._cancelled = cancelled

    def log_utf8_string(self, level: int, target: int, message: bytes) -> None:
        r"""Log a message, unless the mask drops it.

        Each of its lines is a record of its own, without control characters: however records are
        shown, none can pass for another module's, or drive a terminal. Lines end with a line feed,
        also after a carriage return; that of the last line may be missing.

        Args:
            level: 1 error, 2 warn, 3 info, 4 debug, 5 trace. A message of any other level is
                logged as a warning that begins with its level, so that it is not lost.
            target: a set of bits that say what the message is about; 0 is never dropped.
            message: UTF-8; other bytes are shown as `\xff`.
        """
        if target != 0 and target & self._logging_mask == 0:
            return
        python_level = _PYTHON_LEVELS.get(level, logging.WARNING)
        if not self._logger.isEnabledFor(python_level):
            return
        text = message.decode("utf-8", "backslashreplace")
        if level not in _PYTHON_LEVELS:
            text = f"(unknown log level {level}) {text}"
        for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n"):
            if self._cancelled.is_set():
                return
            # In place of a line of this file, who shows the record's origin shows the module.
            self._logger.handle(
                self._logger.makeRecord(
                    self._logger.name, python_level, self._module, 0, escape_line(line), (), None
                )
            )


def log_function(log: ModuleLog) -> HostFunction:
    """The host function `log_utf8_string(level: i32, target: i32, message)` of one module.

    Its message is bytes, not a string, because invalid UTF-8 must not end the module's call.
    """
    return HostFunction(
        name=LOG_FUNCTION,
        parameters=(Scalar.I32, Scalar.I32, Scalar.BYTE_ARRAY),
        result=None,
        implementation=log.log_utf8_string,
    )

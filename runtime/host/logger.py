"""The modules' logger: the host function that takes messages, and the levels of `WASM_LOG`.

Source of the rules: spec marine-runtime.md, "Host imports".
"""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from runtime.host.function import HostFunction
from runtime.interface.types import Scalar
from runtime.suggestions import suggestion

TRACE = 5
"""The Python logging level of `trace`, below `logging.DEBUG`."""

logging.addLevelName(TRACE, "TRACE")

LOG_LEVELS = ("error", "warn", "info", "debug", "trace", "off")
"""The levels a directive may name; `off` silences a module."""

DEFAULT_LOGGING_MASK = 2**31 - 1
"""The `logging_mask` of modules whose config gives none: every target passes."""

_PYTHON_LEVELS = {
    1: logging.ERROR,
    2: logging.WARNING,
    3: logging.INFO,
    4: logging.DEBUG,
    5: TRACE,
}


@dataclass(frozen=True, slots=True)
class LogDirectives:
    """The directives of a `WASM_LOG`.

    Attributes:
        default: the level of modules that no directive names; None to leave it to them.
        modules: the levels of the modules that directives name.
        warnings: one message for each malformed directive, all of which are skipped.
    """

    default: str | None
    modules: Mapping[str, str]
    warnings: tuple[str, ...]

    def for_module(self, name: str) -> str | None:
        """The value of the module's `WASM_LOG` variable; None where no level applies to it."""
        return self.modules.get(name, self.default)

    def warnings_of_unknown(self, modules: Collection[str]) -> tuple[str, ...]:
        """One message for each directive that names none of a service's modules.

        Where there are no modules yet, nothing is known of what will be loaded.
        """
        if not modules:
            return ()
        return tuple(
            f"WASM_LOG: no module {name!r} is in the config"
            f"{suggestion(name, (*modules, *LOG_LEVELS))}"
            for name in self.modules
            if name not in modules
        )


def parse_log_directives(text: str) -> LogDirectives:
    """Read a `WASM_LOG`: `info` · `module=debug` · `module` (= trace) · combined with commas.

    Levels may be in any case; white space around the parts and empty directives count for nothing;
    of several directives for one module the last applies. Nothing is raised: see `warnings`.
    """
    default: str | None = None
    modules: dict[str, str] = {}
    warnings: list[str] = []
    for directive in filter(None, (part.strip() for part in text.split(","))):
        module, equals, level = (part.strip() for part in directive.partition("="))
        if not equals and module.lower() in LOG_LEVELS:
            default = module.lower()
        elif not equals:
            modules[module] = "trace"
        elif not module or not level or "=" in level:
            warnings.append(
                f"WASM_LOG: directive {directive!r} is skipped: "
                "expected a level, a module, or module=level"
            )
        elif level.lower() not in LOG_LEVELS:
            warnings.append(
                f"WASM_LOG: directive {directive!r} is skipped: {level!r} is no level; levels are "
                f"{', '.join(LOG_LEVELS)}{suggestion(level, LOG_LEVELS)}"
            )
        else:
            modules[module] = level.lower()
    return LogDirectives(default, modules, tuple(warnings))


class ModuleLog:
    """Where one module's messages go: the Python logger `mrepl.module.<name>`."""

    def __init__(self, module: str, logging_mask: int = DEFAULT_LOGGING_MASK) -> None:
        """Open the log of a module.

        Args:
            module: the module's name.
            logging_mask: a signed 32-bit set of bits; a message with a target is dropped unless its
                target shares a bit with it.
        """
        self._logger = logging.getLogger(f"mrepl.module.{module}")
        self._logging_mask = logging_mask

    def log_utf8_string(self, level: int, target: int, message: bytes) -> None:
        r"""Log a message, unless the mask drops it.

        Args:
            level: 1 error, 2 warn, 3 info, 4 debug, 5 trace. A message of any other level is
                logged as a warning that begins with its level, so that it is not lost.
            target: a set of bits that say what the message is about; 0 is never dropped.
            message: UTF-8; other bytes are shown as `\xff`. Control characters stay: whoever
                prints the log escapes them.
        """
        if target != 0 and target & self._logging_mask == 0:
            return
        python_level = _PYTHON_LEVELS.get(level, logging.WARNING)
        if not self._logger.isEnabledFor(python_level):
            return
        text = message.decode("utf-8", "backslashreplace")
        if level not in _PYTHON_LEVELS:
            text = f"(unknown log level {level}) {text}"
        self._logger.log(python_level, text)


def log_function(log: ModuleLog) -> HostFunction:
    """The host function `log_utf8_string(level: i32, target: i32, message)` of one module.

    Its message is bytes, not a string, because invalid UTF-8 must not end the module's call.
    """
    return HostFunction(
        name="log_utf8_string",
        parameters=(Scalar.I32, Scalar.I32, Scalar.BYTE_ARRAY),
        result=None,
        implementation=log.log_utf8_string,
    )

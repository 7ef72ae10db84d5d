"""Which messages of modules are logged: the levels of `WASM_LOG`, the default of `logging_mask`.

Source of the rules: spec marine-runtime.md, "Host imports".
"""

from collections.abc import Collection, Mapping

from runtime.frozen_dataclass import frozen_dataclass
from runtime.suggestions import suggestion

LOG_FUNCTION = "log_utf8_string"
"""The host function that takes messages, where `logger_enabled` is not false."""

LOG_LEVELS = ("error", "warn", "info", "debug", "trace", "off")
"""The levels a directive may name; `off` silences a module."""

DEFAULT_LOGGING_MASK = 2**31 - 1
"""The `logging_mask` of modules whose config gives none: every target passes."""


@frozen_dataclass
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

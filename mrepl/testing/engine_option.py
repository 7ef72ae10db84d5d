"""The choice of the engine for all services of a run: `--marine-engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from runtime import Engine

ENGINES = ("fused", "interp")  # the names of `runtime.Engine`, which takes its time to import


def add_engine_option(parser: pytest.Parser) -> None:
    """Give pytest the option `--marine-engine` and the setting `marine_engine`."""
    group = parser.getgroup("marine", "tests of Marine modules")
    group.addoption(
        "--marine-engine",
        choices=ENGINES,
        help="what runs the adapters of marine_test's services: fused, compiled to WebAssembly "
        "(default), or interp, the interpreter",
    )
    parser.addini("marine_engine", "as --marine-engine, which goes before it: fused or interp")


def check_engine(config: pytest.Config) -> None:
    """Check the setting; pytest itself checks the option.

    Raises:
        pytest.UsageError: there is no such engine.
    """
    setting = config.getini("marine_engine")
    if setting and setting not in ENGINES:
        raise pytest.UsageError(
            f"marine_engine: no engine {setting!r} (there are: {', '.join(ENGINES)})"
        )


def engine_name(config: pytest.Config) -> str | None:
    """The engine that the option or the setting asks for; None where neither does."""
    return config.getoption("--marine-engine") or config.getini("marine_engine") or None


def chosen_engine(config: pytest.Config) -> Engine:
    """The engine of the run's services."""
    from runtime import Engine  # noqa: PLC0415 - see above

    return Engine(engine_name(config) or Engine.FUSED)

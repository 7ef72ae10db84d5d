"""`import runtime` is quick: what only some programs need is imported when they need it."""

import subprocess
import sys

import pytest

import runtime
from tests.support.paths import PROJECT

SELDOM_NEEDED = {
    "asyncio",  # for awaited calls
    "difflib",  # for suggestions in messages
    "logging",  # for modules that log
    "runtime.async_calls",  # for awaited calls too
    "runtime.config.loading",  # for Config.toml
    "runtime.glue.module_text",  # for the first call
    "runtime.host.decorator",  # for host functions
    "runtime.interface.generation",  # for `marine build`
    "runtime.tracing.tree",  # for traces
    "subprocess",  # for mounted binaries
    "tomli",
}


def test_importing_a_service_imports_nothing_that_is_seldom_needed() -> None:
    program = "import sys; from runtime import Service; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    imported = set(ran.stdout.split())
    assert "runtime.service" in imported
    assert imported & SELDOM_NEEDED == set()


def test_every_public_name_is_there_when_it_is_asked_for() -> None:
    program = f"from runtime import *; print({', '.join(runtime.__all__)})"
    subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=PROJECT, check=True)


def test_an_unknown_name_is_refused_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'runtime' has no attribute 'Servise'"):
        runtime.Servise  # type: ignore[attr-defined]  # noqa: B018 - it is asked for
    assert not hasattr(runtime, "trace")

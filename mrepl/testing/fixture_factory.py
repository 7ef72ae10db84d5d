"""Fixtures that are services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mrepl.testing.calling_file import directory_of_caller
from mrepl.testing.requested_services import ONLY_SERVICE, RequestedServices
from mrepl.testing.service_of import ServiceOf

if TYPE_CHECKING:
    from runtime import Service
    from runtime.host.registration import HostFunctions


def service_fixture(
    config_path: Path | str,
    *,
    modules_dir: Path | str | None = None,
    working_dir: Path | str | None = None,
    host_functions: HostFunctions = (),
    timeout: float | None = None,
    wasm_log: str | None = None,
) -> Callable[[pytest.FixtureRequest], Iterator[Service]]:
    """Make a fixture that is a new service for each test, for a module of tests or a conftest.py.

    `shop = service_fixture(config_path="../Config.toml")` makes the fixture `shop`, which tests
    and other fixtures ask for as for any; `shop.modules.ledger` is a module of it.

    Args:
        config_path: as for `ServiceOf`.
        modules_dir: as for `ServiceOf`.
        working_dir: as for `ServiceOf`.
        host_functions: as for `ServiceOf`.
        timeout: as for `ServiceOf`.
        wasm_log: as for `ServiceOf`.

    Returns:
        The fixture.
    """
    service = ServiceOf(
        config_path,
        modules_dir=modules_dir,
        working_dir=working_dir,
        host_functions=host_functions,
        timeout=timeout,
        wasm_log=wasm_log,
    )
    requested = RequestedServices(
        {ONLY_SERVICE: service}, with_modules=False, directory=directory_of_caller()
    )

    @pytest.fixture
    def new_service(request: pytest.FixtureRequest) -> Iterator[Service]:
        from mrepl.testing.running import running  # noqa: PLC0415 - imports the engine

        with running(requested, request) as services:
            yield services[ONLY_SERVICE]

    return new_service

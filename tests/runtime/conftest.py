from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import ModuleConfig, Service, ServiceConfig
from tests.support.running import FAULTS, GREETING, RunningService


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningService]:
    modules = (
        ModuleConfig("greeting", GREETING),
        ModuleConfig("faults", FAULTS / "faults.wasm"),
    )
    with Service(ServiceConfig(modules=modules)) as service:
        yield RunningService(service, tmp_path)

from pathlib import Path

import pytest

from runtime import ModuleConfig, ServiceConfig
from tests.support.busy_module import BUSY


@pytest.fixture
def busy(tmp_path: Path) -> ServiceConfig:
    path = tmp_path / "busy.wasm"
    path.write_bytes(BUSY)
    return ServiceConfig(modules=(ModuleConfig("busy", path),))

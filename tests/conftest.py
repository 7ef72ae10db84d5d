import shutil
from pathlib import Path

import pytest

from tests.support.avm import fetch_avm
from tests.support.foreground import act_as_in_foreground

act_as_in_foreground()


@pytest.fixture(scope="session")
def avm_module() -> Path:
    """The file of the Aqua virtual machine's module."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so the module @fluencelabs/avm cannot be fetched")
    return fetch_avm(npm)

import shutil
import signal
from pathlib import Path

import pytest

from tests.support.avm import fetch_avm

# Where a shell runs the tests in the background, they and all that they start ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def avm_module() -> Path:
    """The file of the Aqua virtual machine's module."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so the module @fluencelabs/avm cannot be fetched")
    return fetch_avm(npm)

import shutil
import signal
from pathlib import Path

import pytest

from tests.support.avm import fetch_avm

# Run in the background or by `nohup`, the tests and all that they start would ignore these.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def avm_module() -> Path:
    """The file of the Aqua virtual machine's module."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so the module @fluencelabs/avm cannot be fetched")
    return fetch_avm(npm)

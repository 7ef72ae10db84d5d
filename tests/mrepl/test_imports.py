import subprocess
import sys

import pytest

from tests.support.paths import FIXTURES, PROJECT

_GREETING = str(FIXTURES / "greeting" / "Config.toml")
_CALL = 'call greeting greeting ["x"]'
_PROGRAM = """
import sys
from mrepl.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print()
print(*{name.partition(".")[0] for name in sys.modules})
"""


def _imported(*arguments: str) -> set[str]:
    """The top-level packages that a run of `mrepl` imports."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        input=_CALL,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_start_no_engine(option: str) -> None:
    assert not {"wasmtime", "runtime", "prompt_toolkit", "rich"} & _imported(option)


@pytest.mark.parametrize("arguments", [("-q", _GREETING, "-c", _CALL), ("-q", _GREETING)])
def test_scripts_load_no_terminal_library(arguments: tuple[str, ...]) -> None:
    imported = _imported(*arguments)
    assert "wasmtime" in imported
    assert not {"prompt_toolkit", "rich", "pygments", "asyncio"} & imported

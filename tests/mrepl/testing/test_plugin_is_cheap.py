import subprocess
import sys
import tomllib

from tests.support.paths import PROJECT

_PROGRAM = """
import importlib, sys, pytest
before = set(sys.modules)
importlib.import_module(sys.argv[1])
print(*set(sys.modules) - before)
"""


def _plugin() -> str:
    """The module that pytest loads where mrepl is installed."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    (module,) = project["entry-points"]["pytest11"].values()
    return str(module)


def test_runs_of_pytest_without_tests_of_modules_import_neither_runtime_nor_shell() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, _plugin()],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    imported = set(done.stdout.split())
    assert _plugin() in imported
    assert {name for name in imported if not name.startswith("mrepl.testing.")} <= {
        "mrepl",
        "mrepl.testing",
    }


def test_pytest_is_no_requirement_of_mrepl() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert not any(each.startswith("pytest") for each in project["dependencies"])

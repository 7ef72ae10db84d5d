"""Runs of pytest on tests of modules, in this process."""

import shutil
from textwrap import dedent

import pytest

# Imported here so that the runs, which forget what they import, do not import them anew.
import mrepl.testing.failures
import mrepl.testing.parameters
import mrepl.testing.plugin
import mrepl.testing.running
from tests.support.paths import FIXTURES

_IMPORTS = "import pytest\nfrom mrepl.testing import ServiceOf, marine_test, service_fixture\n"


def copy_services(pytester: pytest.Pytester, *names: str) -> None:
    """Copies services of the fixtures to where tests find them at `../name`."""
    for name in names:
        shutil.copytree(FIXTURES / name, pytester.path / name)


def run_tests(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    """Runs pytest on a file of tests, `tests/test_it.py`, with no plugin but ours and its own.

    Args:
        pytester: where the run takes place.
        tests: the file, without what it imports of pytest and mrepl.
        arguments: of pytest.
    """
    directory = pytester.path / "tests"
    directory.mkdir(exist_ok=True)
    (directory / "test_it.py").write_text(_IMPORTS + dedent(tests))
    # The plugin faulthandler would take away the engine's signal handlers at the end of the run.
    options = ("-p", "no:faulthandler", "-p", "no:cacheprovider", "--strict-markers")
    # As a module: of a name, pytest would warn that it is imported already.
    plugins = (mrepl.testing.plugin,)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        return pytester.runpytest_inprocess(*options, *arguments, plugins=plugins)

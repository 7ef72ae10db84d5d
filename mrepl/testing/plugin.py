"""The plugin that pytest loads in every run where mrepl is installed.

The runtime is imported by the first test that wants a service, and not before.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from mrepl.testing.engine_option import add_engine_option, check_engine, engine_name
from mrepl.testing.record_differences import comparison_lines, has_records
from mrepl.testing.requested_services import RUNNING_SERVICES, RequestedServices
from mrepl.testing.unittest_classes import refusal

if TYPE_CHECKING:
    from mrepl.testing.parameters import OfferedParameters
    from runtime import Service

_MOST_DIFFERENCES = 6
"""Of longer explanations pytest cuts the end."""

_OFFERED: pytest.StashKey[OfferedParameters] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--marine-engine`."""
    add_engine_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known, and checks the settings."""
    config.addinivalue_line(
        "markers",
        "marine_test(services): new services for each test; see mrepl.testing.marine_test",
    )
    check_engine(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Says which engine runs the services where somebody has chosen it."""
    name = engine_name(config)
    return None if name is None else f"marine engine: {name}"


@pytest.fixture
def marine_services(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Service]]:
    """The services of a marine_test, by name; one without a name has the name "service"."""
    test = request.node
    mark = test.get_closest_marker("marine_test")
    if mark is None or not isinstance(test, pytest.Function):
        pytest.fail(
            "the fixture 'marine_services' is for test functions with "
            "@marine_test(config_path=…) above them",
            pytrace=False,
        )
    if test.cls is not None and (why_not := refusal(test.cls)):
        pytest.fail(why_not, pytrace=False)
    from mrepl.testing.parameters import offered_parameters  # noqa: PLC0415 - the runtime, see above
    from mrepl.testing.running import running  # noqa: PLC0415 - see above

    requested: RequestedServices = mark.args[0]
    with running(requested, request) as services:
        offered = offered_parameters(services, with_modules=requested.with_modules)
        offered.fill(test)
        test.stash[_OFFERED] = offered
        yield services


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Makes errors of services ready for the report that pytest then makes."""
    if call.excinfo is None or not _services_run(item.config):
        return
    error = call.excinfo.value
    offered = item.stash.get(_OFFERED, None)
    if isinstance(error, pytest.FixtureLookupError) and error.argname and offered is not None:
        error.msg = offered.why_not_found(error.argname)
    if not item.config.getoption("fulltrace"):
        from mrepl.testing.failures import cut_tracebacks  # noqa: PLC0415 - see above

        cut_tracebacks(error)
        call.excinfo = pytest.ExceptionInfo.from_exception(error)


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    """Explains why records are not equal, in tests that have services."""
    if op != "==" or not _services_run(config):
        return None
    if not has_records(left) and not has_records(right):
        return None
    verbosity = config.get_verbosity(pytest.Config.VERBOSITY_ASSERTIONS)
    most = sys.maxsize if verbosity > 1 else _MOST_DIFFERENCES
    return comparison_lines(left, right, most=most) or None


def _services_run(config: pytest.Config) -> bool:
    """Whether the test under way has services; other tests are none of this plugin's business."""
    return config.stash.get(RUNNING_SERVICES, 0) > 0

"""The services of one test, from its set-up to its end."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from warnings import catch_warnings

import pytest

from mrepl.testing.captured_output import CapturedOutput
from mrepl.testing.engine_option import chosen_engine
from mrepl.testing.requested_services import RUNNING_SERVICES, RequestedServices
from mrepl.testing.service_of import ServiceOf
from runtime import Engine, MarineError, MarineWarning, Service
from runtime.host.logger import MODULES_LOGGER, TRACE


@contextmanager
def running(
    requested: RequestedServices, request: pytest.FixtureRequest
) -> Iterator[Mapping[str, Service]]:
    """A context in which the services run; at its end they are closed.

    What modules write is the test's own output, and what they log is logged, whatever its level.

    Args:
        requested: the services.
        request: of the fixture whose services they are.

    Raises:
        pytest.fail.Exception: a service cannot be made; the message says why.
    """
    with ExitStack() as stack:
        stack.enter_context(_counted(request.config))
        stack.enter_context(_modules_log_everything())
        services = {}
        for name, each in requested.services.items():
            if each.working_dir is None:
                working_dir = _new_directory(requested, name, request)
            else:
                working_dir = requested.directory / each.working_dir
            started = _started(
                each, requested.directory, working_dir, chosen_engine(request.config)
            )
            if isinstance(started, MarineError):
                which = "" if len(requested.services) == 1 else f"{name}: "
                pytest.fail(f"{which}{started.kind}: {started}", pytrace=False)
            services[name] = stack.enter_context(started)
            for warning in started.warnings:
                request.node.warn(pytest.PytestWarning(warning))
        yield services


def _new_directory(
    requested: RequestedServices, service: str, request: pytest.FixtureRequest
) -> Path:
    """The test's own directory, or one in it where the test has several services."""
    directory: Path = request.getfixturevalue("tmp_path")
    if len(requested.services) > 1:
        directory /= service
        directory.mkdir()
    return directory


def _started(
    service: ServiceOf, directory: Path, working_dir: Path, engine: Engine
) -> Service | MarineError:
    """The service, or why there is none.

    It is given back and not raised, because pytest shows exceptions with what they came from.
    """
    modules_dir = None if service.modules_dir is None else directory / service.modules_dir
    try:
        with catch_warnings(action="ignore", category=MarineWarning):  # the test gives them
            return Service.from_config(
                directory / service.config_path,
                working_dir=working_dir,
                modules_dir=modules_dir,
                host_functions=service.host_functions,
                wasm_log=service.wasm_log,
                timeout=service.timeout,
                output=CapturedOutput(),
                engine=engine,
            )
    except MarineError as error:
        return error


@contextmanager
def _counted(config: pytest.Config) -> Iterator[None]:
    before = config.stash.get(RUNNING_SERVICES, 0)
    config.stash[RUNNING_SERVICES] = before + 1
    try:
        yield
    finally:
        config.stash[RUNNING_SERVICES] = before


@contextmanager
def _modules_log_everything() -> Iterator[None]:
    logger = logging.getLogger(MODULES_LOGGER)
    if logger.level != logging.NOTSET:  # somebody has chosen
        yield
        return
    logger.setLevel(TRACE)  # modules choose their own level by WASM_LOG
    try:
        yield
    finally:
        logger.setLevel(logging.NOTSET)

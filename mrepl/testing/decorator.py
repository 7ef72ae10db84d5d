"""`@marine_test`: the services of a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, overload

import pytest

from mrepl.testing.calling_file import directory_of_caller
from mrepl.testing.requested_services import ONLY_SERVICE, RequestedServices
from mrepl.testing.service_of import ServiceOf
from mrepl.testing.unittest_classes import refusal

if TYPE_CHECKING:
    from runtime.host.registration import HostFunctions

_SERVICE_PARAMETERS = tuple(field.name for field in fields(ServiceOf))

_Test = TypeVar("_Test", bound=Callable[..., object])


@overload
def marine_test(
    config_path: Path | str,
    *,
    modules_dir: Path | str | None = None,
    working_dir: Path | str | None = None,
    host_functions: HostFunctions = (),
    timeout: float | None = None,
    wasm_log: str | None = None,
) -> Callable[[_Test], _Test]: ...


@overload
def marine_test(**services: ServiceOf) -> Callable[[_Test], _Test]: ...


def marine_test(*config_path: object, **given: object) -> Callable[[_Test], _Test]:
    """Decorate a test function, or a class of tests, to get new services for each test.

    With the parameters of one service, such as `config_path`, the test's parameters may be

    - named like a module of the config: they get the module, as `service.modules.<name>` is;
    - `service`, where no module has this name: it gets the `Service`.

    With several services, `@marine_test(service_1=ServiceOf(…), service_2=ServiceOf(…))`, the
    parameters `service_1` and `service_2` get the services.

    All other parameters are pytest's own: fixtures, parameters of `parametrize`. Services are
    closed after the test. A test's fixtures find its services in the fixture `marine_services`.
    Relative paths lie in the directory of the file that calls this; see `ServiceOf`.

    Args:
        config_path: that of one `ServiceOf`, where it is not named.
        given: the attributes of one `ServiceOf`, or a `ServiceOf` for each name.

    Returns:
        The decorator; it gives back what it decorates.

    Raises:
        TypeError: neither of both is given, or a path is none, or a `unittest.TestCase` is
            decorated. What is wrong with a config or its modules, and that a test is a method of a
            `unittest.TestCase`, comes up when the test is set up.
    """
    if len(config_path) == 1 and isinstance(config_path[0], str | os.PathLike):
        given = {"config_path": config_path[0], **given}
    elif config_path or not given:
        raise TypeError(
            "marine_test: expected @marine_test(config_path=…) for one service, or "
            "@marine_test(first=ServiceOf(…), second=ServiceOf(…)) for several"
        )
    is_one = "config_path" in given and not isinstance(given["config_path"], ServiceOf)
    if is_one:
        _check_names(given)
        services = {ONLY_SERVICE: ServiceOf(**given)}  # type: ignore[arg-type]
    else:
        services = {name: _checked(name, service) for name, service in given.items()}
    requested = RequestedServices(services, with_modules=is_one, directory=directory_of_caller())
    mark = pytest.mark.marine_test.with_args(requested)

    def decorate(test: _Test) -> _Test:
        if isinstance(test, type) and (why_not := refusal(test)):
            raise TypeError(why_not)
        pytest.mark.usefixtures("marine_services")(test)
        mark(test)
        return test

    return decorate


def _check_names(given: Iterable[str]) -> None:
    for name in given:
        if name not in _SERVICE_PARAMETERS:
            raise TypeError(
                f"marine_test: no parameter {name!r} beside config_path; there are "
                f"{', '.join(_SERVICE_PARAMETERS)}"
            )


def _checked(name: str, service: object) -> ServiceOf:
    if isinstance(service, ServiceOf):
        return service
    raise TypeError(
        f"marine_test: expected {name}=ServiceOf(config_path=…), got {service!r}; one service needs"
        f" config_path=…, its other parameters are {', '.join(_SERVICE_PARAMETERS[1:])}"
    )

"""Which parameters of a test are its services and modules."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from runtime import Service, suggestion
from runtime.python_names import python_names
from runtime.suggestions import listing


@dataclass(frozen=True, slots=True)
class OfferedParameters:
    """What a test may have as parameters, by their names.

    Attributes:
        services: the test's services.
        modules: the modules of its service; none where there are several.
    """

    services: Mapping[str, Service]
    modules: Mapping[str, object]

    def fill(self, test: pytest.Function) -> None:
        """Give a test those that it asks for, before pytest looks for fixtures of these names.

        A module goes before a service of its name, and parameters of `parametrize` before both.
        """
        parametrized = test.callspec.params if hasattr(test, "callspec") else {}
        asked_for = inspect.signature(test.obj).parameters.keys() - parametrized.keys()
        offered = {**self.services, **self.modules}
        test.funcargs.update({name: offered[name] for name in asked_for & offered.keys()})

    def why_not_found(self, name: str) -> str:
        """What to say of a parameter, of the test or of a fixture, that pytest knows nothing of."""
        if name in self.modules or name in self.services:
            place = f'["{name}"]'
            if name in self.modules:
                place = f'["{next(iter(self.services))}"].modules.{name}'
            return (
                f"fixture {name!r} not found: services and modules are parameters of tests; a "
                f"fixture asks for the fixture `marine_services` and finds this one as "
                f"marine_services{place}"
            )
        kinds = "module or service" if self.modules else "service"
        near = suggestion(name, [*self.modules, *self.services])
        lines = [
            f"fixture {name!r} not found, nor a {kinds} of marine_test of this name{near}",
            *([f" modules: {listing(self.modules)}"] if self.modules else []),
            f" services: {listing(self.services)}",
            " use 'pytest --fixtures [testpath]' for help on fixtures.",
        ]
        return "\n".join(lines)


def offered_parameters(services: Mapping[str, Service], *, with_modules: bool) -> OfferedParameters:
    """The parameters that a test with these services may have.

    Args:
        services: by name.
        with_modules: whether the modules are parameters too.
    """
    modules: dict[str, object] = {}
    if with_modules:
        for service in services.values():
            loaded = service.modules
            modules |= {name: getattr(loaded, name) for name in python_names(tuple(loaded))}
    return OfferedParameters(services, modules)

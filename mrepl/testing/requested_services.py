"""The services that a test asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from mrepl.testing.service_of import ServiceOf

ONLY_SERVICE = "service"
"""The name of the service of a test that has but one and gives it no name."""

RUNNING_SERVICES: pytest.StashKey[int] = pytest.StashKey()
"""Where a run's config keeps how many times services were asked for and still run."""


@dataclass(frozen=True, slots=True)
class RequestedServices:
    """What a `marine_test` says.

    Attributes:
        services: by the names of the parameters that get them.
        with_modules: whether parameters may have the names of modules too: where there is one
            service without a name of its own.
        directory: where relative paths lie.
    """

    services: Mapping[str, ServiceOf]
    with_modules: bool
    directory: Path

"""Tests of modules with pytest (spec mrepl.md, "In tests").

`@marine_test(config_path="../Config.toml")` above a test gives it a new service, and modules by the
names of its parameters. pytest finds the plugin behind it by itself.
"""

from mrepl.testing.decorator import marine_test
from mrepl.testing.fixture_factory import service_fixture
from mrepl.testing.service_of import ServiceOf

__all__ = ["ServiceOf", "marine_test", "service_fixture"]

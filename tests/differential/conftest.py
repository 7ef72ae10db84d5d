from collections.abc import Iterator

import pytest

from runtime.interface.types import ArrayType, Scalar
from tests.differential.both_engines import BothEngines, chain
from tests.differential.scenarios import TEXT_AND_OCTET
from tests.support.chains import Echo

MANY = Echo("many", (Scalar.STRING, ArrayType(Scalar.STRING), Scalar.STRING), 1)


@pytest.fixture
def three_modules() -> Iterator[BothEngines]:
    """A chain with the functions `text`, `octet` and `many`; its modules can log."""
    functions = (*TEXT_AND_OCTET, MANY)
    with chain(functions, 3, logging_modules=frozenset({0, 1, 2})) as both:
        yield both

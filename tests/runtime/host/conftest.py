from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.binaries import Lifeline


@pytest.fixture
def lifeline(tmp_path: Path) -> Iterator[Lifeline]:
    opened = Lifeline(tmp_path / "lifeline")
    yield opened
    opened.close()

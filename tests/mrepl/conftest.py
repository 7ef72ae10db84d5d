import io
import logging
from collections.abc import Iterator

import pytest

from mrepl.module_logs import show_module_logs


@pytest.fixture
def printed_logs() -> Iterator[io.StringIO]:
    """What modules log, as the shell prints it; afterwards logging is as it was."""
    logger = logging.getLogger("mrepl.module")
    before = (logger.handlers, logger.level, logger.propagate)
    stream = io.StringIO()
    show_module_logs(stream)
    yield stream
    logger.handlers, level, logger.propagate = before
    logger.setLevel(level)

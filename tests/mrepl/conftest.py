import io
import logging
from collections.abc import Iterator

import pytest

from mrepl.module_logs import show_module_logs
from runtime.host.logger import MODULES_LOGGER


@pytest.fixture
def printed_logs() -> Iterator[io.StringIO]:
    """What modules log, as the shell prints it; afterwards logging is as it was."""
    logger = logging.getLogger(MODULES_LOGGER)
    before = (logger.handlers, logger.level, logger.propagate)
    stream = io.StringIO()
    show_module_logs(stream, lambda: None)
    yield stream
    logger.handlers, level, logger.propagate = before
    logger.setLevel(level)

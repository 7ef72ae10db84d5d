import io
import logging
from collections.abc import Iterator

import pytest

from mrepl.module_logs import show_module_logs


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    logger = logging.getLogger("mrepl.module")
    before = (logger.handlers, logger.level, logger.propagate)
    stream = io.StringIO()
    show_module_logs(stream)
    yield stream
    logger.handlers, level, logger.propagate = before
    logger.setLevel(level)


def test_a_message_names_its_module_and_level(printed: io.StringIO) -> None:
    logging.getLogger("mrepl.module.greeting").info("hello")
    logging.getLogger("mrepl.module.a.b").error("100% %s")
    assert printed.getvalue() == "[greeting] INFO hello\n[a.b] ERROR 100% %s\n"


def test_even_the_lowest_level_is_printed(printed: io.StringIO) -> None:
    logging.getLogger("mrepl.module.greeting").log(5, "fine")
    assert printed.getvalue().endswith(" fine\n")


def test_no_line_of_a_message_can_pass_for_another_module(printed: io.StringIO) -> None:
    logging.getLogger("mrepl.module.bad\n").warning("one\n[good] INFO two\x1b[2J")
    assert printed.getvalue() == (
        "[bad\\n] WARNING one\n[bad\\n] WARNING [good] INFO two\\u001b[2J\n"
    )


def test_the_root_loggers_handlers_do_not_print_it_again(printed: io.StringIO) -> None:
    elsewhere = io.StringIO()
    handler = logging.StreamHandler(elsewhere)
    logging.getLogger().addHandler(handler)
    try:
        logging.getLogger("mrepl.module.greeting").warning("once")
    finally:
        logging.getLogger().removeHandler(handler)
    assert printed.getvalue() == "[greeting] WARNING once\n"
    assert elsewhere.getvalue() == ""

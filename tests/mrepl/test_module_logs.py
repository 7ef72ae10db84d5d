import io
import logging
from threading import Event

from runtime.host.logger import ModuleLog


def test_a_message_names_its_module_and_level(printed_logs: io.StringIO) -> None:
    logging.getLogger("mrepl.module.greeting").info("hello")
    logging.getLogger("mrepl.module.a.b").error("100% %s")
    assert printed_logs.getvalue() == "[greeting] INFO hello\n[a.b] ERROR 100% %s\n"


def test_even_the_lowest_level_is_printed(printed_logs: io.StringIO) -> None:
    logging.getLogger("mrepl.module.greeting").log(5, "fine")
    assert printed_logs.getvalue().endswith(" fine\n")


def test_no_line_of_a_message_can_pass_for_another_module(printed_logs: io.StringIO) -> None:
    log = ModuleLog("bad", cancelled=Event())
    log.log_utf8_string(2, 0, b"one\n[good] INFO two\x1b[2J")
    assert printed_logs.getvalue() == (
        "[bad] WARNING one\n[bad] WARNING [good] INFO two\\u001b[2J\n"
    )


def test_the_root_loggers_handlers_do_not_print_it_again(printed_logs: io.StringIO) -> None:
    elsewhere = io.StringIO()
    handler = logging.StreamHandler(elsewhere)
    logging.getLogger().addHandler(handler)
    try:
        logging.getLogger("mrepl.module.greeting").warning("once")
    finally:
        logging.getLogger().removeHandler(handler)
    assert printed_logs.getvalue() == "[greeting] WARNING once\n"
    assert elsewhere.getvalue() == ""

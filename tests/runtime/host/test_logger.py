import io
import logging
from collections.abc import Iterator
from threading import Event

import pytest

from runtime.host.function import raw_signature
from runtime.host.log_settings import parse_log_directives
from runtime.host.logger import TRACE, ModuleLog, log_function


@pytest.fixture(autouse=True)
def every_level_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(1, logger="mrepl.module"):
        yield


def test_a_level_alone_applies_to_all_modules() -> None:
    directives = parse_log_directives("info")
    assert directives.for_module("anything") == "info"
    assert directives.warnings == ()


def test_a_module_with_a_level_has_that_level_and_others_none() -> None:
    directives = parse_log_directives("facade=debug")
    assert directives.for_module("facade") == "debug"
    assert directives.for_module("other") is None


def test_a_module_alone_is_traced() -> None:
    assert parse_log_directives("facade").for_module("facade") == "trace"


def test_directives_are_combined_with_commas_and_the_last_of_a_module_applies() -> None:
    directives = parse_log_directives(" a=off ,, WARN, b , a = Error,")
    assert directives.for_module("a") == "error"
    assert directives.for_module("b") == "trace"
    assert directives.for_module("c") == "warn"
    assert directives.warnings == ()


def test_nothing_applies_where_nothing_is_said() -> None:
    assert parse_log_directives("").for_module("a") is None


@pytest.mark.parametrize("malformed", ["=info", "a=", "=", "a=b=c", "a=info=debug"])
def test_a_malformed_directive_is_skipped_with_a_warning(malformed: str) -> None:
    directives = parse_log_directives(f"{malformed},info")
    assert directives.for_module("a") == "info"
    assert directives.warnings == (
        (
            f"WASM_LOG: directive {malformed!r} is skipped: "
            "expected a level, a module, or module=level"
        ),
    )


def test_a_directive_for_a_module_that_is_not_there_is_told_with_the_nearest_name() -> None:
    directives = parse_log_directives("greting=info,facade=debug,wran")
    assert directives.warnings_of_unknown(["greeting", "facade"]) == (
        "WASM_LOG: no module 'greting' is in the config; did you mean 'greeting'?",
        "WASM_LOG: no module 'wran' is in the config; did you mean 'warn'?",
    )


def test_of_modules_that_are_loaded_later_nothing_is_known() -> None:
    assert parse_log_directives("greting=info").warnings_of_unknown([]) == ()


def test_an_unknown_level_is_named_with_the_levels_there_are() -> None:
    assert parse_log_directives("a=inof").warnings == (
        (
            "WASM_LOG: directive 'a=inof' is skipped: 'inof' is no level; levels are "
            "error, warn, info, debug, trace, off; did you mean 'info'?"
        ),
    )


@pytest.mark.parametrize(
    ("level", "name"),
    [(1, "ERROR"), (2, "WARNING"), (3, "INFO"), (4, "DEBUG"), (5, "TRACE")],
)
def test_messages_go_to_the_modules_logger_with_their_level(
    level: int, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    ModuleLog("facade", cancelled=Event()).log_utf8_string(level, 0, "100 % grün".encode())
    assert [(record.name, record.levelname, record.getMessage()) for record in caplog.records] == [
        ("mrepl.module.facade", name, "100 % grün")
    ]


@pytest.mark.parametrize("level", [0, 6, -1, 2**31 - 1, -(2**31)])
def test_a_message_of_unknown_level_is_not_lost(
    level: int, caplog: pytest.LogCaptureFixture
) -> None:
    ModuleLog("facade", cancelled=Event()).log_utf8_string(level, 0, b"text")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", f"(unknown log level {level}) text")
    ]


@pytest.mark.parametrize(
    ("target", "mask", "kept"),
    [
        (0, 0, True),
        (1, 0, False),
        (0b100, 0b011, False),
        (0b110, 0b011, True),
        (2**31 - 1, 2**31 - 1, True),
        (-(2**31), 2**31 - 1, False),
        (-(2**31), -1, True),
        (1, -(2**31), False),
    ],
)
def test_the_mask_drops_messages_whose_target_it_does_not_hold(
    target: int, mask: int, kept: bool, caplog: pytest.LogCaptureFixture
) -> None:
    ModuleLog("facade", mask, cancelled=Event()).log_utf8_string(3, target, b"text")
    assert len(caplog.records) == int(kept)


def test_invalid_utf8_is_logged_as_such(caplog: pytest.LogCaptureFixture) -> None:
    ModuleLog("facade", cancelled=Event()).log_utf8_string(3, 0, b"a\xff\xc3\x1b[0m")
    assert caplog.messages == ["a\\xff\\xc3\\u001b[0m"]


def test_no_line_of_a_message_can_pass_for_anothers_or_drive_a_terminal() -> None:
    printed = io.StringIO()
    handler = logging.StreamHandler(printed)
    handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    logging.getLogger().addHandler(handler)
    try:
        log = ModuleLog("facade", cancelled=Event())
        log.log_utf8_string(3, 0, "one\nCRITICAL:root:faked \x1b]0;t\x07\r\u202e".encode())
    finally:
        logging.getLogger().removeHandler(handler)
    assert printed.getvalue().splitlines() == [
        "INFO:mrepl.module.facade:one",
        "INFO:mrepl.module.facade:CRITICAL:root:faked \\u001b]0;t\\u0007\\r\\u202e",
    ]


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        (b"hello\n", ["hello"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\n\nb\n\n", ["a", "", "b", ""]),
        (b"a\rb\r", ["a\\rb\\r"]),
        (b"\n", [""]),
        (b"", [""]),
    ],
)
def test_each_line_of_a_message_is_a_record(
    message: bytes, lines: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    ModuleLog("facade", cancelled=Event()).log_utf8_string(3, 0, message)
    assert caplog.messages == lines


def test_a_call_that_must_end_logs_no_more_lines(caplog: pytest.LogCaptureFixture) -> None:
    cancelled = Event()
    cancelled.set()
    ModuleLog("facade", cancelled=cancelled).log_utf8_string(3, 0, b"\n" * 1_000_000)
    assert caplog.records == []


def test_the_origin_of_a_message_is_its_module(caplog: pytest.LogCaptureFixture) -> None:
    ModuleLog("facade", cancelled=Event()).log_utf8_string(3, 0, b"text")
    assert (caplog.records[0].filename, caplog.records[0].lineno) == ("facade", 0)


def test_messages_below_the_loggers_level_are_dropped(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="mrepl.module.facade"):
        log = ModuleLog("facade", cancelled=Event())
        log.log_utf8_string(5, 0, b"traced")
        log.log_utf8_string(4, 0, b"debugged")
    assert [record.getMessage() for record in caplog.records] == ["debugged"]
    assert TRACE < logging.DEBUG


def test_modules_import_the_logger_with_four_numbers(caplog: pytest.LogCaptureFixture) -> None:
    function = log_function(ModuleLog("facade", cancelled=Event()))
    assert function.name == "log_utf8_string"
    assert str(raw_signature(function)) == "(i32, i32, i32, i32) -> ()"
    assert function.implementation(3, 0, b"text") is None
    assert caplog.records[0].getMessage() == "text"

from pathlib import Path

import pytest

from tests.support.modules import ABI, function_item, module
from tests.support.pytest_runs import copy_services, run_tests

pytest_plugins = "pytester"

TALKER = """
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  {abi}
  (data (i32.const 16) "\\18\\00\\00\\00\\05\\00\\00\\00said\\n")
  (func (export "say") (param $descriptor i32)
    (drop (call $write (local.get $descriptor) (i32.const 16) (i32.const 1) (i32.const 8)))))
"""
"""Its function `say` writes `said` to the descriptor that it is given."""


def _talker(directory: Path) -> None:
    wasm = module(TALKER.format(abi=ABI), [function_item("say", [("descriptor", "I32")])])
    (directory / "talker.wasm").write_bytes(wasm)
    (directory / "Config.toml").write_text('[[module]]\nname = "talker"\n[module.wasi]\n')


def test_a_trap_shows_the_line_of_the_test_and_the_wasm_backtrace(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "faults")
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../faults/Config.toml")
        def test_it(faults):
            faults.trap_deeply()
        """,
    )
    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(
        [
            ">       faults.trap_deeply()",
            "E       runtime.errors.Trap: faults.trap_deeply: trap: unreachable executed",
            "E         wasm backtrace:",
            "E           0: faults!trap at 0x*",
            "E           1: faults!inner at 0x*",
            "E           2: faults!trap_deeply at 0x*",
        ],
        consecutive=True,
    )
    run.stdout.fnmatch_lines(
        ["tests?test_it.py:6: Trap", "FAILED *::test_it - runtime.errors.Trap: faults.trap_deeply*"]
    )
    run.stdout.no_fnmatch_line("*runtime?*.py*")


def test_full_trace_shows_the_runtime_too(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    tests = """
        @marine_test(config_path="../greeting/Config.toml")
        def test_it(greeting):
            greeting.greeting(5)
    """
    shortened = run_tests(pytester, tests)
    shortened.stdout.fnmatch_lines(
        ["E * args[[]0]: expected string, got 5", "tests?test_it.py:6: Arg*"]
    )
    shortened.stdout.no_fnmatch_line("*During handling*")
    full = run_tests(pytester, tests, "--full-trace")
    full.stdout.fnmatch_lines(["*json_values*py:*: ArgumentsError"])


@pytest.mark.parametrize("style", ["auto", "short", "native"])
def test_the_exception_of_a_host_function_shows_its_own_lines(
    pytester: pytest.Pytester, style: str
) -> None:
    copy_services(pytester, "shop")
    run = run_tests(
        pytester,
        """
        from runtime import U32, host_function

        @host_function
        def price_of(item: str) -> U32:
            return {}[item]

        @marine_test(config_path="../shop/Config.toml", host_functions=[price_of])
        def test_it(shop):
            shop.sell("tea", 3)
        """,
        "--tb",
        style,
    )
    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(
        ["*return {}[[]item]", "*KeyError*", "*direct cause*", '*shop.sell("tea", 3)', "*price_of*"]
    )
    run.stdout.no_fnmatch_line("*/runtime/*")


def test_other_errors_and_other_tests_keep_their_tracebacks(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        from runtime import Service, type_text

        @marine_test(config_path="../greeting/Config.toml")
        def test_other_error(greeting):
            type_text(None)

        def test_of_something_else():
            Service().call("greeting", "greeting")
        """,
    )
    run.assert_outcomes(failed=2)
    run.stdout.fnmatch_lines(["*types.py:*: *", "*loaded_modules.py:*: NoSuchModule"])


@pytest.mark.parametrize("capture", ["fd", "sys"])
def test_what_modules_write_is_output_of_the_test(pytester: pytest.Pytester, capture: str) -> None:
    _talker(pytester.path)
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../Config.toml")
        def test_that_fails(talker):
            print("before", end=" ")
            talker.say(1)
            talker.say(2)
            assert False

        @pytest.mark.parametrize("fixture", ["capsys", "capfd"])
        @marine_test(config_path="../Config.toml")
        def test_that_reads_it(talker, request, fixture):
            captured = request.getfixturevalue(fixture)
            talker.say(1)
            print("and more")
            assert captured.readouterr() == ("said\\nand more\\n", "")

        @marine_test(config_path="../Config.toml")
        def test_that_has_a_stream_of_its_own(talker):
            import contextlib, io
            with contextlib.redirect_stderr(io.StringIO()) as text:
                talker.say(2)
            assert text.getvalue() == "said\\n"
        """,
        f"--capture={capture}",
    )
    run.assert_outcomes(failed=1, passed=3)
    run.stdout.fnmatch_lines(
        [
            "*Captured stdout call*",
            "before said",
            "*Captured stderr call*",
            "said",
            "*short test summary*",
        ],
        consecutive=True,
    )


def test_what_modules_log_is_in_the_report_whatever_its_level(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "logger")
    run = run_tests(
        pytester,
        """
        import logging

        @marine_test(config_path="../logger/Config.toml", wasm_log="debug")
        def test_it(logger, caplog):
            logger.log_filtered(4, 0, "all is well\\nCRITICAL \\x1b[31m")
            logger.log_filtered(5, 0, "too much")
            assert caplog.messages == ["all is not well"]

        def test_afterwards():
            assert logging.getLogger("mrepl.module").level == logging.NOTSET
        """,
    )
    run.assert_outcomes(failed=1, passed=1)
    run.stdout.fnmatch_lines(
        [
            "*Captured log call*",
            "DEBUG    mrepl.module.logger:logger:0 all is well",
            "DEBUG    mrepl.module.logger:logger:0 CRITICAL *u001b[[]31m",
        ]
    )


def test_records_that_are_not_equal_are_shown_by_the_places_that_differ(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "records")
    tests = """
        from dataclasses import replace

        @marine_test(config_path="../records/Config.toml")
        def test_it(records_passing_pure):
            record = records_passing_pure.invoke()
            assert replace(record, field_1=5, field_12=bytes(100)) == record

        @marine_test(config_path="../records/Config.toml")
        def test_many(records_passing_pure):
            record = records_passing_pure.invoke()
            assert records_passing_pure.pass_record(record) == record
    """
    run = run_tests(pytester, tests)
    run.assert_outcomes(failed=2)
    run.stdout.fnmatch_lines(
        [
            "E       AssertionError: assert TestRecord(*… == TestRecord(*…",
            "E         field_1: 5 != *",
            "E         field_12: they differ from [[]0] on (lengths 100 != *): [[]0:*] is b'*' !=*",
            "E         field_5: *",
            "E         and * more differences, use -vv to show",
        ]
    )
    assert "field_12: " in run_tests(pytester, tests, "-vv", "-k", "many").stdout.str()

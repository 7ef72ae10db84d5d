import pytest

from mrepl.testing.engine_option import ENGINES
from runtime import Engine
from tests.support.pytest_runs import copy_services, run_tests

pytest_plugins = "pytester"

TESTS = """
    @marine_test(config_path="../greeting/Config.toml")
    def test_it(service, greeting):
        assert greeting.greeting("John") == "Hi, John"
        print("runs on", service.engine)
"""


def test_the_option_knows_all_engines() -> None:
    assert set(ENGINES) == set(Engine)


@pytest.mark.parametrize(
    ("arguments", "setting", "engine"),
    [
        (["--marine-engine=interp"], "", "interp"),
        ([], "marine_engine = interp", "interp"),
        (["--marine-engine", "fused"], "marine_engine = interp", "fused"),
    ],
)
def test_the_engine_of_the_option_or_the_setting_runs_the_services(
    pytester: pytest.Pytester, arguments: list[str], setting: str, engine: str
) -> None:
    copy_services(pytester, "greeting")
    pytester.makeini(f"[pytest]\n{setting}\n")
    run = run_tests(pytester, TESTS, "-s", *arguments)
    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines([f"marine engine: {engine}", f"*runs on {engine}"])


def test_without_a_choice_services_are_fused_and_the_header_says_nothing(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(pytester, TESTS, "-s")
    run.stdout.fnmatch_lines(["*runs on fused"])
    run.stdout.no_fnmatch_line("marine engine*")


def test_an_unknown_engine_is_refused(pytester: pytest.Pytester) -> None:
    option = run_tests(pytester, TESTS, "--marine-engine=jit")
    assert option.ret == pytest.ExitCode.USAGE_ERROR
    option.stderr.fnmatch_lines(["*--marine-engine: invalid choice: 'jit'*"])

    pytester.makeini("[pytest]\nmarine_engine = jit\n")
    setting = run_tests(pytester, TESTS)
    assert setting.ret == pytest.ExitCode.USAGE_ERROR
    setting.stderr.fnmatch_lines(["ERROR: marine_engine: no engine 'jit' (there are: fused, inte*"])

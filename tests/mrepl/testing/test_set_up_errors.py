import pytest

from tests.support.pytest_runs import copy_services, run_tests

pytest_plugins = "pytester"


def test_a_missing_config_is_an_error_of_the_set_up_without_a_traceback(
    pytester: pytest.Pytester,
) -> None:
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../Confg.toml")
        def test_it(greeting): ...
        """,
    )
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(
        [
            "*ERROR at setup of test_it*",
            'ConfigError: cannot read the config "*Confg.toml": No such file or directory',
            "*short test summary info*",
        ],
        consecutive=True,
    )


def test_a_missing_module_file_is_an_error_of_the_set_up(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    (pytester.path / "greeting" / "artifacts" / "greeting.wasm").unlink()
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../greeting/Config.toml")
        def test_config(greeting): ...

        @marine_test(config_path="../greeting/Config.toml", modules_dir="../built")
        def test_directory(greeting): ...
        """,
    )
    run.assert_outcomes(errors=2)
    run.stdout.fnmatch_lines(
        [
            "ConfigError: cannot use *",
            "  module[[]0].name: no module file: *greeting.wasm*",
            "ConfigError: cannot use *",
            "  the given modules_dir: *built*no such file or directory; expected a directory",
        ]
    )
    run.stdout.no_fnmatch_line("*runtime*")


def test_of_several_services_the_one_that_cannot_be_made_is_named(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        @marine_test(
            first=ServiceOf("../greeting/Config.toml"), second=ServiceOf("../none/Config.toml")
        )
        def test_it(first, second): ...
        """,
    )
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["second: ConfigError: cannot read the config *"])


def test_an_unknown_parameter_is_answered_with_the_modules_and_services_there_are(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "records")
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../records/Config.toml")
        def test_it(records_pasing_pure): ...

        @marine_test(first=ServiceOf("../records/Config.toml"))
        def test_named(second): ...
        """,
    )
    run.assert_outcomes(errors=2)
    run.stdout.fnmatch_lines(
        [
            "  def test_it(records_pasing_pure): ...",
            "E *fixture 'records_pasing_pure' not found, nor a *mean 'records_passing_pure'?",
            "> *modules: records_passing_effector, records_passing_pure",
            "> *services: service",
            "  def test_named(second): ...",
            "E *fixture 'second' not found, nor a service of marine_test of this name",
            "> *services: first",
        ]
    )


def test_a_fixture_that_wants_a_module_is_told_how_to_get_it(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        @pytest.fixture
        def greeted(greeting): ...

        @marine_test(config_path="../greeting/Config.toml")
        def test_it(greeted): ...
        """,
    )
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(
        ['*fixture `marine_services`*finds this one as marine_services[[]"service"].*.greeting']
    )


def test_marine_services_is_for_decorated_tests_only(pytester: pytest.Pytester) -> None:
    run = run_tests(pytester, "def test_it(marine_services): ...")
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(
        ["the fixture 'marine_services' is for test functions with @marine_test(config_path=*"]
    )


def test_a_config_that_is_odd_but_does_no_harm_is_a_warning(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    config = pytester.path / "greeting" / "Config.toml"
    config.write_text(config.read_text() + "\nlogger_enabld = true\n")
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../greeting/Config.toml")
        def test_it(greeting): ...
        """,
    )
    run.assert_outcomes(passed=1, warnings=1)
    run.stdout.fnmatch_lines(["*PytestWarning: *logger_enabld*did you mean*"])
    run.stdout.no_fnmatch_line("*MarineWarning*")


def test_a_path_that_is_none_is_told_where_the_decorator_stands(pytester: pytest.Pytester) -> None:
    run = run_tests(
        pytester,
        """
        @marine_test(config_path=5)
        def test_it(greeting): ...
        """,
    )
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["E   TypeError: config_path: expected a path, got 5"])


def test_methods_of_a_unittest_class_are_told_that_they_cannot_have_services(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        import unittest

        class Case(unittest.TestCase):
            @marine_test(config_path="../greeting/Config.toml")
            def test_it(self, greeting): ...
        """,
    )
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["marine_test: the tests of Case, a unittest.TestCase, have no *"])

from typing import TYPE_CHECKING, assert_type
from unittest import TestCase

import pytest

from mrepl.testing import ServiceOf, marine_test, service_fixture
from tests.support.pytest_runs import copy_services, run_tests

pytest_plugins = "pytester"


def test_parameters_get_the_modules_and_the_service_of_these_names(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "records")
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../records/Config.toml")
        def test_it(records_passing_pure, service, records_passing_effector):
            record = records_passing_pure.invoke()
            changed = records_passing_effector.mutate_record(test_record=record)
            assert service.facade.pass_record(record) == changed != record
            assert list(service.modules) == ["records_passing_effector", "records_passing_pure"]
        """,
    )
    run.assert_outcomes(passed=1)


def test_all_other_parameters_are_pytests_own(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        @pytest.fixture
        def name(): return "John"

        @pytest.mark.parametrize("times", [1, 2])
        @marine_test(config_path="../greeting/Config.toml")
        @pytest.mark.parametrize("end", ["", "!"])
        def test_it(times, greeting, name, end, capsys):
            for _ in range(times):
                print(greeting.greeting(name + end))
            assert capsys.readouterr().out == f"Hi, John{end}\\n" * times
        """,
        "-v",
    )
    run.assert_outcomes(passed=4)
    run.stdout.fnmatch_lines(["*::test_it[[]!-2] PASSED*"])


def test_parametrize_keeps_a_parameter_that_is_called_like_a_module(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../greeting/Config.toml")
        @pytest.mark.parametrize("greeting", ["Hi, John"])
        def test_it(greeting, service):
            assert service.facade.greeting("John") == greeting
        """,
    )
    run.assert_outcomes(passed=1)


def test_a_class_of_tests_is_decorated_as_a_whole(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting", "arrays")
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../greeting/Config.toml")
        class TestGreeting:
            def test_module(self, greeting):
                assert greeting.greeting("John") == "Hi, John"

            @marine_test(config_path="../arrays/Config.toml")
            def test_of_another_service(self, service):
                assert "greeting" not in service.modules
        """,
    )
    run.assert_outcomes(passed=2)


def test_a_module_goes_before_the_service_of_its_name(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    (pytester.path / "greeting" / "Config.toml").write_text(
        '[[module]]\nname = "service"\nload_from = "artifacts/greeting.wasm"\n'
    )
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../greeting/Config.toml")
        def test_it(service):
            assert service.greeting("John") == "Hi, John"
        """,
    )
    run.assert_outcomes(passed=1)


def test_paths_lie_beside_the_file_of_the_tests(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_services(pytester, "greeting")
    (pytester.path / "greeting" / "artifacts").rename(pytester.path / "built")
    (pytester.path / "elsewhere").mkdir()
    monkeypatch.chdir(pytester.path / "elsewhere")
    run = run_tests(
        pytester,
        """
        @marine_test(config_path="../greeting/Config.toml", modules_dir="../built")
        def test_it(greeting):
            assert greeting.greeting("John") == "Hi, John"
        """,
        str(pytester.path / "tests"),
    )
    run.assert_outcomes(passed=1)


def test_several_services_have_the_names_that_they_are_given(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting", "arrays")
    run = run_tests(
        pytester,
        """
        @marine_test(
            polite=ServiceOf("../greeting/Config.toml"),
            same=ServiceOf("../greeting/Config.toml", modules_dir="../greeting/artifacts"),
        )
        def test_it(polite, same, tmp_path):
            first = polite.modules.greeting.greeting("John")
            assert same.facade.greeting(first) == "Hi, Hi, John"
            assert polite is not same
            assert polite.config.working_dir == tmp_path / "polite"
        """,
    )
    run.assert_outcomes(passed=1)


def test_each_test_has_a_new_service_that_is_closed_after_it(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        from runtime import ServiceClosed
        seen = []

        @marine_test(config_path="../greeting/Config.toml")
        def test_that_fails(service, greeting):
            seen.append(greeting)
            assert service is None

        @marine_test(config_path="../greeting/Config.toml")
        def test_after_it(greeting):
            with pytest.raises(ServiceClosed):
                seen[0].greeting("John")
            assert greeting.greeting("John") == "Hi, John"
        """,
    )
    run.assert_outcomes(passed=1, failed=1)


def test_directories_that_modules_see_lie_in_the_tests_own(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "url-downloader")
    (pytester.path / "kept").mkdir()
    run = run_tests(
        pytester,
        """
        CONFIG = "../url-downloader/Config.toml"

        @marine_test(config_path=CONFIG)
        def test_new_directory(local_storage, tmp_path):
            assert local_storage.put("page", b"text") == "Ok"
            assert (tmp_path / "sites" / "page").read_bytes() == b"text"

        @marine_test(config_path=CONFIG, working_dir="../kept")
        def test_directory_beside_the_tests(local_storage):
            local_storage.put("page", b"text")
        """,
    )
    run.assert_outcomes(passed=2)
    assert (pytester.path / "kept" / "sites" / "page").read_bytes() == b"text"


def test_modules_are_compiled_once_in_a_run(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting", "records")
    config = pytester.path / "records" / "Config.toml"
    config.write_text('total_memory_limit = "100 MiB"\n' + config.read_text())
    run = run_tests(
        pytester,
        """
        from runtime.engine import compilation, engines

        @marine_test(
            shared=ServiceOf("../greeting/Config.toml"), limited=ServiceOf("../records/Config.toml")
        )
        @pytest.mark.parametrize("number", range(3))
        def test_it(shared, limited, number, pytestconfig):
            for service in (shared, limited):
                service.facade
            caches = (compilation._compile_shared, engines._code_for_limited_engines)
            compiled = [cache.cache_info().misses for cache in caches]
            assert pytestconfig.stash.setdefault("compiled", compiled) == compiled
        """,
    )
    run.assert_outcomes(passed=3)


def test_service_fixture_makes_fixtures_that_are_new_services(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        polite = service_fixture(config_path="../greeting/Config.toml", timeout=60)

        @pytest.fixture
        def greeted(polite):
            return polite.facade.greeting("John")

        def test_it(greeted, polite):
            assert polite.modules.greeting.greeting("John") == greeted
            assert polite.timeout == 60
        """,
    )
    run.assert_outcomes(passed=1)


def test_fixtures_find_the_services_of_a_test_in_marine_services(
    pytester: pytest.Pytester,
) -> None:
    copy_services(pytester, "greeting")
    run = run_tests(
        pytester,
        """
        @pytest.fixture
        def greeted(marine_services):
            return marine_services["service"].facade.greeting("John")

        @marine_test(config_path="../greeting/Config.toml")
        def test_it(greeted):
            assert greeted == "Hi, John"
        """,
    )
    run.assert_outcomes(passed=1)


def test_host_functions_are_offered_to_the_modules(pytester: pytest.Pytester) -> None:
    copy_services(pytester, "shop")
    run = run_tests(
        pytester,
        """
        from runtime import U32, host_function

        @host_function
        def price_of(item: str) -> U32:
            return 5

        @marine_test(config_path="../shop/Config.toml", host_functions=[price_of])
        def test_it(shop):
            assert shop.sell("tea", 3) == shop.Sale("tea", 3, 15)
        """,
    )
    run.assert_outcomes(passed=1)


def test_decorated_functions_and_classes_stay_what_they_are(pytester: pytest.Pytester) -> None:
    run = run_tests(
        pytester,
        """
        @pytest.mark.parametrize("decorated", [lambda: None, type("Tests", (), {})])
        def test_it(decorated):
            assert marine_test(config_path="Config.toml")(decorated) is decorated
        """,
    )
    run.assert_outcomes(passed=2)


if TYPE_CHECKING:

    class _Tests: ...

    def _name_length(name: str) -> int:
        return len(name)

    assert_type(marine_test(config_path="Config.toml")(_name_length)("John"), int)
    assert_type(marine_test(first=ServiceOf("Config.toml"))(_Tests), type[_Tests])


def test_a_service_by_name_must_be_a_service_of_a_config() -> None:
    with pytest.raises(TypeError, match=r"expected config_pat=ServiceOf\(config_path=…\), got 'C"):
        marine_test(config_pat="Config.toml")  # type: ignore[call-overload]
    with pytest.raises(
        TypeError, match="no parameter 'time' beside config_path; there are config_"
    ):
        marine_test(config_path="Config.toml", time=1)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="config_path"):
        service_fixture(modules_dir="artifacts")  # type: ignore[call-arg]


def test_a_config_stands_first_and_other_parameters_have_their_names() -> None:
    def decorated() -> None: ...

    assert marine_test("Config.toml", timeout=1)(decorated) is decorated
    expected = r"expected @marine_test\(config_path=…\) for one service"
    with pytest.raises(TypeError, match=expected):
        marine_test("Config.toml", "artifacts")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=expected):
        marine_test()
    with pytest.raises(TypeError, match=expected):

        @marine_test  # type: ignore[call-overload]
        def _without_parentheses() -> None: ...


def test_a_unittest_case_is_refused() -> None:
    with pytest.raises(TypeError, match=r"the tests of _Case, a unittest\.TestCase"):

        @marine_test(config_path="Config.toml")
        class _Case(TestCase): ...

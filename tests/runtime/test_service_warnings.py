"""What is odd about how a program makes a service is a Python warning that names its line."""

import inspect
import warnings

import pytest

from mrepl.settings import Settings
from runtime import U32, HostFunctions, LinkError, MarineWarning, Service, host_function
from tests.support.paths import FIXTURES
from tests.support.shells import text_shell

GREETING = FIXTURES / "greeting" / "Config.toml"


def test_a_wrong_wasm_log_is_a_warning_at_the_line_that_gives_it() -> None:
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        here = inspect.currentframe()
        assert here is not None
        line = here.f_lineno + 1
        service = Service.from_config(GREETING, wasm_log="greeting=loud,nope=info")
        service.close()
    assert [str(each.message) for each in issued] == list(service.warnings)
    assert "'loud' is no level" in service.warnings[0]
    assert "no module 'nope' is in the config" in service.warnings[1]
    assert {(each.category, each.filename) for each in issued} == {(MarineWarning, __file__)}
    assert {each.lineno for each in issued} == {line}


def test_host_functions_for_a_module_that_the_config_does_not_have_are_a_warning() -> None:
    functions: HostFunctions = {"Greting": [], "*": []}
    with pytest.warns(MarineWarning, match=r"no module 'Greting' .*; did you mean 'greeting'\?"):
        Service.from_config(GREETING, host_functions=functions).close()


def test_a_warning_comes_before_the_error_that_it_explains() -> None:
    @host_function
    def price_of(item: str) -> U32:
        return len(item)

    functions = {"Shop": [price_of]}
    with pytest.warns(MarineWarning, match="did you mean 'shop'"), pytest.raises(LinkError):
        Service.from_config(FIXTURES / "shop" / "Config.toml", host_functions=functions)


def test_programs_can_make_it_an_error() -> None:
    with (
        warnings.catch_warnings(action="error", category=MarineWarning),
        pytest.raises(MarineWarning, match="'loud' is no level"),
    ):
        Service(wasm_log="greeting=loud")


def test_the_shell_shows_warnings_itself() -> None:
    with (
        warnings.catch_warnings(action="error", category=MarineWarning),
        text_shell(GREETING, Settings(wasm_log="greeting=loud")) as shell,
    ):
        assert len(shell.session.service.warnings) == 1

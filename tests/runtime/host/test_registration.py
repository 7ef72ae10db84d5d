"""What a service takes as `host_functions`."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from runtime import (
    U32,
    ConfigError,
    HostFunction,
    HostFunctions,
    LinkError,
    MarineWarning,
    ModuleConfig,
    Service,
    host_function,
)
from runtime.host.function import HOST_NAMESPACES
from tests.support.asking import asking_module
from tests.support.modules import ABI, function_item, module
from tests.support.paths import FIXTURES

ASKING = asking_module((), "U32")


def giving(
    number: int, name: str = "f", namespaces: Sequence[str] = HOST_NAMESPACES
) -> HostFunction:
    """A host function that gives a number."""

    def give() -> U32:
        return number

    return host_function(name=name, namespaces=namespaces)(give)


def test_a_sequence_is_for_all_modules() -> None:
    with Service(host_functions=[giving(1), giving(2, "not_imported")]) as service:
        service.load("a", ASKING)
        service.load("b", ASKING)
        assert (service.call("a", "ask"), service.call("b", "ask")) == (1, 1)


def test_a_mapping_is_for_the_modules_that_it_names() -> None:
    functions = {"a": [giving(1)], "b": (giving(2), giving(4, "g")), "*": [giving(3, "g")]}
    with Service(host_functions=functions) as service:
        service.load("a", ASKING)
        service.load("b", ASKING)
        service.load("d", asking_module((), "U32", name="g"))
        assert [service.call(name, "ask") for name in "abd"] == [1, 2, 3]
        service.unload("b")
        service.load("b", asking_module((), "U32", name="g"))
        assert service.call("b", "ask") == 4
        with pytest.raises(
            LinkError, match=r"'c' imports host\.f, but the host offers no such"
        ) as e:
            service.load("c", ASKING)
        assert e.value.message.endswith(
            " (it offers: g, get_call_parameters, log_utf8_string)\n"
            "  offer it as a host function in Python, or as an executable in the module's "
            "mounted_binaries"
        )


def test_an_iterator_serves_modules_that_are_loaded_later_too() -> None:
    with Service(host_functions=iter([giving(1)])) as service:  # type: ignore[arg-type]
        service.load("a", ASKING)
        service.load("b", ASKING)
        assert service.call("b", "ask") == 1


@pytest.mark.parametrize("version", range(4))
def test_a_function_is_offered_in_the_namespaces_that_it_names(version: int) -> None:
    namespace = "host" if version == 0 else f"__marine_host_api_v{version}"
    importing = asking_module((), "U32", namespace=namespace)
    only = giving(1, namespaces=(namespace,))
    with Service(host_functions=[only]) as service:
        service.load("a", importing)
        assert service.call("a", "ask") == 1
        other = "host" if version else "__marine_host_api_v1"
        with pytest.raises(LinkError, match="the host offers no such function to it"):
            service.load("b", asking_module((), "U32", namespace=other))


@pytest.fixture
def binary(tmp_path: Path) -> ModuleConfig:
    path = tmp_path / "asking.wasm"
    path.write_bytes(asking_module(("Utf8String",), "U32", name="curl"))
    return ModuleConfig("a", path, mounted_binaries={"curl": Path("/bin/echo")})


def test_users_functions_take_the_place_of_mounted_binaries(binary: ModuleConfig) -> None:
    @host_function
    def curl(url: str) -> U32:
        return len(url)

    with Service(modules=[binary], host_functions=[curl]) as service:
        assert service.call("a", "ask", "four") == 4


def test_users_functions_take_the_place_of_the_logger_and_of_call_parameters() -> None:
    seen = []

    @host_function
    def log_utf8_string(level: U32, target: U32, message: bytes) -> None:
        seen.append((level, target, message))

    @host_function
    def get_call_parameters() -> str:
        return "none"

    asking = """(module
      (import "host" "log_utf8_string" (func $log (param i32 i32 i32 i32)))
      (import "host" "get_call_parameters" (func $parameters))
      (data (i32.const 16) "hello") %s
      (func (export "ask")
        (call $log (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 5)) (call $parameters)))"""
    wasm = module(asking % ABI, [function_item("ask", [], "Utf8String")])
    with Service(host_functions=[log_utf8_string, get_call_parameters]) as service:
        service.load("a", wasm)
        assert service.call("a", "ask") == "none"
    assert seen == [(3, 0, b"hello")]


def plain_function() -> None: ...


@pytest.mark.parametrize(
    ("functions", "problem"),
    [
        (
            [giving(1), plain_function],
            (
                "host_functions[1]: expected a host function, got the function plain_function: "
                "decorate it with @host_function"
            ),
        ),
        ({"a": [5]}, "host_functions['a'][0]: expected a host function, got 5"),
        (giving(1), "host_functions: expected a sequence of host functions, got the host functio"),
        ({"a": giving(1)}, "host_functions['a']: expected a sequence of host functions, got the"),
        (plain_function, "host_functions: expected a sequence of host functions, got the functi"),
        ({5: []}, "host_functions: expected names of modules, got 5"),
        (
            [giving(1), giving(2)],
            (
                "host_functions: two functions are named f in the namespace host: expected one, or "
                "host_function(name=…) for the other"
            ),
        ),
    ],
)
def test_what_is_no_host_function_or_there_twice_is_refused(
    functions: HostFunctions, problem: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        Service(host_functions=functions)
    assert problem in raised.value.message


def test_functions_of_one_name_in_different_namespaces_stand_side_by_side() -> None:
    old = giving(1, namespaces=("host",))
    new = giving(2, namespaces=("__marine_host_api_v3",))
    with Service(host_functions=[old, new]) as service:
        service.load("a", ASKING)
        service.load("b", asking_module((), "U32", namespace="__marine_host_api_v3"))
        assert (service.call("a", "ask"), service.call("b", "ask")) == (1, 2)


def test_a_module_that_must_not_log_but_imports_the_logger_is_told_the_setting() -> None:
    path = FIXTURES / "logger" / "artifacts" / "logger.wasm"
    silent = ModuleConfig("logger", path, logger_enabled=False)
    with pytest.raises(LinkError, match=r"\n  the module's config has logger_enabled = false$"):
        Service(modules=[silent])


def test_names_that_the_config_does_not_have_are_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "greeting.wasm"
    path.write_bytes(ASKING)
    functions = {"*": [giving(1)], "greting": [giving(2, "g")], "greeting": [giving(2, "g")]}
    with (
        pytest.warns(MarineWarning, match="'greting'"),
        Service(modules=[path], host_functions=functions) as service,
    ):
        assert service.warnings == (
            "host functions: no module 'greting' is in the config; did you mean 'greeting'?",
        )
    with Service(host_functions=functions) as service:
        assert service.warnings == ()

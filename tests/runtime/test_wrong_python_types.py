"""What a Python caller passes by mistake is named, whatever its type is."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest

from runtime import (
    ArgumentsError,
    CallError,
    ConfigError,
    ModuleConfig,
    ModuleError,
    MountedBinaryLimits,
    NoSuchFunction,
    NoSuchModule,
    Service,
    ServiceConfig,
)
from tests.support.running import GREETING

Wrong: TypeAlias = Any
"""What no type checker would let through."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(modules=[GREETING]) as running:
        yield running


@pytest.mark.parametrize(
    ("module", "function", "error", "message"),
    [
        (1, "greeting", NoSuchModule, "a module's name is a string, got 1"),
        (None, None, NoSuchModule, "a module's name is a string, got None"),
        (["greeting"], "greeting", NoSuchModule, "a module's name is a string, got a list of 1"),
        (b"greeting", "greeting", NoSuchModule, "got a value of the Python type bytes"),
        ("greeting", 2, NoSuchFunction, "a function's name is a string, got 2"),
        ("greeting", ["f"], NoSuchFunction, "a function's name is a string, got a list of 1"),
    ],
)
def test_names_must_be_strings(
    service: Service, module: Wrong, function: Wrong, error: type[CallError], message: str
) -> None:
    for use in (
        service.call,
        service.call_json,
        service.call_text,
        service.trace,
        service.trace_text,
        service.prepare,
    ):
        with pytest.raises(error, match=message) as raised:
            use(module, function)
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__ or raised.value.__context__ is None
    with pytest.raises(error, match=message):
        service.modules[module][function]


@pytest.mark.parametrize(
    ("name", "module", "message"),
    [
        (3, GREETING, "a module cannot have the name 3: expected a string"),
        (None, b"", "a module cannot have the name None: expected a string"),
        ("x", 3, "module 'x': expected a .wasm file, or what is in it as bytes, got 3"),
        ("x", None, "module 'x': expected a .wasm file, or what is in it as bytes, got None"),
        ("x", bytearray(), "got a value of the Python type bytearray"),
    ],
)
def test_what_is_loaded_is_a_file_or_bytes_under_a_name(
    service: Service, name: Wrong, module: Wrong, message: str
) -> None:
    with pytest.raises(ModuleError, match=message):
        service.load(name, module)
    assert list(service.modules) == ["greeting"]


@pytest.mark.parametrize("limit", ["x", float("nan"), 0, -1, True, 10**400, [1]])
def test_a_time_limit_must_be_a_number_above_0(service: Service, limit: Wrong) -> None:
    message = "a time limit must be a number of seconds above 0, got "
    with pytest.raises(CallError, match=message):
        service.call("greeting", "greeting", ["x"], timeout=limit)
    with pytest.raises(CallError, match=message):
        service.modules_with(timeout=limit)
    message = "timeout: expected a number of seconds above 0, got "
    with pytest.raises(ConfigError, match=message):
        service.timeout = limit
    with pytest.raises(ConfigError, match=message):
        Service(timeout=limit)


@pytest.mark.parametrize("limit", [float("inf"), 10**300, 30])
def test_a_time_limit_may_be_as_long_as_one_likes(service: Service, limit: float) -> None:
    assert service.call("greeting", "greeting", ["x"], timeout=limit) == "Hi, x"


@pytest.mark.parametrize("text", [b'["x"]', b"[{}]", None, ["x"], 3, bytearray(b"[]")])
def test_json_must_be_a_string(service: Service, text: Wrong) -> None:
    with pytest.raises(ArgumentsError, match="expected a string that is JSON, got "):
        service.call_text("greeting", "greeting", text)
    if text is not None:
        with pytest.raises(ArgumentsError, match=r"call parameters: .* a string that is JSON, got"):
            service.call_text("greeting", "greeting", '["x"]', call_parameters=text)


@pytest.mark.parametrize("parameters", [3, [1], "text", {1: 2}, {"particle": 3}, object()])
def test_call_parameters_must_be_an_object_of_what_there_is(
    service: Service, parameters: Wrong
) -> None:
    with pytest.raises(ArgumentsError, match="call parameters do not fit\n  call_parameters"):
        service.call("greeting", "greeting", ["x"], call_parameters=parameters)


@pytest.mark.parametrize(
    "arguments", [{"x"}, object(), {1: "x"}, [object()], [["x", "y"]], 1j, str]
)
def test_arguments_must_be_values_of_an_interface(service: Service, arguments: Wrong) -> None:
    with pytest.raises(ArgumentsError, match=r"wrong arguments for fn greeting\(name: string\)"):
        service.call("greeting", "greeting", arguments)


def test_a_path_in_place_of_a_config_is_led_to_from_config() -> None:
    path: Wrong = "Config.toml"
    with pytest.raises(ConfigError, match=r"got the string 'Config\.toml'; Service\.from_config"):
        Service(path)


@pytest.mark.parametrize("modules", ["greeting.wasm", b"", GREETING, {"greeting": GREETING}, None])
def test_modules_must_be_a_list(modules: Wrong) -> None:
    with pytest.raises(ConfigError, match=r"modules: expected a list of \.wasm files and module"):
        Service(modules=modules)


@pytest.mark.parametrize("module", [3, None, b"greeting.wasm", ["greeting.wasm"]])
def test_each_module_must_be_a_file_or_a_module_config(module: Wrong) -> None:
    with pytest.raises(ConfigError, match=r"^modules\[1\]: expected a \.wasm file or a ModuleConf"):
        Service(modules=[GREETING, module])
    config = ServiceConfig(modules=(GREETING, module))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"^config\.modules\[1\]: expected a \.wasm file or a"):
        Service(config)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wasm_log": 3}, "wasm_log: expected a string of log directives, got 3"),
        ({"output": 5}, "output: expected a function of module, descriptor and bytes, got 5"),
        ({"mounted_binary_limits": 5}, "mounted_binary_limits: expected MountedBinaryLimits, got"),
        (
            {"mounted_binary_limits": MountedBinaryLimits(seconds="a")},  # type: ignore[arg-type]
            "mounted_binary_limits.seconds: expected a number of seconds above 0, got the string",
        ),
        (
            {"mounted_binary_limits": MountedBinaryLimits(output_bytes=-1)},
            "mounted_binary_limits.output_bytes: expected an integer from 0, got -1",
        ),
        ({"interruption": 5}, "interruption: expected an Interruption, got 5"),
        ({"progress": "yes"}, "progress: expected a function of a text, got the string 'yes'"),
    ],
)
def test_options_of_other_types_are_told(options: Wrong, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Service(**options)


def test_paths_may_be_strings_and_nothing_else() -> None:
    with pytest.raises(ConfigError, match="path: expected a path, got None"):
        Service.from_config(None)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="working_dir: expected a path, got 3"):
        Service.from_config("Config.toml", working_dir=3)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="modules_dir: expected a path, got 3"):
        Service.from_config("Config.toml", modules_dir=3)  # type: ignore[arg-type]
    config = ServiceConfig((ModuleConfig("greeting", str(GREETING)),))  # type: ignore[arg-type]
    with Service(config) as service:
        assert service.call("greeting", "greeting", ["you"]) == "Hi, you"


def test_a_function_is_described_with_its_module(service: Service) -> None:
    with pytest.raises(NoSuchModule, match="a function is one of a module: name that too"):
        service.interface(None, "greeting")

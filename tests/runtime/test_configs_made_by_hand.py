"""A config that a program makes is checked whole, and what stands for a right value is taken."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from runtime import ConfigError, ModuleConfig, Service, ServiceConfig, WasiConfig
from tests.support.running import GREETING

Wrong: TypeAlias = Any
"""What no type checker would let through."""


def _of_module(**fields: Wrong) -> ServiceConfig:
    given: Wrong = {"name": "greeting", "path": GREETING} | fields
    return ServiceConfig((ModuleConfig(**given),))


def _of_wasi(**fields: Wrong) -> ServiceConfig:
    return _of_module(wasi=WasiConfig(**fields))


@pytest.mark.parametrize(
    ("make", "field", "value", "message"),
    [
        (ServiceConfig, "modules", 5, "expected a list of .wasm files and module configs, got 5"),
        (ServiceConfig, "modules", "x.wasm", "expected a list of .wasm files and module configs"),
        (ServiceConfig, "total_memory_limit", -1, '-1: negative; allowed is an integer of bytes'),
        (ServiceConfig, "total_memory_limit", "much", "the string 'much': not a size; allowed is"),
        (ServiceConfig, "total_memory_limit", True, "True: not a size; allowed is an integer of"),
        (ServiceConfig, "modules_dir", 3, "expected a path, got 3"),
        (ServiceConfig, "source", 3, "expected a path, got 3"),
        (ServiceConfig, "working_dir", None, "expected a path, got None"),
        (ServiceConfig, "warnings", "one", "expected a tuple of strings, got the string 'one'"),
        (_of_module, "name", ["greeting"], "expected a string, got a list of 1"),
        (_of_module, "path", None, "expected a path, got None"),
        (_of_module, "path", b"x", "expected a path, got a value of the Python type bytes"),
        (_of_module, "max_memory", -5, "-5: negative; allowed is an integer of bytes"),
        (_of_module, "max_memory", 1e6, "1000000.0: not a size; allowed is an integer of bytes"),
        (_of_module, "logger_enabled", "no", "expected True or False, got the string 'no'"),
        (_of_module, "logging_mask", "x", "expected an integer from -2147483648 to 2147483647"),
        (_of_module, "logging_mask", 2**31, "expected an integer from -2147483648 to 2147483647"),
        (_of_module, "wasi", {"envs": {}}, "expected a WasiConfig or None, got a dict of 1"),
        (_of_module, "mounted_binaries", ["ls"], "expected a dict of names and paths, got a list"),
        (_of_wasi, "mapped_dirs", "/tmp", "expected a dict of names and paths, got the string"),
        (_of_wasi, "preopened", ["/tmp"], "expected a dict of names and paths, got a list of 1"),
        (_of_wasi, "environment", {1: "x"}, "expected a dict of names and strings, got a dict"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_field(
    make: Callable[..., ServiceConfig], field: str, value: Wrong, message: str
) -> None:
    places: dict[Wrong, str] = {
        ServiceConfig: "config.",
        _of_module: "config.modules[0].",
        _of_wasi: "config.modules[0].wasi.",
    }
    with pytest.raises(ConfigError) as raised:
        Service(make(**{field: value}))
    assert raised.value.message.startswith(f"{places[make]}{field}: {message}")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (_of_wasi(mapped_dirs={"t": 1}), "wasi.mapped_dirs['t']: expected a path, got 1"),
        (_of_wasi(preopened={"t": None}), "wasi.preopened['t']: expected a path, got None"),
        (_of_wasi(environment={"x": 1}), "wasi.environment['x']: expected a string, got 1"),
        (_of_module(mounted_binaries={"ls": 1}), "mounted_binaries['ls']: expected a path, got 1"),
    ],
)
def test_a_wrong_value_in_a_dict_is_told_with_its_name(config: ServiceConfig, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Service(config)
    assert raised.value.message == f"config.modules[0].{message}"


def test_paths_may_be_strings_and_limits_texts_as_in_a_file(tmp_path: Path) -> None:
    given = ServiceConfig(
        modules=_of_module(
            path=str(GREETING),
            max_memory="2 MiB",
            mounted_binaries={"ls": "/bin/ls"},
            wasi=WasiConfig(mapped_dirs={"data": str(tmp_path / "data")}),  # type: ignore[dict-item]
        ).modules,
        total_memory_limit="10 MiB",  # type: ignore[arg-type]
        working_dir=str(tmp_path),  # type: ignore[arg-type]
    )
    with Service(given) as service:
        (module,) = service.config.modules
        assert service.config.total_memory_limit == 10 * 2**20
        assert service.config.working_dir == tmp_path
        assert module.path == GREETING
        assert module.max_memory == 2 * 2**20
        assert module.mounted_binaries == {"ls": Path("/bin/ls")}
        assert module.wasi is not None
        assert module.wasi.mapped_dirs == {"data": tmp_path / "data"}
        assert (tmp_path / "data").is_dir()
        assert service.call("greeting", "greeting", ["you"]) == "Hi, you"


def test_a_path_may_be_an_entry_of_a_directory_named_by_bytes() -> None:
    with os.scandir(os.fsencode(GREETING.parent)) as entries:
        (entry,) = (entry for entry in entries if entry.name == os.fsencode(GREETING.name))
    path: Wrong = entry
    with Service(_of_module(name="first", path=path), modules=[path]) as service:
        service.load("third", path)
        assert [module.path for module in service.config.modules[:2]] == [GREETING] * 2
        assert list(service.modules) == ["first", "greeting", "third"]


def test_the_environment_is_the_one_that_was_checked() -> None:
    environment = {"NAME": "value"}
    with Service(_of_wasi(environment=environment)) as service:
        environment["NAME"] = "another"
        wasi = service.config.modules[0].wasi
        assert wasi is not None
        assert wasi.environment == {"NAME": "value"}


def test_a_right_config_is_kept_as_it_is() -> None:
    config = ServiceConfig((ModuleConfig("greeting", GREETING, wasi=WasiConfig()),), 10 * 2**20)
    with Service(config) as service:
        assert service.config == config

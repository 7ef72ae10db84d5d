"""Any bytes as a Config.toml."""

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from runtime.config.loading import load_config
from runtime.config.model import ServiceConfig, is_module_name
from runtime.errors import ConfigError
from tests.fuzz import fixture_seeds
from tests.fuzz.target import Target
from tests.support.paths import FIXTURES

_EVERYTHING = b"""
modules_dir = "artifacts"
service_working_dir = "work"
total_memory_limit = "2 GiB"
[default]
logging_mask = -1
[default.wasi]
preopened_files = ["work"]
envs = { A = "1" }
[[module]]
name = "greeting"
load_from = "artifacts/greeting.wasm"
mem_pages_count = 3
max_heap_size = "20KiB"
logger_enabled = true
[module.wasi]
preopened_files = ["work", "/tmp"]
envs = { "key" = "value", number = 3 }
mapped_dirs = { "a" = "work", "/b" = "./work" }
[module.mounted_binaries]
curl = "bin/curl"
[[module]]
name = "facade"
file_name = "facade"
"""

_WORDS = (
    *("modules_dir", "service_working_dir", "total_memory_limit", "[[module]]", "[default]"),
    *("name", "file_name", "load_from", "mem_pages_count", "max_heap_size", "logger_enabled"),
    *("logging_mask", "[module.wasi]", "preopened_files", "envs", "mapped_dirs", "wasi"),
    *("mounted_binaries", "Infinity", "KiB", "MiB", "GiB", "TB", "\\u0000", "\\u202e", '"""'),
    *("9223372036854775808", "-1", "1e400", "nan", "inf", "1979-05-27T07:32:00Z", "{ }", "../.."),
)


@cache
def _directory() -> Path:
    """Where the config lies, with what it may name; removed with the process."""
    holder = tempfile.TemporaryDirectory(prefix="fuzz-config-")
    _kept.append(holder)
    directory = Path(holder.name)
    for name in ("artifacts", "work", "bin"):
        (directory / name).mkdir()
    for name in fixture_seeds.module_files():
        (directory / "artifacts" / f"{name}.wasm").touch()
    curl = directory / "bin" / "curl"
    curl.touch(mode=0o755)
    return directory


_kept: list[tempfile.TemporaryDirectory[str]] = []


def check(data: bytes) -> None:
    """It is read or refused, with and without `strict`; messages are lines that can be printed."""
    path = _directory() / "Config.toml"
    path.write_bytes(data)
    try:
        config = load_config(path, working_dir=_directory())
    except ConfigError as error:
        _check_lines(error.message)
        return
    _check_config(config)
    for warning in config.warnings:
        _check_lines(warning)
    try:
        strict = load_config(path, working_dir=_directory(), strict=True)
    except ConfigError:
        assert config.warnings
    else:
        assert strict == config


def _check_config(config: ServiceConfig) -> None:
    names = [module.name for module in config.modules]
    assert len(set(names)) == len(names)
    assert all(map(is_module_name, names))
    limits = [config.total_memory_limit, *(module.max_memory for module in config.modules)]
    assert all(limit is None or 0 <= limit < 2**64 for limit in limits), limits
    for module in config.modules:
        assert module.path.is_absolute()
        assert -(2**31) <= module.logging_mask < 2**31


def _check_lines(message: str) -> None:
    assert all(line.isprintable() for line in message.split("\n")), ascii(message)


def seeds() -> Iterator[bytes]:
    """The fixtures' configs, and one with every key."""
    for path in sorted(FIXTURES.glob("*/Config.toml")):
        yield path.read_bytes()
    yield _EVERYTHING


TARGET = Target(check, seeds, dictionary=tuple(word.encode() for word in _WORDS))

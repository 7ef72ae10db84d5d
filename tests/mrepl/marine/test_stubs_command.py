"""`marine stubs`: what it prints, writes and checks."""

import os
from pathlib import Path

import pytest

from tests.support.marine import marine
from tests.support.paths import FIXTURES
from tests.support.running import FAULTS
from tests.support.versions import counting, write_modules

GREETING = FIXTURES / "greeting" / "Config.toml"

GREETING_TYPES = '''\
"""The types of the service Config.toml, whose modules are greeting.

Written by `marine stubs CONFIG -o FILE`, which with `--check` tells whether this file is up to
date.
"""

# fmt: off
# ruff: noqa: PGH004
# ruff: noqa

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from runtime import PythonValue, Service


class Greeting(Protocol):
    """The functions of module greeting."""

    def greeting(self, name: str) -> str:
        """fn greeting(name: string) -> string"""
        ...


class Modules(Protocol):
    """The modules of the service."""

    @property
    def greeting(self) -> Greeting:
        """Module greeting."""
        ...


RECORDS: Mapping[str, Mapping[str, type[object]]] = {}


def modules_of(
    service: Service,
'''


@pytest.fixture
def service_types(tmp_path: Path) -> Path:
    """An up-to-date file, of a service with the module `counting`."""
    config = write_modules(tmp_path, counting=counting(1))
    assert marine("stubs", config, "-o", tmp_path / "service_types.py").status == 0
    return tmp_path / "service_types.py"


def test_it_prints_the_types_of_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GREETING.parent)
    done = marine("stubs", "Config.toml")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.startswith(GREETING_TYPES)


def test_it_writes_what_it_prints_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_modules(tmp_path, counting=counting(1))
    done = marine("stubs", config, "-o", tmp_path / "service_types.py")
    assert (done.status, done.stdout, done.stderr) == (0, "", "")
    monkeypatch.chdir(tmp_path)
    printed = marine("stubs", "Config.toml").stdout
    assert (tmp_path / "service_types.py").read_text() == printed


def test_the_file_is_the_same_from_whatever_directory_it_is_written(
    service_types: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = service_types.read_bytes()
    (service_types.parent / "deeper").mkdir()
    monkeypatch.chdir(service_types.parent / "deeper")
    assert marine("stubs", "../Config.toml", "-o", "../service_types.py").status == 0
    assert service_types.read_bytes() == written


def test_an_interface_type_that_python_lacks_stands_beside_its_field() -> None:
    printed = marine("stubs", FIXTURES / "records" / "Config.toml").stdout
    assert "    field_0: bool\n    field_1: int  # i8\n" in printed
    assert "    field_10: float  # f64\n    field_11: str\n    field_12: bytes\n" in printed


def test_a_call_that_does_not_fit_a_line_has_a_line_a_parameter() -> None:
    printed = marine("stubs", FIXTURES / "arrays" / "Config.toml").stdout
    assert "    def assemble(\n        self,\n        number: int,\n" in printed
    assert max(map(len, printed.splitlines())) <= 100


def test_a_module_that_could_not_start_has_types_all_the_same(tmp_path: Path) -> None:
    wasm = (FAULTS / "missing_module.wasm").read_bytes()
    done = marine("stubs", write_modules(tmp_path, missing_module=wasm))
    assert (done.status, done.stderr) == (0, "")
    assert "    def ask(self) -> None:\n" in done.stdout


def test_a_service_without_modules_has_a_file_too(tmp_path: Path) -> None:
    done = marine("stubs", write_modules(tmp_path))
    assert done.status == 0
    assert 'class Modules(Protocol):\n    """The modules of the service."""\n\n\n' in done.stdout


def test_a_warning_about_the_config_is_told_beside_the_types(tmp_path: Path) -> None:
    config = write_modules(tmp_path, counting=counting(1))
    config.write_text(config.read_text() + "loger = true\n")
    done = marine("stubs", config)
    assert done.status == 0
    assert done.stderr.startswith("warning: ")
    assert "loger" in done.stderr


def test_check_of_a_file_that_is_up_to_date_says_nothing(service_types: Path) -> None:
    done = marine("stubs", service_types.parent / "Config.toml", "-o", service_types, "--check")
    assert (done.status, done.stdout, done.stderr) == (0, "", "")


def test_check_of_an_old_file_shows_the_differences_and_writes_nothing(
    service_types: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = service_types.read_bytes()
    write_modules(service_types.parent, counting=counting(2, result="U32"))
    monkeypatch.chdir(service_types.parent)
    done = marine("stubs", "Config.toml", "-o", "service_types.py", "--check")
    assert done.status == 1
    assert done.stdout.startswith("--- service_types.py\n+++ service_types.py as it should be\n@@ ")
    assert '\n-        """fn version() -> i32"""\n' in done.stdout
    assert '\n+        """fn version() -> u32"""\n' in done.stdout
    assert done.stderr == (
        "error: service_types.py is not up to date; "
        "`marine stubs Config.toml -o service_types.py` writes it\n"
    )
    assert service_types.read_bytes() == written

    assert marine("stubs", "Config.toml", "-o", "service_types.py").status == 0
    assert marine("stubs", "Config.toml", "-o", "service_types.py", "--check").status == 0


def test_check_of_a_file_that_is_not_there_says_how_to_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_modules(tmp_path, counting=counting(1))
    monkeypatch.chdir(tmp_path)
    done = marine("stubs", "Config.toml", "-o", "service_types.py", "--check")
    assert (done.status, done.stdout) == (1, "")
    assert done.stderr == (
        "error: there is no file service_types.py; "
        "`marine stubs Config.toml -o service_types.py` writes it\n"
    )
    assert not (tmp_path / "service_types.py").exists()


def test_check_of_any_other_file_shows_a_few_lines_without_control_characters(
    service_types: Path,
) -> None:
    service_types.write_bytes(b"\xff\x1b[2J\n" * 1000)
    done = marine("stubs", service_types.parent / "Config.toml", "-o", service_types, "--check")
    assert done.status == 1
    assert "\x1b" not in done.stdout
    assert len(done.stdout.splitlines()) < 50
    assert " more lines\n" in done.stdout


def test_check_without_a_file_is_wrong_usage() -> None:
    done = marine("stubs", GREETING, "--check")
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.endswith("error: --check needs the file to check: -o FILE\n")


def test_a_config_that_is_not_there_is_status_1(tmp_path: Path) -> None:
    done = marine("stubs", tmp_path / "nope.toml", "-o", tmp_path / "service_types.py")
    assert (done.status, done.stdout) == (1, "")
    assert "nope.toml" in done.stderr
    assert "No such file or directory" in done.stderr
    assert not (tmp_path / "service_types.py").exists()


@pytest.mark.parametrize(
    ("wasm", "message"),
    [
        (b"This is no module.", "not a WebAssembly file"),
        ((FAULTS / "no_interface_types.wasm").read_bytes(), "module doesn't contain interface"),
        (
            (FAULTS / "truncated_interface_types.wasm").read_bytes(),
            "corrupted interface-types section",
        ),
    ],
)
def test_a_faulty_module_is_named_and_the_old_file_stays(
    service_types: Path, wasm: bytes, message: str
) -> None:
    written = service_types.read_bytes()
    config = write_modules(service_types.parent, faulty=wasm)
    done = marine("stubs", config, "-o", service_types)
    assert (done.status, done.stdout) == (1, "")
    assert "module 'faulty': " in done.stderr
    assert message in done.stderr
    assert str(service_types.parent / "faulty.wasm") in done.stderr
    assert service_types.read_bytes() == written


@pytest.mark.parametrize("action", ["read", "write"])
def test_what_is_no_file_is_neither_read_nor_replaced(tmp_path: Path, action: str) -> None:
    check = ["--check"] if action == "read" else []
    done = marine("stubs", GREETING, "-o", tmp_path, *check)
    assert (done.status, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: cannot {action} {tmp_path}: a directory")


def test_a_file_in_no_directory_cannot_be_written(tmp_path: Path) -> None:
    done = marine("stubs", GREETING, "-o", tmp_path / "nowhere" / "service_types.py")
    assert done.status == 1
    assert "No such file or directory" in done.stderr


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = marine("stubs", GREETING, "-o", tmp_path / "pipe", "--check")
    assert done.status == 1
    assert "expected a file" in done.stderr

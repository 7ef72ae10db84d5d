"""Versions that the runtime refuses to load are not written without notice."""

from pathlib import Path

import pytest

from tests.support.marine import marine
from tests.support.running import GREETING


@pytest.fixture
def greeting(tmp_path: Path) -> Path:
    path = tmp_path / "greeting.wasm"
    path.write_bytes(GREETING.read_bytes())
    return path


def test_an_old_sdk_version_is_refused_with_the_first_that_is_supported(greeting: Path) -> None:
    done = marine("set", "version", "-i", greeting, "-v", "0.5.9")
    assert done.status == 1
    assert done.stderr == (
        "error: modules with SDK version 0.5.9 cannot be loaded: expected 0.6.0 or later "
        "(--no-check writes any version)\n"
    )
    assert greeting.read_bytes() == GREETING.read_bytes()


def test_an_old_version_of_interface_types_is_not_embedded(greeting: Path) -> None:
    done = marine("embed", greeting, "--it-version", "0.19.9")
    assert done.status == 1
    assert "interface-types version 0.19.9 cannot be loaded: expected 0.20.0 or" in done.stderr
    assert greeting.read_bytes() == GREETING.read_bytes()


def test_a_pre_release_comes_before_its_release(greeting: Path) -> None:
    assert marine("set", "version", "-i", greeting, "-v", "0.6.0-rc.1").status == 1
    assert marine("set", "version", "-i", greeting, "-v", "0.6.1-rc.1").status == 0


def test_a_text_with_an_old_version_is_refused_too(greeting: Path) -> None:
    text = marine("it", greeting).stdout.replace('it_version "0.27.0"', 'it_version "0.2.0"')
    done = marine("set", "it", "-i", greeting, "-w", "-", stdin=text.encode())
    assert done.status == 1
    assert done.stderr.startswith(
        "error: standard input: modules with interface-types version 0.2.0 cannot be loaded"
    )
    assert greeting.read_bytes() == GREETING.read_bytes()


def test_any_version_is_written_where_the_user_insists(greeting: Path) -> None:
    text = marine("it", greeting).stdout.replace('it_version "0.27.0"', 'it_version "0.2.0"')
    for arguments in (
        ("embed", greeting, "--it-version", "0.1.0"),
        ("set", "it", "-i", greeting, "-w", "-"),
        ("set", "version", "-i", greeting, "-v", "0.3.0"),
    ):
        assert marine(*arguments, "--no-check", stdin=text.encode()).status == 0
    shown = marine("info", greeting).stdout
    assert shown.startswith("it version:  0.2.0\nsdk version: 0.3.0\n")

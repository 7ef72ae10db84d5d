"""`modules_dir` as callers of `load_config` give it, in place of the config's own."""

from pathlib import Path

import pytest

from runtime import Service
from runtime.config.loading import load_config
from runtime.errors import ConfigError
from tests.support.running import GREETING


def _config(directory: Path, modules_dir: str) -> Path:
    path = directory / "Config.toml"
    path.write_text(f'{modules_dir}\n[[module]]\nname = "a"\n')
    return path


@pytest.mark.parametrize("own", ["", 'modules_dir = "absent"'])
def test_the_given_directory_takes_the_place_of_the_configs_own(tmp_path: Path, own: str) -> None:
    built = tmp_path / "built"
    built.mkdir()
    (built / "a.wasm").touch()
    config = load_config(_config(tmp_path, own), modules_dir=built)
    assert config.modules_dir == built
    assert config.modules[0].path == built / "a.wasm"


def test_a_given_directory_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = _config(tmp_path, 'modules_dir = "."')
    with pytest.raises(ConfigError, match=r"the given modules_dir: .*absent"):
        load_config(path, modules_dir=tmp_path / "absent")


def test_a_service_takes_the_directory_too(tmp_path: Path) -> None:
    path = tmp_path / "Config.toml"
    path.write_text('[[module]]\nname = "greeting"\n')
    with Service.from_config(path, modules_dir=str(GREETING.parent)) as service:
        assert service.call("greeting", "greeting", ["you"]) == "Hi, you"

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.config.directories import create_directories
from runtime.config.loading import load_config
from runtime.config.model import ModuleConfig, ServiceConfig, WasiConfig
from runtime.errors import ConfigError

Write = Callable[[str], Path]

SEEDS_EXAMPLE = """
[[module]]
  name = "local_storage"
  logger_enabled = true
  mem_pages_count = 1

[[module.wasi]]
  preopened_files = ["./sites"]
  mapped_dirs = { "sites" = "./sites" }

[[module]]
  name = "curl_adapter"

[[module.mounted_binaries]]
  curl = "/bin/sh"

[[module]]
  name = "facade"
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a Config.toml next to the module files a.wasm and b.wasm."""

    def write_config(text: str) -> Path:
        for name in ("a", "b"):
            (tmp_path / f"{name}.wasm").touch()
        path = tmp_path / "Config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_config


def only_module(path: Path) -> ModuleConfig:
    (module,) = load_config(path, working_dir=path.parent).modules
    return module


def test_the_seeds_example_is_read_whole(tmp_path: Path, write: Write) -> None:
    for name in ("local_storage", "curl_adapter", "facade"):
        (tmp_path / f"{name}.wasm").touch()
    path = write(SEEDS_EXAMPLE)

    config = load_config(path, working_dir=tmp_path)

    assert config == ServiceConfig(
        modules=(
            ModuleConfig(
                name="local_storage",
                path=tmp_path / "local_storage.wasm",
                max_memory=65_536,
                wasi=WasiConfig(
                    preopened={"./sites": tmp_path / "sites"},
                    mapped_dirs={"sites": tmp_path / "sites"},
                ),
            ),
            ModuleConfig(
                name="curl_adapter",
                path=tmp_path / "curl_adapter.wasm",
                mounted_binaries={"curl": Path("/bin/sh")},
            ),
            ModuleConfig(name="facade", path=tmp_path / "facade.wasm"),
        ),
        source=path,
        working_dir=tmp_path,
    )


def test_every_key_of_the_new_form_is_read(tmp_path: Path, write: Write) -> None:
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts/other.wasm").touch()
    (tmp_path / "work").mkdir()
    path = write("""
        modules_dir = "artifacts/"
        service_working_dir = "work"
        total_memory_limit = "10 MiB"
        [[module]]
            name = "a"
            file_name = "other.wasm"
            max_heap_size = "1.5 MiB"
            logger_enabled = false
            logging_mask = -2
            [module.wasi]
                mapped_dirs = { "sites" = "sites", "/etc" = "/etc" }
                envs = { "ENV1" = "arg1", EMPTY = "" }
            [module.mounted_binaries]
                ls = "/bin/ls"
    """)

    config = load_config(path, working_dir=tmp_path)

    assert config.modules == (
        ModuleConfig(
            name="a",
            path=tmp_path / "artifacts/other.wasm",
            max_memory=1_572_864,
            logger_enabled=False,
            logging_mask=-2,
            wasi=WasiConfig(
                mapped_dirs={"sites": tmp_path / "work/sites", "/etc": Path("/etc")},
                environment={"ENV1": "arg1", "EMPTY": ""},
            ),
            mounted_binaries={"ls": Path("/bin/ls")},
        ),
    )
    assert config.total_memory_limit == 10 * 2**20
    assert config.modules_dir == tmp_path / "artifacts"
    assert config.working_dir == tmp_path / "work"
    assert config.warnings == ()


def test_a_config_without_modules_is_an_empty_service(write: Write) -> None:
    assert load_config(write("")).modules == ()


def test_a_module_of_which_only_name_and_file_are_known_can_log_and_has_no_limit() -> None:
    module = ModuleConfig(name="a", path=Path("a.wasm"))
    assert (module.max_memory, module.logger_enabled, module.logging_mask) == (
        None,
        True,
        2**31 - 1,
    )
    assert (module.wasi, module.mounted_binaries) == (None, {})


def test_modules_keep_the_order_of_the_config(write: Write) -> None:
    path = write('[[module]]\nname = "b"\n[[module]]\nname = "a"\n')
    assert [module.name for module in load_config(path).modules] == ["b", "a"]


def test_load_from_may_name_a_directory(tmp_path: Path, write: Write) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.wasm").touch()
    path = write('[[module]]\nname = "a"\nload_from = "elsewhere"\n')
    assert only_module(path).path == tmp_path / "elsewhere/a.wasm"


def test_load_from_may_name_a_file(tmp_path: Path, write: Write) -> None:
    path = write('[[module]]\nname = "x"\nload_from = "b.wasm"\n')
    assert only_module(path).path == tmp_path / "b.wasm"


def test_paths_do_not_depend_on_the_current_directory(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('[[module]]\nname = "a"\n[module.wasi]\nmapped_dirs = { d = "d" }\n')
    (tmp_path / "start").mkdir()
    monkeypatch.chdir(tmp_path / "start")
    config = load_config(Path("../Config.toml"))
    module = config.modules[0]
    assert module.path.is_absolute()
    assert module.path.samefile(tmp_path / "a.wasm")
    assert module.wasi is not None
    assert module.wasi.mapped_dirs == {"d": tmp_path / "start/d"}


def test_max_heap_size_wins_over_mem_pages_count(write: Write) -> None:
    path = write('[[module]]\nname = "a"\nmem_pages_count = 1\nmax_heap_size = "1 KB"\n')
    assert only_module(path).max_memory == 1_000


def test_an_infinite_max_heap_size_wins_too(write: Write) -> None:
    path = write('[[module]]\nname = "a"\nmem_pages_count = 1\nmax_heap_size = "Infinity"\n')
    assert only_module(path).max_memory is None


def test_envs_may_be_an_empty_list(write: Write) -> None:
    path = write('[[module]]\nname = "a"\n[module.wasi]\nenvs = []\n')
    assert only_module(path).wasi == WasiConfig()


def test_a_byte_order_mark_is_no_matter(write: Write) -> None:
    assert only_module(write('\ufeff[[module]]\nname = "a"\n')).name == "a"


DEFAULT = """
[[module]]
name = "a"
%s
[default]
max_heap_size = 5
logger_enabled = false
logging_mask = 6
mounted_binaries = { sh = "/bin/sh" }
[default.wasi]
envs = { FROM = "default" }
"""


def test_a_module_without_settings_has_those_of_default(tmp_path: Path, write: Write) -> None:
    assert only_module(write(DEFAULT % "")) == ModuleConfig(
        name="a",
        path=tmp_path / "a.wasm",
        max_memory=5,
        logger_enabled=False,
        logging_mask=6,
        wasi=WasiConfig(environment={"FROM": "default"}),
        mounted_binaries={"sh": Path("/bin/sh")},
    )


@pytest.mark.parametrize(
    ("own", "attribute", "value"),
    [
        ("mem_pages_count = 0", "max_memory", 0),
        ("logger_enabled = true", "logger_enabled", True),
        ("logging_mask = 0", "logging_mask", 0),
        ("wasi = {}", "wasi", WasiConfig()),
        ("mounted_binaries = {}", "mounted_binaries", {}),
    ],
)
def test_a_setting_of_the_module_replaces_that_of_default(
    write: Write, own: str, attribute: str, value: object
) -> None:
    assert getattr(only_module(write(DEFAULT % own)), attribute) == value


def test_loading_creates_nothing_and_create_directories_does(tmp_path: Path, write: Write) -> None:
    path = write(
        '[[module]]\nname = "a"\n'
        '[module.wasi]\nmapped_dirs = { d = "deep/er" }\npreopened_files = ["old"]\n'
    )
    before = sorted(tmp_path.rglob("*"))
    config = load_config(path, working_dir=tmp_path)
    assert sorted(tmp_path.rglob("*")) == before

    create_directories(config)
    create_directories(config)

    assert (tmp_path / "deep/er").is_dir()
    assert (tmp_path / "old").is_dir()


def test_a_directory_that_cannot_be_created_is_named_with_its_module(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    wasi = WasiConfig(mapped_dirs={"sites": tmp_path / "file/sites"})
    module = ModuleConfig(name="a", path=tmp_path / "a.wasm", wasi=wasi)
    with pytest.raises(ConfigError, match=r"module 'a': cannot create .*file/sites.*\"sites\""):
        create_directories(ServiceConfig(modules=(module,)))

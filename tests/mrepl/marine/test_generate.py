"""`marine generate`: what it makes and what it refuses."""

import tomllib
from pathlib import Path

import pytest

from mrepl.marine.cargo import SDK_PACKAGE
from runtime import Service
from tests.support.marine import marine
from tests.support.paths import FIXTURES

FILES = {
    "Cargo.toml",
    "src/main.rs",
    "Config.toml",
    "tests/test_module.py",
    "README.md",
    ".gitignore",
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, which is empty and whose name can be a module's."""
    directory = tmp_path / "my-service"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory


def files(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


def test_a_project_is_made_in_a_new_directory_of_the_modules_name(here: Path) -> None:
    done = marine("generate", "-n", "weather")
    assert done.status == 0
    assert files(here) == {f"weather/{file}" for file in FILES}
    assert done.stdout == (
        "created weather/Cargo.toml\n"
        "created weather/src/main.rs\n"
        "created weather/Config.toml\n"
        "created weather/tests/test_module.py\n"
        "created weather/README.md\n"
        "created weather/.gitignore\n"
        "\n"
        "Now try:\n"
        "cd weather\n"
        "marine build --release\n"
        "mrepl Config.toml -c 'call weather greeting [\"John\"]'\n"
        "python -m pytest\n"
    )


def test_without_a_name_there_is_a_default_one(here: Path) -> None:
    assert marine("generate").status == 0
    assert files(here) == {f"my_module/{file}" for file in FILES}


def test_in_the_current_directory_the_module_has_the_directorys_name(here: Path) -> None:
    done = marine("generate", "-i")
    assert done.status == 0
    assert "cd " not in done.stdout
    assert files(here) == FILES
    assert tomllib.loads(Path("Cargo.toml").read_text())["package"]["name"] == "my-service"


def test_in_the_current_directory_the_module_may_have_another_name(here: Path) -> None:
    assert marine("generate", "-i", "-n", "weather").status == 0
    assert files(here) == FILES
    assert tomllib.loads(Path("Cargo.toml").read_text())["package"]["name"] == "weather"


def test_the_package_uses_the_sdk_and_gives_the_file_the_modules_name() -> None:
    marine("generate", "-i", "-n", "weather")
    manifest = tomllib.loads(Path("Cargo.toml").read_text())
    assert SDK_PACKAGE in manifest["dependencies"]
    assert manifest["bin"] == [{"name": "weather", "path": "src/main.rs"}]


def test_the_config_finds_the_module_where_a_release_build_puts_it(tmp_path: Path) -> None:
    marine("generate", "-i", "-n", "greeting")
    built = Path("target/wasm32-wasip1/release")
    built.mkdir(parents=True)
    module = (FIXTURES / "greeting" / "artifacts" / "greeting.wasm").read_bytes()
    (built / "greeting.wasm").write_bytes(module)
    with Service.from_config(Path("Config.toml"), working_dir=tmp_path) as service:
        assert service.call("greeting", "greeting", ["John"]) == "Hi, John"


def test_what_is_there_already_stays(here: Path) -> None:
    Path("README.md").write_text("mine")
    Path("Cargo.toml").symlink_to("nowhere")
    done = marine("generate", "-i")
    assert done.status == 1
    assert done.stderr == (
        "error: Cargo.toml, README.md exist already, expected a directory without\n"
    )
    assert files(here) == {"README.md"}
    assert Path("README.md").read_text() == "mine"


@pytest.mark.parametrize("kind", ["file", "directory"])
def test_a_name_that_is_taken_is_refused(kind: str, here: Path) -> None:
    taken = Path("weather")
    if kind == "directory":
        taken.mkdir()
    else:
        taken.write_text("mine")
    done = marine("generate", "-n", "weather")
    assert done.status == 1
    assert done.stderr.startswith("error: weather exists already, expected a new name")
    assert files(here) == ({"weather"} if kind == "file" else set())


def test_a_file_in_place_of_a_directory_is_an_error() -> None:
    Path("src").write_text("mine")
    done = marine("generate", "-i")
    assert done.status == 1
    assert done.stderr.startswith("error: src exists already")
    assert Path("src").read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    ["", "2nd", "-x", "_x", "a b", "a/b", "../a", ".", "żółw", "a.b", "x" * 65, "a\n", "a\x1b[2J"],
)
def test_what_cannot_be_a_name_is_refused(name: str, here: Path) -> None:
    done = marine("generate", f"--name={name}")
    assert done.status == 1
    assert "cannot be a module's name: expected a letter" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("name", ["fn", "yield", "std", "marine-rs-sdk", "deps", "test"])
def test_a_name_that_something_else_has_is_refused(name: str, here: Path) -> None:
    done = marine("generate", "-n", name)
    assert done.status == 1
    assert "Rust or cargo uses it" in done.stderr
    assert list(here.iterdir()) == []


def test_a_directory_whose_name_cannot_be_a_modules_needs_another(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = here / "2 words"
    odd.mkdir()
    monkeypatch.chdir(odd)
    done = marine("generate", "-i")
    assert done.status == 1
    assert "'2 words' cannot be a module's name" in done.stderr
    assert "`-n NAME` gives a name" in done.stderr
    assert marine("generate", "-i", "-n", "two_words").status == 0


@pytest.mark.parametrize("name", ["host", "wasi_snapshot_preview1", "wasi_unstable"])
def test_a_module_that_nobody_could_import_from_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = marine("generate", "-n", name)
    assert done.status == 1
    assert f"error: other modules cannot import from a module of the name {name!r}" in done.stderr
    assert not (tmp_path / name).exists()

"""`marine build` and `marine generate` with the real cargo and the real SDK."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from runtime import Service
from runtime.interface.metadata import read_metadata
from tests.support.paths import FIXTURES, PROJECT
from tests.support.program import environment
from tests.support.rust import rust_missing

_PATIENCE = 600  # seconds; all crates are compiled from source, on a machine that may be busy


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that keeps the compiled crates from one build to the next."""
    missing = rust_missing(tmp_path_factory.mktemp("crates"))
    if missing is not None:
        pytest.skip(missing)
    return tmp_path_factory.mktemp("target")


def run(
    program: Sequence[str], project: Path, target: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a Python program in the project; all it prints is in `stdout`."""
    variables = {}
    if target is not None:
        variables["CARGO_TARGET_DIR"] = str(target)
        variables["CARGO_PROFILE_RELEASE_STRIP"] = "true"  # for all projects, to share the crates
    return subprocess.run(
        [sys.executable, *program],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=project,
        env={**environment(**variables), "PYTHONPATH": str(PROJECT)},
        timeout=_PATIENCE,
        check=False,
    )


def test_a_generated_project_builds_and_passes_its_own_test(compiled: Path, tmp_path: Path) -> None:
    made = run(["-m", "mrepl.marine", "generate", "-n", "weather"], tmp_path)
    assert made.returncode == 0, made.stdout
    project = tmp_path / "weather"
    built = run(["-m", "mrepl.marine", "build", "--release"], project, compiled)
    assert built.returncode == 0, built.stdout
    assert "warning" not in built.stdout
    module = Path("wasm32-wasip1/release/weather.wasm")
    (project / "target" / module.parent).mkdir(parents=True)
    shutil.copy(compiled / module, project / "target" / module)
    tested = run(["-m", "pytest", "-q", "-p", "no:cacheprovider"], project)
    assert tested.returncode == 0, tested.stdout
    assert "3 passed" in tested.stdout
    manifest = read_metadata((compiled / module).read_bytes()).manifest
    assert manifest is not None
    assert (manifest.version, manifest.description) == ("0.1.0", "A Marine module")


def test_the_rust_fixture_is_what_its_sources_give(compiled: Path, tmp_path: Path) -> None:
    fixture = FIXTURES / "rust-greeting"
    project = tmp_path / "rust-greeting"
    shutil.copytree(fixture, project, ignore=shutil.ignore_patterns("artifacts"))
    built = run(["-m", "mrepl.marine", "build", "--release"], project, compiled)
    assert built.returncode == 0, built.stdout
    for module in ("greeter", "phrases"):
        wasm = (compiled / "wasm32-wasip1" / "release" / f"{module}.wasm").read_bytes()
        committed = read_metadata((fixture / "artifacts" / f"{module}.wasm").read_bytes())
        assert read_metadata(wasm) == committed  # the code depends on the compiler's version
        (project / "artifacts").mkdir(exist_ok=True)
        (project / "artifacts" / f"{module}.wasm").write_bytes(wasm)
    with Service.from_config(project / "Config.toml", working_dir=tmp_path) as service:
        assert service.call("greeter", "greeting", ["Jan", "pl"]) == "Cześć, Jan"


def test_a_project_that_does_not_compile_shows_the_compilers_message(
    compiled: Path, tmp_path: Path
) -> None:
    assert run(["-m", "mrepl.marine", "generate", "-n", "weather"], tmp_path).returncode == 0
    project = tmp_path / "weather"
    source = project / "src" / "main.rs"
    source.write_text(source.read_text().replace("-> String", "-> u32"))
    built = run(["-m", "mrepl.marine", "build", "--release"], project, compiled)
    assert built.returncode == 1
    assert "mismatched types" in built.stdout
    assert "interface types embedded" not in built.stdout

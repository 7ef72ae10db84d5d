"""The real `cargo`, where it is installed with the target of modules."""

import functools
import shutil
import subprocess
from pathlib import Path

from tests.support.paths import FIXTURES

_MANIFEST = FIXTURES / "rust-greeting" / "Cargo.toml"
_PATIENCE = 120  # seconds for the crates to arrive


@functools.cache
def rust_missing(directory: Path) -> str | None:
    """Why modules cannot be built here, or None if they can.

    Args:
        directory: where the sources of a module may be put to ask for their crates.
    """
    cargo, rustc = shutil.which("cargo"), shutil.which("rustc")
    if cargo is None or rustc is None:
        return "cargo and rustc are not installed"
    libraries = subprocess.run(
        [rustc, "--print=target-libdir", "--target=wasm32-wasip1"],
        capture_output=True,
        text=True,
        check=False,
    )
    if libraries.returncode != 0 or not Path(libraries.stdout.strip()).is_dir():
        return "Rust's target wasm32-wasip1 is not installed"
    project = directory / "rust-greeting"
    shutil.copytree(_MANIFEST.parent, project)
    try:
        fetched = subprocess.run(
            [cargo, "fetch", f"--manifest-path={project / 'Cargo.toml'}"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"cargo did not get the SDK's crates in {_PATIENCE} seconds"
    if fetched.returncode != 0:
        return f"cargo cannot get the SDK's crates: {fetched.stderr.strip().splitlines()[-1]}"
    return None

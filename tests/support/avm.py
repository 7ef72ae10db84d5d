"""A real module that nobody here built: the Aqua virtual machine, as npm has it."""

import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

import platformdirs

PACKAGE = "@fluencelabs/avm@0.62.0"
MODULE_IN_PACKAGE = "package/dist/avm.wasm"


def fetch_avm(npm: str) -> Path:
    """The module's file, from the cache or, the first time, from npm.

    The cache is the directory that MREPL_TEST_CACHE names, else one in the user's cache.

    Args:
        npm: the path of the program `npm`.
    """
    cache = Path(os.environ.get("MREPL_TEST_CACHE") or platformdirs.user_cache_dir("mrepl-tests"))
    module = cache / "avm-0.62.0.wasm"
    if not module.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as directory:
            fetched = Path(directory) / "avm.wasm"
            fetched.write_bytes(_module_of(_pack(npm, Path(directory))))
            fetched.replace(module)  # at once: another test run may look for it
    return module


def _pack(npm: str, directory: Path) -> Path:
    process = subprocess.run(
        [npm, "pack", PACKAGE, "--pack-destination", str(directory)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if process.returncode != 0:
        raise RuntimeError(f"`npm pack {PACKAGE}` failed:\n{process.stderr}")
    (package,) = directory.glob("*.tgz")
    return package


def _module_of(package: Path) -> bytes:
    with tarfile.open(package) as archive:
        member = archive.extractfile(MODULE_IN_PACKAGE)
        assert member is not None, f"{MODULE_IN_PACKAGE} is no file"
        return member.read()

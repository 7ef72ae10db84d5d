"""Files that modules open are closed with the module."""

from pathlib import Path

import pytest

from runtime import ModuleConfig, Service, ServiceConfig, StartError, WasiConfig
from tests.support.modules import ABI, function_item, module

DESCRIPTORS = Path("/proc/self/fd")


def opener(body: str) -> bytes:
    """A module whose `open` creates the file `f` in its first directory and leaves it open."""
    return module(
        f"""(module
          (import "wasi_snapshot_preview1" "path_open" (func $path_open
            (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          {ABI}
          (data (i32.const 16) "f")
          (func $open (export "open") (result i32)
            (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1)
              (i32.const 1) (i64.const 0x42) (i64.const 0x42) (i32.const 0) (i32.const 32)))
          {body})""",
        [function_item("open", [], "I32")],
    )


def config(directory: Path, wasm: bytes) -> ServiceConfig:
    path = directory / "opener.wasm"
    path.write_bytes(wasm)
    wasi = WasiConfig(mapped_dirs={"data": directory})
    return ServiceConfig(modules=(ModuleConfig("opener", path, wasi=wasi),))


def open_files(name: str) -> int:
    """How often this process has a file of the name open."""
    found = 0
    for descriptor in DESCRIPTORS.iterdir():
        try:
            found += descriptor.readlink().name == name
        except FileNotFoundError:
            continue  # the one that listed them
    return found


needs_proc = pytest.mark.skipif(not DESCRIPTORS.exists(), reason="/proc counts open files")


@needs_proc
def test_unloading_a_module_closes_its_files(tmp_path: Path) -> None:
    with Service(config(tmp_path, opener(""))) as service:
        assert service.call("opener", "open") == 0
        assert open_files("f") == 1
        service.unload("opener")
        assert open_files("f") == 0


@needs_proc
def test_reloading_a_module_closes_its_files_and_gives_it_its_directories_again(
    tmp_path: Path,
) -> None:
    with Service(config(tmp_path, opener(""))) as service:
        for _ in range(2):
            assert service.call("opener", "open") == 0
            assert open_files("f") == 1
            service.reload("opener")
            assert open_files("f") == 0
        (tmp_path / "opener.wasm").write_bytes(opener('(func (export "_start") unreachable)'))
        assert service.call("opener", "open") == 0
        with pytest.raises(StartError):
            service.reload()
        assert open_files("f") == 1
        assert service.call("opener", "open") == 0


@needs_proc
def test_a_module_whose_start_fails_leaves_no_file_open(tmp_path: Path) -> None:
    with Service(config(tmp_path, opener(""))) as service:
        service.unload("opener")
        fails = opener('(func (export "_start") (drop (call $open)) unreachable)')
        broken = config(tmp_path, fails).modules[0]
        with pytest.raises(StartError):
            service._load(broken)
        assert (tmp_path / "f").exists()
        assert open_files("f") == 0

"""All that a module opens is closed with it, whatever went wrong in between."""

from pathlib import Path

import pytest
import wasmtime

from runtime.engine.engines import shared_engine
from runtime.engine.wasi.signatures import PREVIEW1, SIGNATURES
from tests.support.wasi_guest import CREATE, SUCCESS, Output, settings, single_guest, wasi_store

OPEN_IN_PROCESS = Path("/proc/self/fd")

pytestmark = pytest.mark.skipif(
    not OPEN_IN_PROCESS.exists(), reason="/proc shows the files that are open"
)

OPEN = """
  (func $open (result i32)
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 4)
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 64)))
    (i32.load (i32.const 64)))
  (data (i32.const 1024) "file")"""
CLOSING = "(drop (call $fd_close (call $open)))"
RENUMBERING = """
  (local.set $file (call $open))
  (drop (call $fd_renumber (call $open) (local.get $file)))
  (drop (call $fd_close (local.get $file)))"""


def _opened(file: Path) -> int:
    """How often this process has the file open."""
    links = [each.readlink() for each in OPEN_IN_PROCESS.iterdir() if each.is_symlink()]
    return links.count(file)


@pytest.mark.parametrize("result", [65, 66, 67])
def test_a_file_whose_number_goes_to_an_odd_place_can_be_closed(
    tmp_path: Path, result: int
) -> None:
    with single_guest(settings(directories={"data": tmp_path})) as guest:
        for number in range(5, 15):
            opening = (3, 0, *guest.put(b"file"), CREATE, 0x1FFFFFFF, 0, 0, result)
            assert guest.call("path_open", *opening) == SUCCESS
            assert guest.number(result) == number
        assert guest.call("fd_close", 5) == SUCCESS
        assert _opened(tmp_path / "file") == 9
        guest.wasi.close()
        assert _opened(tmp_path / "file") == 0


@pytest.mark.parametrize("body", [CLOSING, RENUMBERING], ids=["closing", "renumbering"])
def test_a_call_that_is_interrupted_while_it_opens_and_closes_leaves_nothing_open_for_good(
    tmp_path: Path, body: str
) -> None:
    (tmp_path / "file").touch()
    names = ("path_open", "fd_close", "fd_renumber")
    imports = (
        f'(import "{PREVIEW1}" "{name}" (func ${name} {SIGNATURES[name].text}))' for name in names
    )
    text = f"""(module {"".join(imports)} (memory (export "memory") 1) {OPEN}
      (func (export "run") (local $file i32) (loop $next {body} (br $next))))"""
    with wasi_store({"guest": settings(directories={"data": tmp_path})}) as opened:
        wasi = opened.wasi.prepare("guest", Output(), settings(directories={"data": tmp_path}))
        functions = [wasi.function(name) for name in names]
        instance = wasmtime.Instance(
            opened.store, wasmtime.Module(shared_engine(), text), functions
        )
        memory = opened.raw_store.export(instance, "memory")
        run = opened.raw_store.export(instance, "run")
        assert isinstance(memory, wasmtime.Memory)
        assert isinstance(run, wasmtime.Func)
        wasi.attach(memory)
        call = opened.raw_store.prepare(run, [], ())
        for _ in range(60):
            with (
                opened.interruption.running(0.003),
                pytest.raises(wasmtime.WasmtimeError, match="interrupted"),
            ):
                call()
            assert _opened(tmp_path / "file") == len(wasi.file_system().descriptors)
        wasi.close()
        assert _opened(tmp_path / "file") == 0

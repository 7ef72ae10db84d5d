"""Stops that come where no Wasm code of a module runs: in long conversions, while WASI is made."""

import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import wasmtime

from runtime import (
    Interruption,
    ModuleConfig,
    Service,
    ServiceConfig,
    StartError,
)
from runtime.adapters.lift import array_lifter
from runtime.adapters.lifting_memory import LiftingMemory
from runtime.adapters.numbers import PIECE, numbers_in
from runtime.engine.raw import MemoryView
from runtime.engine.wasi.module_wasi import ModuleWasi
from runtime.engine.wasmtime_c import ffi
from runtime.glue.unpacking import prepare_unpacking
from runtime.interface.types import ArrayType, Field, InterfaceType, RecordType, Scalar
from tests.support.homes import instantiate
from tests.support.modules import ABI, module
from tests.support.paths import PROJECT

LONG = 4 * PIECE
ROW = RecordType("Row", (Field("number", Scalar.U64), Field("text", Scalar.STRING)))


YIELD = '(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))'


class Stopped(Exception):
    """Raised in place of what ends a call."""


def stop() -> None:
    raise Stopped


def test_all_numbers_of_a_long_array_come_whatever_it_is_cut_into() -> None:
    count = 3 * PIECE // 2 + 5
    asked: list[None] = []
    numbers = numbers_in(
        struct.pack(f"<{count}H", *(number % 60_000 for number in range(count))),
        "H",
        2,
        lambda: asked.append(None),
    )
    assert numbers == [number % 60_000 for number in range(count)]
    assert len(asked) == 4


@pytest.mark.parametrize("element", [Scalar.U64, Scalar.F64, Scalar.BOOL, Scalar.STRING])
def test_lifting_one_long_array_ends_when_its_call_is_stopped(element: Scalar) -> None:
    home, close = instantiate(abi='(memory (export "memory") 64)')
    try:
        with pytest.raises(Stopped):
            array_lifter(element)(LiftingMemory(home.memory, stop), 0, LONG)
    finally:
        close()


@pytest.mark.parametrize(
    "element",
    [Scalar.U64, Scalar.BOOL, Scalar.STRING, ROW, ArrayType(Scalar.U8), ArrayType(Scalar.U64)],
)
def test_unpacking_a_long_result_ends_when_its_call_is_stopped(element: InterfaceType) -> None:
    # Nulls are empty texts and arrays; records are read where their pointers lead to: here too.
    view: MemoryView = ffi.buffer(ffi.from_buffer(struct.pack("<II", 8, LONG) + bytes(8 * LONG)))
    with pytest.raises(Stopped):
        prepare_unpacking(ArrayType(element), stop)(view, 0)
    found = prepare_unpacking(ArrayType(element))(view, 0)
    assert isinstance(found, list | bytes)
    assert len(found) == LONG


def test_a_load_that_is_stopped_while_its_wasi_is_set_up_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    interruption = Interruption()
    attach = ModuleWasi.attach

    def stop_and_attach(wasi: ModuleWasi, memory: wasmtime.Memory) -> None:
        call = interruption.running_call
        assert call is not None
        assert interruption._stop(call, None)
        attach(wasi, memory)

    monkeypatch.setattr(ModuleWasi, "attach", stop_and_attach)
    # With a memory limit, what the engine does to set it up includes Wasm code.
    path = tmp_path / "m.wasm"
    path.write_bytes(module(f"(module {YIELD} {ABI})", []))
    config = ServiceConfig((ModuleConfig("m", path),), total_memory_limit=1 << 20)
    with pytest.raises(StartError) as raised:
        Service(config, interruption=interruption)
    assert str(raised.value) == "the start of module 'm' failed: interrupted: the call was stopped"


INTERRUPTED_IMPORT = """
import os, signal, sys

class PressCtrlC:
    def find_spec(self, name, path, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)

{before}
sys.meta_path.insert(0, PressCtrlC())
{then}
"""


def _python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


def test_ctrl_c_while_orjson_is_imported_is_raised_and_crashes_nothing() -> None:
    then = (
        "try:\n    import runtime\n"
        "except KeyboardInterrupt:\n    import orjson; print(orjson.loads('[1]'))"
    )
    before = "assert 'orjson' not in sys.modules; assert 'uuid' not in sys.modules"
    done = _python(INTERRUPTED_IMPORT.format(name="uuid", before=before, then=then))
    assert (done.returncode, done.stdout, done.stderr) == (0, "[1]\n", "")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("argparse", -signal.SIGINT),
        ("mrepl.options", -signal.SIGINT),
        ("wasmtime", 130),
        ("mrepl.session", 130),
    ],
)
def test_ctrl_c_while_the_program_is_imported_ends_it_without_a_traceback(
    name: str, status: int
) -> None:
    then = (
        "import runpy\n"
        "sys.argv = ['mrepl', '-q', '-c', 'interface']\n"
        "runpy.run_module('mrepl', run_name='__main__')"
    )
    done = _python(INTERRUPTED_IMPORT.format(name=name, before="", then=then))
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")

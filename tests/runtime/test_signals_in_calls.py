"""What a signal handler raises during a call reaches the caller, wherever it comes in."""

import gc
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import ModuleConfig, Service, ServiceConfig, TimeLimitExceeded
from tests.support.modules import ABI, extern_item, function_item, module

PAGE = 65_536


def repeated(step: str) -> str:
    """The body of a function that does the step `$n` times and adds up what it gives."""
    return f"""(param $n i32) (result i32) (local $sum i32)
      (loop $again
        (local.set $sum (i32.add (local.get $sum) {step}))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum)"""


NUMBERS = module(
    f"""(module {ABI}
      (func (export "one") (result i32) (i32.const 1))
      (func (export "count") {repeated("(i32.const 1)")})
      (func (export "grow")
        {repeated("(i32.ne (i32.const -1) (memory.grow (i32.const 0)))")})
      (func (export "endless") (loop $again (br $again))))""",
    [
        function_item("one", [], "U32"),
        function_item("count", [("times", "U32")], "U32"),
        function_item("grow", [("times", "U32")], "U32"),
        function_item("endless", []),
    ],
)

FACADE = module(
    f"""(module (import "numbers" "one" (func $one (result i32))) {ABI}
      (func (export "ask") {repeated("(call $one)")}))""",
    [
        extern_item("numbers", ("one", [], "U32")),
        function_item("ask", [("times", "U32")], "U32"),
    ],
)

TALKER = module(
    f"""(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      {ABI}
      (data (i32.const 0) "\\10\\00\\00\\00\\01\\00\\00\\00")
      (func $say (result i32)
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (i32.load (i32.const 8)))
      (func (export "talk") {repeated("(call $say)")}))""",
    [function_item("talk", [("times", "U32")], "U32")],
)

CALLS: tuple[tuple[str, str, int, float | None], ...] = (
    ("numbers", "count", 2000, None),
    ("numbers", "count", 2000, 30),
    ("numbers", "grow", 30, None),
    ("facade", "ask", 15, None),
    ("facade", "ask", 15, 30),
    ("talker", "talk", 15, None),
)


class RaisedInHandler(BaseException):
    """Raised by a handler, as KeyboardInterrupt is by Ctrl-C's."""


def raise_in_handler(_number: int, _frame: object) -> None:
    raise RaisedInHandler


@pytest.fixture(autouse=True)
def no_garbage_collection() -> Iterator[None]:
    """Callbacks of the collector, such as those of hypothesis, lose what a handler raises."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.fixture(params=[None, 100 * PAGE], ids=["unlimited", "limited memory"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    modules = []
    for name, wasm in (("numbers", NUMBERS), ("facade", FACADE), ("talker", TALKER)):
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(wasm)
        modules.append(ModuleConfig(name, path))
    config = ServiceConfig(modules=tuple(modules), total_memory_limit=request.param)
    with Service(config, output=lambda _module, _descriptor, _data: None) as running:
        yield running


needs_timers = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system has no timers that send signals"
)


@needs_timers
def test_signals_at_random_moments_end_a_call_or_leave_it_right(service: Service) -> None:
    draw = random.Random(3)
    outcomes: Counter[str] = Counter()
    before = signal.signal(signal.SIGALRM, raise_in_handler)
    try:
        for _ in range(400):
            module_name, function, times, limit = draw.choice(CALLS)
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, draw.uniform(1e-6, 3e-4))
                    result = service.call(module_name, function, [times], timeout=limit)
                    outcomes["right"] += result == times
                    outcomes["wrong"] += result != times
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except RaisedInHandler:
                outcomes["interrupted"] += 1
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            for name, function, times, limit in CALLS:
                assert service.call(name, function, [times], timeout=limit) == times
            signal.signal(signal.SIGALRM, raise_in_handler)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert outcomes["interrupted"]
    assert not outcomes["wrong"]
    with pytest.raises(TimeLimitExceeded):
        service.call("numbers", "endless", timeout=0.02)


@needs_timers
def test_a_signal_in_endless_growth_ends_it(service: Service) -> None:
    before = signal.signal(signal.SIGALRM, raise_in_handler)
    try:
        for delay in (0.001, 0.003, 0.01):
            with pytest.raises((RaisedInHandler, TimeLimitExceeded)):  # noqa: PT012 - it may come at once
                signal.setitimer(signal.ITIMER_REAL, delay)
                service.call("numbers", "grow", [2**32 - 1], timeout=0.5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert service.call("numbers", "grow", [3]) == 3


def test_an_interruption_while_glue_is_made_is_raised_and_the_next_call_is_right(
    service: Service,
) -> None:
    service._parts.store._raw.fail_later(RaisedInHandler())  # as the memory pool does
    with pytest.raises(RaisedInHandler):
        service.call("numbers", "grow", [3])
    assert service.call("numbers", "grow", [3]) == 3


SCRIPT = """
import os, sys
from pathlib import Path
from runtime import ModuleConfig, Service, ServiceConfig

def output(module, descriptor, data):
    if data:
        os.write(1, b"ready\\n")  # at once, whatever interrupts it

config = ServiceConfig(modules=(ModuleConfig("talker", Path(sys.argv[1])),))
with Service(config, output=output) as service:
    try:
        service.call("talker", "talk", [2**32 - 1])
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    print(service.call("talker", "talk", [2]), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_from_outside_ends_a_call_and_the_next_one_is_right(tmp_path: Path) -> None:
    path = tmp_path / "talker.wasm"
    path.write_bytes(TALKER)
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        lines = [line for line in process.stdout if line != "ready\n"]
    assert (process.returncode, lines) == (0, ["interrupted\n", "2\n"])

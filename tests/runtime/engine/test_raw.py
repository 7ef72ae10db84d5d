"""The private bindings give what the public ones give."""

import math
import signal
import struct
import threading

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.raw import RawStore

NUMBERS = {
    "i32": st.integers(-(2**31), 2**31 - 1),
    "i64": st.integers(-(2**63), 2**63 - 1),
    "f32": st.floats(width=32),
    "f64": st.floats(),
}

IDENTITIES = "\n".join(
    f'(func (export "{name}") (param {name}) (result {name}) local.get 0)' for name in NUMBERS
)

PROGRAM = f"""(module
  (import "host" "mix" (func $mix (param i32 i64 f32 f64) (result f64)))
  (import "host" "note" (func $note (param i32)))
  (memory (export "memory") 2 5)
  {IDENTITIES}
  (func (export "mix") (param i32 i64 f32 f64) (result f64)
    local.get 0 local.get 1 local.get 2 local.get 3 call $mix)
  (func (export "note") (param i32) local.get 0 call $note)
  (func (export "grow") (param i32) (result i32) local.get 0 memory.grow)
  (func (export "divide") (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
  (func (export "endless") (loop $again br $again)))"""


class Program:
    def __init__(self) -> None:
        config = wasmtime.Config()
        config.epoch_interruption = True
        self.engine = wasmtime.Engine(config)
        self.store = wasmtime.Store(self.engine)
        self.store.set_epoch_deadline(1)
        self.raw = RawStore(self.store)
        self.noted: list[int] = []
        self.instance = wasmtime.Instance(
            self.store,
            wasmtime.Module(self.engine, PROGRAM),
            [
                self.raw.host_function(["i32", "i64", "f32", "f64"], ["f64"], self.mix),
                self.raw.host_function(["i32"], [], self.note),
            ],
        )

    def mix(self, small: int, large: int, single: float, double: float) -> float:
        return small + large + single + double

    def note(self, number: int) -> None:
        if number < 0:
            raise ValueError(f"no negative numbers: {number}")
        self.noted.append(number)

    def public(self, name: str) -> wasmtime.Func:
        function = self.instance.exports(self.store)[name]
        assert isinstance(function, wasmtime.Func)
        return function


@pytest.fixture(scope="module")
def program() -> Program:
    return Program()


def same(left: float, right: float) -> bool:
    return struct.pack("<d", left) == struct.pack("<d", right) or (
        math.isnan(left) and math.isnan(right)
    )


@pytest.mark.parametrize("number_type", NUMBERS)
def test_a_raw_call_gives_every_number_as_the_public_call_does(
    program: Program, number_type: str
) -> None:
    public = program.public(number_type)
    raw = program.raw.prepare(public, [number_type], [number_type])

    @given(NUMBERS[number_type])
    def check(number: float) -> None:
        result = raw(number)
        assert result is not None
        assert same(result, public(program.store, number))

    check()


@given(NUMBERS["i32"], NUMBERS["i64"], st.floats(-1e6, 1e6, width=32), st.floats(-1e6, 1e6))
def test_a_host_function_gets_all_its_arguments(
    small: int, large: int, single: float, double: float
) -> None:
    program = Program()
    mix = program.raw.prepare(program.public("mix"), ["i32", "i64", "f32", "f64"], ["f64"])
    assert mix(small, large, single, double) == program.mix(small, large, single, double)
    program.store.close()


def test_what_a_host_function_raises_reaches_the_caller_itself(program: Program) -> None:
    note = program.raw.prepare(program.public("note"), ["i32"], [])
    with pytest.raises(ValueError, match="no negative numbers: -7"):
        note(-7)
    assert note(7) is None
    assert program.noted == [7]


def test_a_trap_is_wasmtimes_own_and_the_next_call_works(program: Program) -> None:
    divide = program.raw.prepare(program.public("divide"), ["i32", "i32"], ["i32"])
    with pytest.raises(wasmtime.Trap) as raised:
        divide(1, 0)
    assert raised.value.trap_code is wasmtime.TrapCode.INTEGER_DIVISION_BY_ZERO
    assert divide(6, -3) == -2


def test_a_function_of_another_type_is_refused(program: Program) -> None:
    with pytest.raises(TypeError, match="expected a function"):
        program.raw.prepare(program.public("divide"), ["i32"], ["i32"])


def test_an_entry_call_runs_its_function_and_reports_its_trap() -> None:
    counted: list[object] = []
    store = wasmtime.Store(wasmtime.Engine())
    raw = RawStore(store)
    program = """(module (import "host" "count" (func $count (param i32)))
      (func (export "twice") (param i32) (call $count (local.get 0)) (call $count (local.get 0)))
      (func (export "trap") (param i32) unreachable) (func (export "other")))"""
    count = raw.host_function(["i32"], [], counted.append)
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, program), [count])
    exports = instance.exports(store)
    functions = {name: exports[name] for name in ("twice", "trap", "other")}
    entries = {}
    for name, function in functions.items():
        assert isinstance(function, wasmtime.Func)
        if name == "other":
            with pytest.raises(TypeError, match="expected a function"):
                raw.prepare_entry(function)
        else:
            entries[name] = raw.prepare_entry(function)
    entries["twice"](-1)
    with pytest.raises(wasmtime.Trap, match="unreachable"):
        entries["trap"](0)
    entries["twice"](7)
    assert counted == [-1, -1, 7, 7]
    store.close()


def test_what_is_to_be_raised_later_ends_the_next_call_alone(program: Program) -> None:
    divide = program.raw.prepare(program.public("divide"), ["i32", "i32"], ["i32"])
    program.raw.fail_later(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        divide(6, 3)
    assert divide(6, 3) == 2


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers that send signals")
@pytest.mark.parametrize("signals", [["SIGALRM"], ["SIGALRM", "SIGVTALRM"]], ids=["one", "two"])
def test_what_handlers_raise_before_a_callbacks_first_instruction_is_raised_by_the_call(
    signals: list[str],
) -> None:
    """The signals come while the Wasm code spins, so the handlers run as the callback begins."""
    timers = {"SIGALRM": signal.ITIMER_REAL, "SIGVTALRM": signal.ITIMER_VIRTUAL}
    noted: list[int] = []
    store = wasmtime.Store(wasmtime.Engine())
    raw = RawStore(store)
    program = """(module (import "host" "note" (func $note (result i32)))
      (func (export "spin") (param $n i32) (result i32)
        (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (drop (call $note)) (call $note)))"""

    def take_note() -> int:
        noted.append(1)
        return len(noted)

    note = raw.host_function([], ["i32"], take_note)
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, program), [note])
    function = raw.export(instance, "spin")
    assert isinstance(function, wasmtime.Func)
    spin = raw.prepare(function, ["i32"], ["i32"])

    def fail(number: int, _frame: object) -> None:
        raise LookupError(number)

    before = {name: signal.signal(getattr(signal, name), fail) for name in signals}
    try:
        for name in signals:
            signal.setitimer(timers[name], 0.005)
        with pytest.raises(LookupError):
            spin(200_000_000)
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
    assert not noted
    assert spin(1) == 2
    store.close()


def test_one_export_is_found_as_among_all_exports(program: Program) -> None:
    memory = program.raw.export(program.instance, "memory")
    assert isinstance(memory, wasmtime.Memory)
    assert memory.size(program.store) == 2
    assert program.raw.export(program.instance, "absent") is None


def test_a_memorys_view_follows_its_growth_and_shares_its_bytes() -> None:
    program = Program()
    memory = program.instance.exports(program.store)["memory"]
    assert isinstance(memory, wasmtime.Memory)
    view = program.raw.memory(memory)
    grow = program.raw.prepare(program.public("grow"), ["i32"], ["i32"])
    assert len(view()) == memory.data_len(program.store) == 2 * 65536
    assert grow(1) == 2
    assert len(view()) == memory.data_len(program.store) == 3 * 65536
    view()[70_000:70_003] = b"abc"
    assert memory.read(program.store, 69_999, 70_004) == b"\0abc\0"
    memory.write(program.store, b"xyz", 3 * 65536 - 3)
    assert view()[3 * 65536 - 3 : 3 * 65536] == b"xyz"


def test_an_epoch_tick_stops_only_the_store_that_must_not_go_on() -> None:
    program = Program()
    asked = threading.Event()
    stop = threading.Event()
    ended = threading.Event()

    def may_continue() -> bool:
        asked.set()
        return not stop.is_set()

    program.raw.on_epoch(may_continue)
    endless = program.raw.prepare(program.public("endless"), [], [])

    def tick_until_ended() -> None:
        while not ended.wait(0.005):
            program.engine.increment_epoch()
            if asked.is_set():
                stop.set()

    ticking = threading.Thread(target=tick_until_ended)
    ticking.start()
    with pytest.raises(wasmtime.WasmtimeError):
        endless()
    ended.set()
    ticking.join()
    assert asked.is_set()

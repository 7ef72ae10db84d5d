"""A call is stopped on request and by its time limit, and only then."""

import threading
from pathlib import Path

import pytest
import wasmtime

from runtime import ModuleConfig, Service, ServiceConfig, WasiConfig
from runtime.engine.interruption import Interruption
from runtime.engine.raw import RawCall, RawStore
from runtime.errors import ConfigError, Interrupted, TimeLimitExceeded

PROGRAM = """(module
  (func (export "endless") (loop $again br $again))
  (func (export "short")))"""


class Program:
    def __init__(self, engine: wasmtime.Engine) -> None:
        store = wasmtime.Store(engine)
        self.raw = RawStore(store)
        self.interruption = Interruption()
        self.interruption.attach(engine.increment_epoch)
        self.raw.on_epoch(self.interruption.may_continue)
        self.instance = wasmtime.Instance(store, wasmtime.Module(engine, PROGRAM), [])
        self.endless = self.function("endless")
        self.short = self.function("short")

    def function(self, name: str) -> RawCall:
        function = self.raw.export(self.instance, name)
        assert isinstance(function, wasmtime.Func)
        return self.raw.prepare(function, [], [])


@pytest.fixture
def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.epoch_interruption = True
    return wasmtime.Engine(config)


def test_a_request_from_another_thread_stops_an_endless_call(engine: wasmtime.Engine) -> None:
    program = Program(engine)

    def request() -> None:
        while not program.interruption.request():
            pass

    other = threading.Thread(target=request)
    other.start()
    with program.interruption.running(None):
        with pytest.raises(wasmtime.WasmtimeError):
            program.endless()
        error = program.interruption.error()
    other.join()
    assert type(error) is Interrupted
    with program.interruption.running(None):
        program.short()
        assert program.interruption.error() is None


def test_a_time_limit_stops_an_endless_call_and_says_how_long_it_was(
    engine: wasmtime.Engine,
) -> None:
    program = Program(engine)
    for limit in (0.05, 0.01):
        with program.interruption.running(limit):
            with pytest.raises(wasmtime.WasmtimeError):
                program.endless()
            error = program.interruption.error()
        assert isinstance(error, TimeLimitExceeded)
        assert f"time limit of {limit} s" in error.message
    program.interruption.close()


def test_a_request_without_a_call_stops_nothing(engine: wasmtime.Engine) -> None:
    program = Program(engine)
    assert not program.interruption.request()
    with program.interruption.running(None):
        program.short()
        assert program.interruption.error() is None


def test_one_stores_time_limit_leaves_another_store_running(engine: wasmtime.Engine) -> None:
    stopped, unharmed = Program(engine), Program(engine)
    results: list[bool] = []

    def run_unharmed() -> None:
        with unharmed.interruption.running(None):
            try:
                unharmed.endless()
            except wasmtime.WasmtimeError:
                results.append(isinstance(unharmed.interruption.error(), Interrupted))

    other = threading.Thread(target=run_unharmed)
    other.start()
    with stopped.interruption.running(0.05), pytest.raises(wasmtime.WasmtimeError):
        stopped.endless()
    assert other.is_alive()
    assert not results
    while not unharmed.interruption.request():
        pass
    other.join()
    assert results == [True]
    stopped.interruption.close()


def test_a_request_that_was_seen_means_no_later_call() -> None:
    interruption = Interruption()
    interruption.begin(None)
    assert interruption.request()
    assert interruption.requested.is_set()
    interruption.end()
    assert not interruption.requested.is_set()
    interruption.begin(None)
    assert not interruption.requested.is_set()
    assert interruption.error() is None
    interruption.end()
    interruption.close()


def test_a_call_that_never_ended_is_forgotten_with_the_next(engine: wasmtime.Engine) -> None:
    program = Program(engine)
    program.interruption.begin(None)
    assert program.interruption.request()
    with program.interruption.running(None):
        program.short()
        assert program.interruption.error() is None
    with program.interruption.running(0.01), pytest.raises(wasmtime.WasmtimeError):
        program.endless()
    program.interruption.close()


def test_a_second_service_is_refused_the_interruption_of_another_until_that_is_closed() -> None:
    interruption = Interruption()
    with Service(interruption=interruption):
        for _ in range(2):
            with pytest.raises(ConfigError, match="one of its own for each service"):
                Service(interruption=interruption)
    Service(interruption=interruption).close()


def test_a_service_that_cannot_be_created_leaves_its_interruption_to_the_next(
    tmp_path: Path,
) -> None:
    interruption = Interruption()
    wasi = WasiConfig(environment={"A=B": "x"})
    config = ServiceConfig((ModuleConfig("m", tmp_path / "m.wasm", wasi=wasi),))
    with pytest.raises(ConfigError, match="must not contain '='"):
        Service(config, interruption=interruption)
    Service(interruption=interruption).close()


def test_no_thread_watches_time_limits_after_the_end(engine: wasmtime.Engine) -> None:
    interruption = Program(engine).interruption
    with interruption.running(60.0):
        assert interruption._alarm is not None
    interruption.close()
    with interruption.running(60.0):
        assert interruption._alarm is None

"""A service between threads, inside its own calls, in a forked process and at the stack's end."""

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime import (
    CallDepthExceeded,
    CallError,
    Interrupted,
    ModuleConfig,
    NoSuchModule,
    Service,
    ServiceClosed,
    ServiceConfig,
    TimeLimitExceeded,
)
from tests.support.modules import ABI, extern_item, function_item, module

NUMBERS = module(
    f"""(module {ABI}
      (func (export "double") (param i32) (result i32) (i32.mul (i32.const 2) (local.get 0)))
      (func (export "endless") (loop $again (br $again))))""",
    [function_item("double", [("x", "U32")], "U32"), function_item("endless", [])],
)

FACADE = module(
    f"""(module (import "numbers" "double" (func $double (param i32) (result i32))) {ABI}
      (func (export "quadruple") (param i32) (result i32)
        (call $double (call $double (local.get 0)))))""",
    [
        extern_item("numbers", ("double", [("x", "U32")], "U32")),
        function_item("quadruple", [("x", "U32")], "U32"),
    ],
)

TALKER = module(
    f"""(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      {ABI}
      (data (i32.const 16) "x")
      (func $say
        (i32.store (i32.const 0) (i32.const 16))
        (i32.store (i32.const 4) (i32.const 1))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
      (func (export "talk") (call $say))
      (func (export "talk_on") (loop $again (call $say) (br $again))))""",
    [function_item("talk", []), function_item("talk_on", [])],
)


@pytest.fixture
def config(tmp_path: Path) -> ServiceConfig:
    modules = []
    for name, wasm in (("numbers", NUMBERS), ("facade", FACADE), ("talker", TALKER)):
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(wasm)
        modules.append(ModuleConfig(name, path))
    return ServiceConfig(modules=tuple(modules))


@pytest.fixture
def service(config: ServiceConfig) -> Iterator[Service]:
    with Service(config) as running:
        yield running


class Talk:
    """A service's output that runs something of the test's while the service is calling it."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.action: Callable[[], object] = self.started.set

    def __call__(self, _module: str, _descriptor: int, _data: bytes) -> None:
        self.action()


def test_closing_a_service_stops_the_call_of_another_thread(config: ServiceConfig) -> None:
    talk = Talk()
    service = Service(config, output=talk)
    errors: list[BaseException] = []

    def call() -> None:
        try:
            service.call("talker", "talk_on")
        except CallError as error:
            errors.append(error)

    other = threading.Thread(target=call)
    other.start()
    talk.started.wait()
    service.close()
    other.join()
    assert [type(error) for error in errors] == [Interrupted]
    with pytest.raises(ServiceClosed):
        service.statistics()


@pytest.mark.parametrize(
    "use",
    [
        lambda service: service.call("numbers", "double", 1),
        lambda service: service.statistics(),
        lambda service: service.unload("numbers"),
        lambda service: service.close(),
    ],
    ids=["call", "statistics", "unload", "close"],
)
def test_what_a_service_calls_cannot_use_that_service(
    config: ServiceConfig, use: Callable[[Service], object]
) -> None:
    talk = Talk()
    with Service(config, output=talk) as service:
        talk.action = lambda: use(service)
        with pytest.raises(CallError, match=r"use its own service .* do it after the call"):
            service.call("talker", "talk")
        assert service.call("numbers", "double", 4) == 8


class ActingList(list[int]):
    """Arguments that do something when they are converted, which is after the function is found."""

    def __init__(self, action: Callable[[], object]) -> None:
        super().__init__([1])
        self.action = action

    def __len__(self) -> int:
        self.action()
        return super().__len__()


def test_a_call_whose_module_is_unloaded_before_its_turn_says_so(service: Service) -> None:
    def unload() -> None:
        if "numbers" in [each.name for each in service.interface()]:
            service.unload("numbers", force=True)

    with pytest.raises(NoSuchModule, match="no module 'numbers' is loaded"):
        service.call("numbers", "double", ActingList(unload))


def test_a_call_whose_module_is_replaced_before_its_turn_says_so(
    service: Service, config: ServiceConfig
) -> None:
    def replace() -> None:
        service.unload("numbers", force=True)
        service.load("numbers", config.modules[0].path)

    with pytest.raises(CallError, match="'numbers' was loaded anew while this call waited"):
        service.call("numbers", "double", ActingList(replace))
    assert service.call("numbers", "double", [1]) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_limited_call_in_a_forked_process_is_stopped(config: ServiceConfig) -> None:
    with Service(config, timeout=60) as service:
        assert service.call("numbers", "double", 1) == 2
        child = os.fork()
        if not child:
            status = 1
            try:
                signal.alarm(30)
                service.call("numbers", "endless", timeout=0.02)
            except TimeLimitExceeded:
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0


def test_at_the_end_of_pythons_stack_a_call_is_right_or_refused(service: Service) -> None:
    def deeply(frames: int) -> object:
        return deeply(frames - 1) if frames else service.call("facade", "quadruple", 3)

    outcomes: Counter[object] = Counter()
    for frames in range(sys.getrecursionlimit() - 300, sys.getrecursionlimit()):
        try:
            outcomes[deeply(frames)] += 1
        except (CallDepthExceeded, RecursionError) as error:
            outcomes[type(error)] += 1
    assert set(outcomes) <= {12, CallDepthExceeded, RecursionError}
    assert outcomes[12]
    assert outcomes[CallDepthExceeded]
    assert service.call("facade", "quadruple", 3) == 12


def test_ctrl_c_in_a_call_that_python_takes_part_in_stops_it(config: ServiceConfig) -> None:
    talk = Talk()
    talk.action = lambda: signal.raise_signal(signal.SIGINT)
    with Service(config, output=talk) as service:
        with pytest.raises(KeyboardInterrupt):
            service.call("talker", "talk_on")
        assert service.call("numbers", "double", 4) == 8


def test_importers_of_an_unloaded_module_do_not_hold_its_successor(
    service: Service, config: ServiceConfig
) -> None:
    service.unload("numbers", force=True)
    with pytest.raises(NoSuchModule):
        service.environment("numbers")
    service.load("numbers", config.modules[0].path)
    service.unload("numbers")  # the facade is still linked to the one before
    assert [each.name for each in service.interface()] == ["facade", "talker"]

"""Errors say which module was stopped in the middle of its work, and what makes it sound again."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import (
    AdapterError,
    ArgumentsError,
    HostFunctionError,
    MarineError,
    MemoryLimitExceeded,
    NoSuchModule,
    Service,
    ServiceConfig,
    StartError,
    Trap,
    host_function,
)
from tests.support.asking import asking_module
from tests.support.busy_module import BUSY
from tests.support.modules import ABI, extern_item, function_item, module
from tests.support.paths import FIXTURES

FAULTS = FIXTURES / "faults" / "artifacts" / "faults.wasm"
MIDWAY = "was stopped midway, its state may be inconsistent: "

COUNTER = f"""(module {ABI} (global $count (mut i32) (i32.const 0))
  (func (export "increase") (param $fails i32) (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (if (local.get $fails) (then unreachable))
    (global.get $count))
  (func (export "give") (global.set $pointer (i32.const -1)) (global.set $size (i32.const 9))))"""
INCREASE = ("increase", [("fails", "Boolean")], "U32")
GIVE: tuple[str, list[tuple[str, object]], object] = ("give", [], "Utf8String")

ASKING = f"""(module
  (import "counter" "increase" (func $increase (param i32) (result i32)))
  (import "counter" "give" (func $give)) {ABI}
  (func (export "increase") (param i32) (result i32) (call $increase (local.get 0)))
  (func (export "give") (call $give)))"""


def _counter() -> bytes:
    return module(COUNTER, [function_item(*INCREASE), function_item(*GIVE)])


def _asking() -> bytes:
    items = [function_item(*INCREASE), function_item(*GIVE)]
    return module(ASKING, [extern_item("counter", INCREASE, GIVE), *items])


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """With `counter`, which `asking` imports, from files."""
    with Service() as service:
        for name, wasm in (("counter", _counter()), ("asking", _asking())):
            path = tmp_path / f"{name}.wasm"
            path.write_bytes(wasm)
            service.load(name, path)
        yield service


def _error(service: Service, function: str, *arguments: bool, name: str = "asking") -> MarineError:
    with pytest.raises(MarineError) as raised:
        service.call(name, function, [*arguments])
    return raised.value


def test_to_reload_the_module_that_an_error_names_makes_all_of_them_new(service: Service) -> None:
    assert service.call("asking", "increase", [False]) == 1
    error = _error(service, "increase", True)
    assert isinstance(error, Trap)
    assert error.torn_module == "counter"
    assert str(error).endswith(f"\n  module 'counter' {MIDWAY}reload it to start it anew")
    assert service.call("asking", "increase", [False]) == 3  # as the trap left it
    assert error.torn_module is not None
    reloaded = service.reload(error.torn_module)
    assert [each.name for each in reloaded] == ["counter", "asking"]
    assert service.call("asking", "increase", [False]) == 1


def test_a_bad_result_stops_the_modules_that_wait_for_it_only(service: Service) -> None:
    alone = _error(service, "give", name="counter")
    assert isinstance(alone, AdapterError)
    assert alone.torn_module is None
    assert MIDWAY not in str(alone)
    passed = _error(service, "give")
    assert isinstance(passed, AdapterError)
    assert passed.torn_module == "counter"
    assert MIDWAY in str(passed)


def test_wrong_arguments_stop_nothing(service: Service) -> None:
    error = _error(service, "increase")
    assert isinstance(error, ArgumentsError)
    assert error.torn_module is None


def test_a_module_that_calls_one_that_was_unloaded_is_stopped(service: Service) -> None:
    service.unload("counter", force=True)
    error = _error(service, "increase", False)
    assert isinstance(error, NoSuchModule)
    assert error.torn_module == "asking"


def test_a_module_whose_host_function_fails_is_stopped(tmp_path: Path) -> None:
    @host_function
    def fail() -> None:
        raise ValueError("no")

    wat = f"""(module (import "host" "fail" (func $fail)) {ABI}
      (func (export "ask") (call $fail)))"""
    path = tmp_path / "my module.wasm"
    path.write_bytes(module(wat, [extern_item("host", ("fail", [], None)),
                                  function_item("ask", [])]))  # fmt: skip
    with Service(modules=[path], host_functions=[fail]) as service:
        error = _error(service, "ask", name="my module")
        assert isinstance(error, HostFunctionError)
        assert error.torn_module == "my module"
        assert str(error).endswith(f"module 'my module' {MIDWAY}reload it to start it anew")


def test_a_module_whose_output_fails_is_stopped() -> None:
    with Service() as other:
        other.load("counter", _counter())

        def trap_elsewhere(_module: str, _descriptor: int, _data: bytes) -> None:
            other.call("counter", "increase", [True])

        with Service(output=trap_elsewhere) as service:
            service.load("busy", BUSY)
            error = _error(service, "say", name="busy")
    assert isinstance(error, HostFunctionError)
    assert isinstance(error.__cause__, Trap)
    assert error.torn_module == "busy"
    assert str(error).endswith(f"\n  module 'busy' {MIDWAY}load it anew")


def test_a_module_without_a_file_is_to_be_loaded_anew() -> None:
    with Service() as service:
        service.load("counter", _counter())
        error = _error(service, "increase", True, name="counter")
        assert str(error).endswith(f"\n  module 'counter' {MIDWAY}load it anew")


def test_a_start_that_fails_in_another_module_stops_that_one() -> None:
    wat = f"""(module (import "counter" "increase" (func $increase (param i32) (result i32))) {ABI}
      (func (export "_initialize") (drop (call $increase (i32.const 1)))))"""
    with Service() as service:
        service.load("counter", _counter())
        with pytest.raises(StartError) as raised:
            service.load("late", module(wat, [extern_item("counter", INCREASE)]))
        assert raised.value.torn_module == "counter"
        assert str(raised.value).endswith(f"\n  module 'counter' {MIDWAY}load it anew")


def test_a_call_that_fails_for_want_of_memory_says_so_too() -> None:
    wat = f"""(module {ABI} (func (export "take")
      (drop (memory.grow (i32.const 1000))) unreachable))"""
    with Service(ServiceConfig(total_memory_limit=1 << 20)) as service:
        service.load("m", module(wat, [function_item("take", [])]))
        with pytest.raises(MemoryLimitExceeded) as raised:
            service.call("m", "take")
        assert raised.value.torn_module == "m"
        assert str(raised.value).count(MIDWAY) == 1


def test_errors_are_passed_between_processes_with_the_module_that_was_stopped() -> None:
    with Service(modules=[FAULTS]) as service:
        error = _error(service, "trap", name="faults")
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, Trap)
    assert again.torn_module == "faults"
    assert str(again) == str(error)


def test_an_error_that_another_service_caused_speaks_of_no_module_of_that_one() -> None:
    with Service(modules=[FAULTS]) as other:

        @host_function(name="f")
        def fail() -> None:
            other.call("faults", "trap")

        def fail_to_take(_module: str, _descriptor: int, _data: bytes) -> None:
            other.call("faults", "trap")

        with Service(host_functions=[fail], output=fail_to_take) as service:
            service.load("asking", asking_module())
            service.load("busy", BUSY)
            for module_name, function in (("asking", "ask"), ("busy", "say")):
                error = _error(service, function, name=module_name)
                assert isinstance(error, HostFunctionError)
                assert "Trap: faults.trap: trap: unreachable" in str(error)
                assert "'faults' was stopped" not in str(error)
                assert str(error).endswith(f"\n  module {module_name!r} {MIDWAY}load it anew")
                assert "'faults' was stopped midway" in str(error.__cause__)

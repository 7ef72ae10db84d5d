"""A service as its callers see it: values, errors, limits, and life after errors."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import (
    AdapterError,
    ArgumentsError,
    CallError,
    ConfigError,
    DuplicateModule,
    Engine,
    Interrupted,
    Interruption,
    JsonValue,
    MemoryLimitExceeded,
    ModuleConfig,
    ModuleFileError,
    NoSuchFunction,
    NoSuchModule,
    Service,
    ServiceClosed,
    ServiceConfig,
    StartError,
    TimeLimitExceeded,
    Trap,
)
from tests.support.modules import ABI, function_item, module, vector

PAGE = 65536

SAMPLE = module(
    f"""(module {ABI}
      (func (export "echo") (param $pointer i32) (param $size i32)
        (call $set_result_ptr (local.get $pointer)) (call $set_result_size (local.get $size)))
      (func (export "bytes") (param $pointer i32) (param $size i32)
        (call $set_result_ptr (local.get $pointer)) (call $set_result_size (local.get $size)))
      (func (export "place") (param $pointer i32) (param $size i32)
        (call $set_result_ptr (local.get $pointer)) (call $set_result_size (local.get $size)))
      (func (export "narrow") (param i32) (result i32) (local.get 0))
      (func (export "endless") (loop $again (br $again)))
      (func $deep (export "deep") (param i32) (result i32)
        (i32.add (i32.const 1) (call $deep (local.get 0))))
      (func (export "divide") (param i32 i32) (result i32)
        (i32.div_s (local.get 0) (local.get 1)))
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "grow_or_trap") (param i32)
        (if (i32.eq (memory.grow (local.get 0)) (i32.const -1)) (then unreachable))))""",
    [
        function_item("echo", [("text", "Utf8String")], "Utf8String"),
        function_item("bytes", [("data", vector("U8"))], vector("U8")),
        function_item("place", [("pointer", "U32"), ("size", "U32")], "Utf8String"),
        function_item("narrow", [("value", "I32")], "U8"),
        function_item("endless", []),
        function_item("deep", [("value", "I32")], "I32"),
        function_item("divide", [("left", "I32"), ("right", "I32")], "I32"),
        function_item("grow", [("pages", "I32")], "I32"),
        function_item("grow_or_trap", [("pages", "I32")]),
    ],
)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample.wasm"
    path.write_bytes(SAMPLE)
    return path


@pytest.fixture
def service(sample: Path) -> Iterator[Service]:
    with Service(ServiceConfig(modules=(ModuleConfig("sample", sample),))) as running:
        yield running


def answers(service: Service) -> bool:
    """Whether the service still gives the right result."""
    return service.call("sample", "echo", ["still here"]) == "still here"


def test_json_sees_numbers_where_python_sees_bytes(service: Service) -> None:
    assert service.call("sample", "bytes", [b"\0\xff"]) == b"\0\xff"
    assert service.call_json("sample", "bytes", [[0, 255]]) == [0, 255]


@pytest.mark.parametrize("text", ["", "John", "żółw 🐢", "a\0b", "x" * 300_000])
def test_a_string_comes_back_as_it_was(service: Service, text: str) -> None:
    assert service.call("sample", "echo", [text]) == text


def test_an_unknown_module_or_function_is_named_with_its_nearest(service: Service) -> None:
    with pytest.raises(NoSuchModule, match=r"no module 'sampel' is loaded; did you mean 'sample'"):
        service.call("sampel", "echo", ["x"])
    with pytest.raises(NoSuchFunction, match=r"no public function 'ecko'; did you mean 'echo'"):
        service.call("sample", "ecko", ["x"])
    with pytest.raises(NoSuchFunction, match="no public function 'allocate'"):
        service.call("sample", "allocate", [1, 1])


def test_all_wrong_arguments_are_told_at_once(service: Service) -> None:
    with pytest.raises(ArgumentsError) as raised:
        service.call("sample", "divide", ["four", 2**31])
    assert [problem.path for problem in raised.value.problems] == ["args[0]", "args[1]"]
    assert answers(service)


def test_a_trap_tells_its_kind_and_place_and_the_service_lives(service: Service) -> None:
    with pytest.raises(Trap) as raised:
        service.call("sample", "divide", [1, 0])
    assert raised.value.trap == "integer divide by zero"
    assert (raised.value.module, raised.value.function) == ("sample", "divide")
    assert raised.value.backtrace[0].module == "sample"
    assert "sample.divide: trap: integer divide by zero" in raised.value.message
    assert answers(service)


def test_endless_recursion_is_a_stack_overflow_not_a_crash(service: Service) -> None:
    with pytest.raises(Trap) as raised:
        service.call("sample", "deep", [1])
    assert raised.value.trap == "stack overflow"
    assert answers(service)


@pytest.mark.parametrize(
    ("pointer", "size"), [(0, 2**32 - 1), (2**32 - 1, 1), (2**31, 2**31), (4 * PAGE - 1, 2)]
)
def test_a_result_outside_memory_is_an_error_of_its_instruction(
    service: Service, pointer: int, size: int
) -> None:
    with pytest.raises(AdapterError) as raised:
        service.call("sample", "place", [pointer, size])
    assert raised.value.instruction == "string.lift_memory"
    assert raised.value.message == (
        "export adapter sample.place, instruction 7 (string.lift_memory): "
        f"pointer {pointer} and length {size} lie outside the module's memory "
        f"of {4 * PAGE} bytes"
    )
    assert answers(service)


def test_a_result_out_of_its_types_range_is_an_error_with_type_and_value(
    service: Service,
) -> None:
    with pytest.raises(AdapterError, match=r"the i32 300 does not fit u8 \(0 to 255\)"):
        service.call("sample", "narrow", [300])
    assert service.call("sample", "narrow", [255]) == 255


def test_a_time_limit_ends_a_call_and_the_next_one_works(service: Service) -> None:
    with pytest.raises(TimeLimitExceeded, match=r"time limit of 0\.02 s"):
        service.call("sample", "endless", timeout=0.02)
    assert answers(service)


def test_a_time_limit_holds_for_every_call_of_a_service(sample: Path) -> None:
    config = ServiceConfig(modules=(ModuleConfig("sample", sample),))
    with Service(config, timeout=0.02) as limited:
        for _ in range(2):
            with pytest.raises(TimeLimitExceeded):
                limited.call("sample", "endless")
        assert answers(limited)


@pytest.mark.parametrize("limit", [0, -1.0, float("nan")])
def test_a_time_limit_that_is_no_time_is_refused(service: Service, limit: float) -> None:
    with pytest.raises(CallError, match="a time limit must be a number of seconds above 0"):
        service.call("sample", "echo", ["x"], timeout=limit)
    assert answers(service)


def test_a_broken_module_given_as_bytes_is_named(service: Service) -> None:
    with pytest.raises(ModuleFileError, match=r"module 'b': .*begins with 6e 6f 6e 65"):
        service.load("b", b"none")


def test_another_thread_can_interrupt_a_call(service: Service) -> None:
    ended = threading.Event()

    def interrupt_until_ended() -> None:
        while not ended.wait(0.005):
            service.interrupt()

    other = threading.Thread(target=interrupt_until_ended)
    other.start()
    with pytest.raises(Interrupted):
        service.call("sample", "endless")
    ended.set()
    other.join()
    assert answers(service)


def test_threads_that_call_one_service_wait_for_each_other(service: Service) -> None:
    results: list[object] = []

    def call_often(text: str) -> None:
        results.extend(service.call("sample", "echo", [text]) for _ in range(200))

    threads = [threading.Thread(target=call_often, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["one"] * 200 + ["two"] * 200


def test_a_memory_limit_is_exact_for_all_modules_together(sample: Path) -> None:
    config = ServiceConfig(
        modules=(ModuleConfig("a", sample), ModuleConfig("b", sample)),
        total_memory_limit=10 * PAGE,
    )
    with Service(config) as limited:
        assert limited.call("a", "grow", [1]) == 4
        assert limited.call("b", "grow", [2]) == -1
        assert limited.call("b", "grow", [1]) == 4
        assert limited.call("a", "grow", [1]) == -1
        assert limited.statistics().rejected_allocations == 2
        assert [each.memory_bytes for each in limited.statistics().modules] == [5 * PAGE] * 2
        with pytest.raises(MemoryLimitExceeded) as raised:
            limited.call("a", "grow_or_trap", [7])
        assert raised.value.message.startswith(
            f"out of memory: limit {10 * PAGE} bytes, 1 rejected growth: "
            "a.grow_or_trap: trap: unreachable executed"
        )
        assert limited.call("a", "echo", ["still here"]) == "still here"


def test_a_module_that_does_not_fit_the_memory_limit_is_refused(sample: Path) -> None:
    config = ServiceConfig(modules=(ModuleConfig("a", sample),), total_memory_limit=6 * PAGE)
    with Service(config) as limited:
        with pytest.raises(MemoryLimitExceeded, match="module 'b' cannot be instantiated"):
            limited.load("b", sample)
        assert limited.call("a", "grow", [2]) == 4


def test_a_modules_own_limit_holds_for_it_alone_and_a_trap_mentions_it(sample: Path) -> None:
    config = ServiceConfig(
        modules=(ModuleConfig("sample", sample, max_memory=6 * PAGE), ModuleConfig("b", sample))
    )
    with Service(config) as limited:
        assert limited.call("sample", "grow", [2]) == 4
        assert limited.call("sample", "grow", [1]) == -1
        assert limited.call("b", "grow", [20]) == 4
        assert limited.statistics().modules[0].max_memory_bytes == 6 * PAGE
        with pytest.raises(Trap, match=f"memory of module 'sample' is at its limit of {6 * PAGE}"):
            limited.call("sample", "grow_or_trap", [1])
        assert answers(limited)


def test_a_module_larger_than_its_own_limit_is_refused(sample: Path) -> None:
    config = ServiceConfig(modules=(ModuleConfig("sample", sample, max_memory=3 * PAGE),))
    with pytest.raises(ModuleFileError, match=r"at least 262144 bytes \(4 of 64 KiB\)"):
        Service(config)


def test_a_name_is_given_once(service: Service, sample: Path) -> None:
    with pytest.raises(DuplicateModule, match="module with name 'sample' already loaded"):
        service.load("sample", sample)


def test_a_missing_file_is_told_with_its_path(service: Service, tmp_path: Path) -> None:
    with pytest.raises(ModuleFileError, match=r"cannot read .*absent\.wasm: No such file"):
        service.load("absent", tmp_path / "absent.wasm")


def test_a_closed_service_says_so(service: Service) -> None:
    service.close()
    service.close()
    with pytest.raises(ServiceClosed):
        service.call("sample", "echo", ["x"])
    with pytest.raises(ServiceClosed):
        service.interface()
    with pytest.raises(ServiceClosed), service:
        pytest.fail("a closed service was entered")


TALKER = module(
    f"""(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      {ABI}
      (data (i32.const 16) "hello")
      (func (export "talk")
        (i32.store (i32.const 0) (i32.const 16))
        (i32.store (i32.const 4) (i32.const 5))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))""",
    [function_item("talk", [])],
)


@pytest.fixture
def talker(tmp_path: Path) -> ModuleConfig:
    path = tmp_path / "talker.wasm"
    path.write_bytes(TALKER)
    return ModuleConfig("talker", path)


def test_an_exception_in_the_output_sink_is_the_calls_error(talker: ModuleConfig) -> None:
    heard: list[tuple[str, int, bytes]] = []

    def listen(module_name: str, descriptor: int, data: bytes) -> None:
        if heard:
            raise OSError("the pipe is broken")
        heard.append((module_name, descriptor, data))

    with Service(ServiceConfig(modules=(talker,)), output=listen) as service:
        service.call("talker", "talk")
        assert heard == [("talker", 1, b"hello")]
        with pytest.raises(CallError, match="the pipe is broken"):
            service.call("talker", "talk")


def test_ctrl_c_while_python_runs_inside_a_limited_service_is_raised_after_the_call(
    talker: ModuleConfig,
) -> None:
    def press_ctrl_c(_module: str, _descriptor: int, _data: bytes) -> None:
        signal.raise_signal(signal.SIGINT)

    config = ServiceConfig(modules=(talker,), total_memory_limit=100 * PAGE)
    with Service(config, output=press_ctrl_c) as service:
        with pytest.raises(KeyboardInterrupt):
            service.call("talker", "talk")
        with pytest.raises(KeyboardInterrupt):
            service.call("talker", "talk")


def test_an_endless_start_is_stopped_while_the_service_is_created(tmp_path: Path) -> None:
    path = tmp_path / "endless.wasm"
    path.write_bytes(module(f'(module {ABI} (func (export "_start") (loop $l (br $l))))', []))
    config = ServiceConfig(modules=(ModuleConfig("endless", path),))
    with pytest.raises(StartError, match=r"time limit of 0\.02 s"):
        Service(config, timeout=0.02)

    interruption = Interruption()

    def request() -> None:
        while not interruption.request():
            pass

    other = threading.Thread(target=request)
    other.start()
    with pytest.raises((StartError, Interrupted), match="was stopped"):
        Service(config, interruption=interruption)
    other.join()


def test_call_parameters_are_those_of_the_call_and_a_start_has_none(tmp_path: Path) -> None:
    path = tmp_path / "curious.wasm"
    path.write_bytes(
        module(
            f"""(module
              (import "host" "get_call_parameters" (func $get_call_parameters)) {ABI}
              (global $at_start (mut i32) (i32.const -1))
              (func $length (result i32)
                (call $get_call_parameters)
                (i32.load offset=4 (global.get $pointer)))
              (func (export "_initialize") (global.set $at_start (call $length)))
              (func (export "now") (result i32) (call $length))
              (func (export "at_start") (result i32) (global.get $at_start)))""",
            [function_item("now", [], "I32"), function_item("at_start", [], "I32")],
        )
    )
    parameters: JsonValue = {"init_peer_id": "12345"}
    with Service(ServiceConfig(modules=(ModuleConfig("first", path),))) as service:
        assert service.call("first", "now", call_parameters=parameters) == 5
        assert service.call("first", "now") == 0
        service.call("first", "now", call_parameters=parameters)
        service.load("second", path)
        assert service.call("second", "at_start") == 0


def test_an_engine_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"no engine 'FUSED' \(there are: fused, interp\)"):
        Service(engine="FUSED")  # type: ignore[arg-type]
    with Service() as service:
        with pytest.raises(ConfigError, match="no engine None"):
            service.engine = None  # type: ignore[assignment]
        service.engine = "interp"  # type: ignore[assignment]
        assert service.engine is Engine.INTERP


def test_a_service_shows_its_modules(service: Service) -> None:
    with Service() as empty:
        assert repr(empty) == "<service with modules: none>"
    assert repr(service) == f"<service with modules: {', '.join(service.modules)}>"
    service.close()
    assert repr(service) == "<closed service>"

"""What a trace tells of a call: every step, in order, across all modules."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runtime import (
    Activity,
    AdapterEvent,
    ArgumentsError,
    CallError,
    Engine,
    Event,
    HostEvent,
    InstructionEvent,
    Interrupted,
    NoSuchFunction,
    NoSuchModule,
    PythonResult,
    PythonValue,
    Service,
    ServiceClosed,
    Trace,
    WasmEvent,
)
from runtime.config.loading import load_config
from tests.support.modules import ABI, extern_item, function_item, module
from tests.support.paths import FIXTURES

PAGE = "<h1>hello</h1>"
URL = "http://example.com/"


@pytest.fixture
def downloader(tmp_path: Path) -> Iterator[Service]:
    """The url-downloader, with a stand-in for curl that gives `PAGE` for any URL."""
    curl = tmp_path / "curl"
    curl.write_text(f"#!/bin/sh\nprintf '%s' '{PAGE}'\n", encoding="utf-8")
    curl.chmod(0o755)
    config = load_config(FIXTURES / "url-downloader" / "Config.toml", working_dir=tmp_path)
    modules = tuple(
        replace(each, mounted_binaries={"curl": curl}) if each.mounted_binaries else each
        for each in config.modules
    )
    with Service(replace(config, modules=modules)) as service:
        yield service


@pytest.fixture
def benchmarks(tmp_path: Path) -> Iterator[Service]:
    config = FIXTURES / "benchmarks" / "Config.toml"
    with Service.from_config(config, working_dir=tmp_path) as service:
        yield service


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[Service]:
    config = FIXTURES / "faults" / "Config.toml"
    with Service.from_config(config, working_dir=tmp_path) as service:
        yield service


def every(event: Event) -> Iterator[Event]:
    """An event and all below it, in the order in which they began."""
    yield event
    for child in event.children:
        yield from every(child)


def adapter(trace: Trace[PythonResult], name: str) -> AdapterEvent:
    """The only run of the adapter."""
    (found,) = (
        each for each in every(trace.root) if isinstance(each, AdapterEvent) and each.name == name
    )
    return found


def steps(event: AdapterEvent) -> list[tuple[str, tuple[object, ...]]]:
    """What each instruction was, with what it called, and the stack after it."""
    shown: list[tuple[str, tuple[object, ...]]] = []
    for each in event.children:
        assert isinstance(each, InstructionEvent)
        shown.append((f"{each.instruction.text}{_called(each)}", each.stack))
    return shown


def _called(event: InstructionEvent) -> str:
    match event.children:
        case ():
            return ""
        case (WasmEvent(function=function, arguments=arguments),):
            return f" {function}{arguments}"
        case (AdapterEvent(name=name),):
            return f" {name}"
    raise AssertionError(f"an instruction of these modules calls one thing, not {event.children}")


class TestTheFiveStepsOfACallBetweenModules:
    """Those that the runtime's own documents describe, of `facade` that calls `curl.download`."""

    @pytest.fixture
    def trace(self, downloader: Service) -> Trace[PythonResult]:
        return downloader.trace("facade", "get_n_save", [URL, "saved.html"])

    def test_first_the_import_adapter_lifts_the_url_and_frees_it(
        self, trace: Trace[PythonResult]
    ) -> None:
        imported = adapter(trace, "facade.curl_adapter.download")
        pointer, size = imported.arguments
        assert imported.is_import
        assert size == len(URL)
        assert steps(imported)[:5] == [
            ("arg.get 0", (pointer,)),
            ("arg.get 1", (pointer, size)),
            ("string.lift_memory", (URL,)),
            ("call-core 1 release_objects()", (URL,)),
            ("call-core 7 curl_adapter.download", (PAGE,)),
        ]

    def test_second_the_export_adapter_lowers_it_into_the_other_module(
        self, trace: Trace[PythonResult]
    ) -> None:
        exported = adapter(trace, "curl_adapter.download")
        assert not exported.is_import
        assert exported.arguments == (URL,)
        prolog = steps(exported)[:6]
        (pointer,) = prolog[3][1]
        assert prolog == [
            ("arg.get 0", (URL,)),
            ("string.size", (len(URL),)),
            ("i32.push 1", (len(URL), 1)),
            (f"call-core 0 allocate({len(URL)}, 1)", (pointer,)),
            ("arg.get 0", (pointer, URL)),
            ("string.lower_memory", (pointer, len(URL))),
        ]

    def test_third_the_raw_function_is_called_which_asks_the_host(
        self, trace: Trace[PythonResult]
    ) -> None:
        call = adapter(trace, "curl_adapter.download").children[6]
        (raw,) = call.children
        assert isinstance(raw, WasmEvent)
        assert (raw.module, raw.function, raw.result) == ("curl_adapter", "download", None)
        assert raw.arguments[1] == len(URL)
        (host,) = raw.children
        assert isinstance(host, HostEvent)
        assert (host.module, host.name) == ("curl_adapter", "host.curl")
        assert host.arguments is not None
        (command,) = host.arguments
        assert isinstance(command, list)
        assert command[-1] == URL
        assert host.result == (0, "", PAGE.encode(), b"")
        called = [each.function for each in host.children if isinstance(each, WasmEvent)]
        assert set(called[:-1]) == {"allocate"}
        assert called[-1] == "set_result_ptr"

    def test_fourth_the_export_adapter_lifts_the_page_and_frees_it(
        self, trace: Trace[PythonResult]
    ) -> None:
        epilog = steps(adapter(trace, "curl_adapter.download"))[7:]
        (pointer,) = epilog[0][1]
        assert epilog == [
            ("call-core 3 get_result_ptr()", (pointer,)),
            ("call-core 2 get_result_size()", (pointer, len(PAGE))),
            ("string.lift_memory", (PAGE,)),
            ("call-core 1 release_objects()", (PAGE,)),
        ]

    def test_fifth_the_import_adapter_lowers_it_into_the_facade(
        self, trace: Trace[PythonResult]
    ) -> None:
        lowered = steps(adapter(trace, "facade.curl_adapter.download"))[5:]
        pointer = lowered[3][1][1]
        size = len(PAGE)
        assert lowered == [
            ("dup", (PAGE, PAGE)),
            ("string.size", (PAGE, size)),
            ("i32.push 1", (PAGE, size, 1)),
            (f"call-core 0 allocate({size}, 1)", (PAGE, pointer)),
            ("swap2", (pointer, PAGE)),
            ("string.lower_memory", (pointer, size)),
            (f"call-core 4 set_result_size({size},)", (pointer,)),
            (f"call-core 5 set_result_ptr({pointer},)", ()),
        ]

    def test_then_the_facade_goes_on_and_the_file_is_there(
        self, trace: Trace[PythonResult], tmp_path: Path
    ) -> None:
        names = [each.name for each in every(trace.root) if isinstance(each, AdapterEvent)]
        assert names == [
            "facade.get_n_save",
            "facade.curl_adapter.download",
            "curl_adapter.download",
            "facade.local_storage.put",
            "local_storage.put",
        ]
        assert trace.result == "Ok"
        assert trace.root.results == ("Ok",)
        assert (tmp_path / "sites" / "saved.html").read_text(encoding="utf-8") == PAGE

    def test_the_times_of_modules_and_activities_are_those_of_the_whole(
        self, trace: Trace[PythonResult]
    ) -> None:
        assert sum(trace.times.values()) == trace.elapsed_ns == trace.root.elapsed_ns
        assert trace.times["curl_adapter", Activity.HOST] > 0
        assert trace.times["local_storage", Activity.LIFTING] > 0
        assert ("facade", Activity.HOST) not in trace.times

    def test_no_event_takes_less_time_than_all_that_it_led_to(
        self, trace: Trace[PythonResult]
    ) -> None:
        for event in every(trace.root):
            assert event.elapsed_ns >= sum(child.elapsed_ns for child in event.children)


@pytest.mark.parametrize("engine", Engine)
def test_the_engine_is_as_before_and_memories_stay(engine: Engine, tmp_path: Path) -> None:
    config = FIXTURES / "memory" / "Config.toml"
    with Service.from_config(config, working_dir=tmp_path, engine=engine) as service:
        before = service.call("memory", "pages")
        assert isinstance(before, int)
        assert service.trace("memory", "allocate_pages", [3]).result == before
        assert service.engine is engine
        assert service.call("memory", "pages") == before + 3
        assert service.trace("memory", "pages").result == before + 3


def test_a_traced_call_gives_what_the_call_gives(benchmarks: Service) -> None:
    contacts: PythonValue = [{"number": 1, "name": "a", "address": "b"}]
    called = benchmarks.call("target", "echo_contacts", [contacts])
    assert benchmarks.trace("target", "echo_contacts", [contacts]).result == called
    text = json.dumps([contacts])
    as_text = benchmarks.call_text("target", "echo_contacts", text)
    assert benchmarks.trace_text("target", "echo_contacts", text).result == as_text


def test_a_call_after_a_trace_gives_what_it_gave_before(benchmarks: Service) -> None:
    benchmarks.trace("relay_3", "greeting", ["x"])
    assert benchmarks.call("relay_3", "greeting", ["x"]) == "Hi, x"
    assert benchmarks.engine is Engine.FUSED


def test_a_trace_of_the_same_call_shows_the_same_steps_again(benchmarks: Service) -> None:
    def shown() -> list[str]:
        trace = benchmarks.trace("relay_3", "greeting", ["x"])
        return [f"{each.function} {each.arguments}" for each in every(trace.root)
                if isinstance(each, WasmEvent)]  # fmt: skip

    shown()
    assert shown() == shown()


def test_allocations_of_an_instruction_are_its_children(benchmarks: Service) -> None:
    contacts: PythonValue = [{"number": 1, "name": "a", "address": "b"}]
    trace = benchmarks.trace("target", "echo_contacts", [contacts])
    lower = trace.root.children[1]
    assert isinstance(lower, InstructionEvent)
    assert lower.instruction.text == "array.lower_memory record 6"
    assert [each.function for each in lower.children if isinstance(each, WasmEvent)] == [
        "allocate"
    ] * 4
    assert trace.result == contacts


class TestFailures:
    def test_a_trap_is_at_the_raw_call_and_at_all_above_it(self, faults: Service) -> None:
        trace = faults.trace("faults", "trap")
        with pytest.raises(CallError) as called:
            faults.call("faults", "trap")
        assert str(trace.error) == str(called.value)
        assert trace.result is None
        failed = [each for each in every(trace.root) if each.error is not None]
        assert [type(each) for each in failed] == [AdapterEvent, InstructionEvent, WasmEvent]
        assert trace.root.results is None
        assert faults.call("faults", "add", [1, 2]) == 3
        assert faults.trace("faults", "add", [1, 2]).result == 3

    def test_a_bad_pointer_is_at_the_instruction_that_met_it(self, faults: Service) -> None:
        trace = faults.trace("faults", "pointer_out_of_range")
        last = trace.root.children[-1]
        assert isinstance(last, InstructionEvent)
        assert last.instruction.text == "string.lift_memory"
        assert last.error is not None
        assert "outside the module's memory" in last.error
        assert trace.error is not None
        assert trace.error.kind == "AdapterError"
        assert sum(trace.times.values()) == trace.elapsed_ns

    @pytest.mark.parametrize(
        ("module_name", "function", "arguments", "error"),
        [
            ("fault", "trap", [], NoSuchModule),
            ("faults", "tarp", [], NoSuchFunction),
            ("faults", "add", [1], ArgumentsError),
        ],
    )
    def test_a_call_that_cannot_begin_has_no_trace(
        self,
        faults: Service,
        module_name: str,
        function: str,
        arguments: list[int],
        error: type[Exception],
    ) -> None:
        with pytest.raises(error):
            faults.trace(module_name, function, arguments)
        with pytest.raises(error):
            faults.trace_text(module_name, function, str(arguments))
        assert faults.engine is Engine.FUSED

    def test_wrong_call_parameters_are_told_as_in_calls(self, faults: Service) -> None:
        with pytest.raises(ArgumentsError, match="call parameters"):
            faults.trace("faults", "add", [1, 2], call_parameters="[]")
        with pytest.raises(ArgumentsError, match="call parameters: not valid JSON"):
            faults.trace_text("faults", "add", "[1, 2]", call_parameters="[")
        with pytest.raises(ArgumentsError, match="not valid JSON"):
            faults.trace_text("faults", "add", "[1, ")
        with pytest.raises(CallError, match="time limit"):
            faults.trace("faults", "add", [1, 2], timeout=0)

    def test_an_endless_call_is_ended_by_its_time_limit(self, faults: Service) -> None:
        trace = faults.trace("faults", "endless_loop", timeout=0.05)
        assert trace.error is not None
        assert trace.error.kind == "TimeLimitExceeded"
        assert faults.trace("faults", "add", [1, 2]).result == 3

    def test_an_endless_call_is_ended_from_another_thread(self, faults: Service) -> None:
        started = threading.Event()
        traces: list[Trace[PythonResult]] = []

        def run() -> None:
            started.set()
            traces.append(faults.trace("faults", "endless_loop"))

        thread = threading.Thread(target=run)
        thread.start()
        started.wait()
        while thread.is_alive():
            faults.interrupt()
            thread.join(0.01)
        assert isinstance(traces[0].error, Interrupted)
        assert faults.engine is Engine.FUSED
        assert faults.call("faults", "add", [1, 2]) == 3

    def test_a_call_of_a_module_that_is_gone_fails_where_it_is_called(
        self, benchmarks: Service
    ) -> None:
        benchmarks.trace("relay_3", "greeting", ["x"])
        benchmarks.unload("relay_1", force=True)
        trace = benchmarks.trace("relay_3", "greeting", ["x"])
        assert isinstance(trace.error, NoSuchModule)
        failed = [each for each in every(trace.root) if each.error is not None]
        assert isinstance(failed[-1], WasmEvent)
        assert (failed[-1].module, failed[-1].function) == ("relay_2", "greeting")

    def test_a_closed_service_traces_nothing(self) -> None:
        service = Service()
        service.close()
        with pytest.raises(ServiceClosed):
            service.trace("a", "b")
        with pytest.raises(ServiceClosed):
            service.adapters()

    def test_a_host_function_that_cannot_write_its_result_is_shown_with_it(self) -> None:
        wat = """(module
          (import "host" "get_call_parameters" (func $parameters))
          (memory (export "memory") 1)
          (func (export "allocate") (param i32 i32) (result i32) unreachable)
          (func (export "set_result_ptr") (param i32))
          (func (export "set_result_size") (param i32))
          (func (export "f") (call $parameters)))"""
        with Service() as service:
            service.load("m", module(wat, [function_item("f", [], None)]))
            trace = service.trace("m", "f")
        failed = [each for each in every(trace.root) if each.error is not None]
        assert isinstance(failed[-2], HostEvent)
        assert failed[-2].result is not None
        assert isinstance(failed[-1], WasmEvent)
        assert failed[-1].function == "allocate"


TALKER = module(
    f"""(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      {ABI}
      (data (i32.const 0) "\\10\\00\\00\\00\\01\\00\\00\\00")
      (func (export "talk")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))""",
    [function_item("talk", [])],
)


def _talking(action: Callable[[Service], object]) -> CallError:
    """What a service says when it is asked for something while it serves a traced call."""
    errors: list[CallError] = []

    def output(_module: str, _descriptor: int, _data: bytes) -> None:
        try:
            action(service)
        except CallError as error:
            errors.append(error)

    with Service(output=output) as service:
        service.load("talker", TALKER)
        trace = service.trace("talker", "talk")
        assert trace.error is None
        (raw,) = trace.root.children[0].children
        assert isinstance(raw, WasmEvent)
        assert raw.children == ()  # WASI is part of the Wasm code
    (error,) = errors
    return error


@pytest.mark.parametrize(
    "action",
    [
        lambda service: service.trace("talker", "talk"),
        lambda service: service.call("talker", "talk"),
    ],
    ids=["trace", "call"],
)
def test_a_service_cannot_be_used_from_within_its_own_traced_call(
    action: Callable[[Service], object],
) -> None:
    assert "cannot use its own service" in str(_talking(action))


def test_ctrl_c_in_a_trace_is_raised_when_all_is_as_before() -> None:
    def output(_module: str, _descriptor: int, _data: bytes) -> None:
        signal.raise_signal(signal.SIGINT)

    with Service(output=output) as service:
        service.load("talker", TALKER)
        with pytest.raises(KeyboardInterrupt):
            service.trace("talker", "talk")
        assert service.engine is Engine.FUSED
        with pytest.raises(KeyboardInterrupt):
            service.call("talker", "talk")


def test_calls_of_other_threads_are_no_part_of_a_trace(benchmarks: Service) -> None:
    wanted = sum(1 for _ in every(benchmarks.trace("relay_2", "greeting", ["x"]).root))
    done = threading.Event()
    results = set()

    def call() -> None:
        while not done.is_set():
            results.add(benchmarks.call_text("relay_3", "greeting", '["other"]'))

    other = threading.Thread(target=call)
    other.start()
    try:
        for _ in range(100):
            trace = benchmarks.trace("relay_2", "greeting", ["x"])
            assert trace.result == "Hi, x"
            assert sum(1 for _ in every(trace.root)) == wanted
    finally:
        done.set()
        other.join()
    assert results == {'"Hi, other"'}


def test_modules_that_call_each_other_by_turns_are_told_apart() -> None:
    lower = module(
        f"""(module {ABI} (func (export "add") (param i32 i32) (result i32)
          (i32.add (local.get 0) (local.get 1))))""",
        [function_item("add", [("a", "U32"), ("b", "U32")], "U32")],
    )
    upper = module(
        f"""(module (import "lower" "add" (func $add (param i32 i32) (result i32))) {ABI}
          (func (export "sum") (param i32) (result i32) (local $sum i32)
            (loop $again
              (local.set $sum (call $add (local.get $sum) (local.get 0)))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get $sum)))""",
        [
            extern_item("lower", ("add", [("a", "U32"), ("b", "U32")], "U32")),
            function_item("sum", [("n", "U32")], "U32"),
        ],
    )
    with Service() as service:
        service.load("lower", lower)
        service.load("upper", upper)
        assert service.adapters() == ("lower.add", "upper.sum", "upper.lower.add")
        trace = service.trace("upper", "sum", [3])
        assert trace.result == 6
        runs = [
            (each.name, each.arguments, each.results)
            for each in every(trace.root)
            if isinstance(each, AdapterEvent) and each.name != "upper.sum"
        ]
        assert runs == [
            (name, (before, added), (before + added,))
            for before, added in ((0, 3), (3, 2), (5, 1))
            for name in ("upper.lower.add", "lower.add")
        ]

        def count(n: int) -> int:
            trace = service.trace("upper", "sum", [n])
            assert sum(trace.times.values()) == trace.elapsed_ns
            return sum(1 for _ in every(trace.root)) + trace.omitted

        of_one_round = count(2) - count(1)
        assert service.trace("upper", "sum", [2000]).omitted > 0
        assert count(2000) == count(1) + 1999 * of_one_round

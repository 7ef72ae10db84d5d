"""What is sent to other processes arrives whole, and what cannot be sent says so."""

import copy
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime import (
    CallError,
    Engine,
    MarineError,
    ModuleConfig,
    PythonResult,
    Service,
    ServiceClosed,
    ServiceConfig,
    TimeLimitExceeded,
    Trace,
    Trap,
    WasiConfig,
)
from runtime.config.loading import load_config
from runtime.host.bounded_process import end_all_processes, run_bounded_process
from tests.support.modules import ABI, function_item, module
from tests.support.paths import PROJECT

CONFIG = PROJECT / "fixtures" / "greeting" / "Config.toml"
RECORDS = PROJECT / "fixtures" / "records" / "Config.toml"

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def test_a_config_comes_out_of_a_pickle_as_it_went_in(tmp_path: Path) -> None:
    wasi = WasiConfig(mapped_dirs={"d": tmp_path}, environment={"A": "b"})
    for config in (
        load_config(CONFIG),
        ServiceConfig(),
        ServiceConfig(
            modules=(
                ModuleConfig("m", tmp_path, 1 << 20, wasi=wasi, mounted_binaries={"ls": tmp_path}),
            ),
            total_memory_limit=1 << 26,
            warnings=("odd",),
        ),
    ):
        for each in (config, *config.modules):
            assert pickle.loads(pickle.dumps(each)) == each
            assert copy.deepcopy(each) == each


def test_the_config_of_a_service_holds_the_modules_that_were_given_besides() -> None:
    with Service(modules=[load_config(CONFIG).modules[0].path]) as service:
        config = pickle.loads(pickle.dumps(service.config))
    with Service(config) as again:
        assert [each.name for each in again.interface()] == ["greeting"]


@pytest.mark.parametrize(
    "copied",
    [pickle.dumps, lambda service: pickle.dumps(service, 0), copy.copy, copy.deepcopy],
    ids=["pickle", "old pickle", "copy", "deepcopy"],
)
def test_a_running_service_says_that_its_config_is_what_can_be_sent(
    copied: Callable[[Service], object],
) -> None:
    with Service() as service, pytest.raises(TypeError, match=r"send its `service\.config` and"):
        copied(service)


def errors_of(kind: type[MarineError]) -> Iterator[type[MarineError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from errors_of(each)


ATTRIBUTES: dict[str, dict[str, object]] = {
    "TextError": {"line": 1, "column": 2},
    "Trap": {"trap": "unreachable", "exit_status": 3},
    "MemoryLimitExceeded": {"limit": 10, "rejected": 2},
}


@pytest.mark.parametrize("kind", list(errors_of(MarineError)), ids=lambda kind: kind.__name__)
def test_every_error_can_be_sent_with_all_it_says(kind: type[MarineError]) -> None:
    attributes = ATTRIBUTES.get(kind.__name__, {})
    error = kind("what happened", **attributes)  # type: ignore[arg-type]
    error.module = "m"
    error.add_note("a note")
    for sent in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(sent) is kind
        assert str(sent) == "what happened"
        assert vars(sent) == vars(error)


def work_elsewhere(config: ServiceConfig) -> tuple[object, Trace[PythonResult], MarineError | None]:
    """What a process does with a config that it is sent."""
    with Service(config) as service:
        result = service.call("records_passing_pure", "invoke")
        trace = service.trace("records_passing_pure", "invoke")
        try:
            service.call("records_passing_pure", "nothing of the sort")
        except CallError as error:
            return result, trace, error
    raise AssertionError("the call did not fail")


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_config_goes_to_a_process_and_results_traces_and_errors_come_back(method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    config = load_config(RECORDS)
    here = work_elsewhere(config)
    with ProcessPoolExecutor(1, multiprocessing.get_context(method)) as processes:
        result, trace, error = processes.submit(work_elsewhere, config).result(timeout=60)
    assert result == here[0]
    assert trace.result == here[1].result
    assert len(trace.root.children) == len(here[1].root.children)
    assert type(error) is type(here[2])
    assert str(error) == str(here[2])


def test_a_trace_that_ends_in_an_error_can_be_sent(busy: ServiceConfig) -> None:
    with Service(busy) as service:
        trace = service.trace("busy", "recurse", [1])
    sent = pickle.loads(pickle.dumps(trace))
    assert isinstance(sent.error, Trap)
    assert isinstance(trace.error, Trap)
    assert sent.error.backtrace == trace.error.backtrace
    assert sent.root == trace.root


def in_forked_process(work: Callable[[], object]) -> None:
    """Do something in a forked process, where it must succeed."""
    child = os.fork()
    if not child:
        status = 1
        try:
            signal.alarm(30)  # a hang ends here
            work()
            status = 0
        except BaseException:  # noqa: BLE001 - the exit status says it
            traceback.print_exc()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


def new_module(number: int) -> bytes:
    """A module that no cache has: the engine must compile it."""
    unlike = int.from_bytes(os.urandom(3))
    functions = "".join(
        f'(func (export "f{each}") (param i32) (result i32) '
        f"(i32.mul (local.get 0) (i32.const {unlike + each})))"
        for each in range(40)
    )
    return module(
        f'(module {ABI} {functions} (func (export "f") (result i32) (i32.const {number})))',
        [function_item("f", [], "U32")],
    )


@forks
@pytest.mark.parametrize("limit", [None, 1 << 27], ids=["without limit", "with limit"])
def test_in_a_forked_process_a_service_goes_on_as_a_copy(
    busy: ServiceConfig, limit: int | None
) -> None:
    config = ServiceConfig(modules=busy.modules, total_memory_limit=limit)
    with Service(config, timeout=60) as service:
        assert service.call("busy", "next") == 1

        def work() -> None:
            assert service.call("busy", "next") == 2
            service.engine = Engine.INTERP
            assert service.call("busy", "next") == 3
            with pytest.raises(TimeLimitExceeded):
                service.call("busy", "endless", timeout=0.02)
            service.interrupt()
            service.close()
            with pytest.raises(ServiceClosed):
                service.call("busy", "next")

        in_forked_process(work)
        assert service.call("busy", "next") == 2


@forks
@pytest.mark.parametrize("limit", [None, 1 << 27], ids=["without limit", "with limit"])
def test_in_a_forked_process_modules_are_loaded_though_the_other_has_compiled_before(
    limit: int | None,
) -> None:
    config = ServiceConfig(total_memory_limit=limit)
    with Service(config) as service:
        service.load("first", new_module(1))
        assert service.call("first", "f") == 1

        def work(name: str = "second") -> None:
            service.load(name, new_module(2))
            assert service.call(name, "f") == 2
            with Service(config) as another:
                another.load("third", new_module(3))
                assert another.call("third", "f") == 3

        def work_and_fork() -> None:
            work()
            in_forked_process(lambda: work("fourth"))

        in_forked_process(work_and_fork)


@forks
def test_a_forked_process_refuses_a_service_that_another_thread_was_using(
    busy: ServiceConfig,
) -> None:
    said = threading.Event()
    with Service(busy, output=lambda *_: said.set()) as service:

        def call() -> None:
            with pytest.raises(CallError):
                service.call("busy", "endless")

        other = threading.Thread(target=call)
        other.start()
        said.wait()

        def work() -> None:
            for _ in range(2):
                with pytest.raises(CallError, match=r"forked while another thread was using"):
                    service.call("busy", "next")
                with pytest.raises(CallError, match=r"create a service in the new process"):
                    service.statistics()
            service.interrupt()
            service.close()
            with Service(busy) as another:
                assert another.call("busy", "next") == 1

            in_forked_process(service.close)

        in_forked_process(work)
        service.interrupt()
        other.join()
        assert service.call("busy", "next") == 1


@forks
def test_a_call_whose_host_code_forks_ends_in_both_processes(busy: ServiceConfig) -> None:
    children: list[int] = []
    with Service(busy, output=lambda *_: children.append(os.fork())) as service:
        service.call("busy", "say")
        if not children[0]:
            os._exit(service.call("busy", "next") != 1)
        assert os.waitpid(children[0], 0)[1] == 0
        assert service.call("busy", "next") == 1


class NeverCancelled:
    def is_set(self) -> bool:
        return False


@forks
def test_the_end_of_a_forked_process_leaves_mounted_binaries_of_the_other_one_alone(
    tmp_path: Path,
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as threads:
        run = threads.submit(
            run_bounded_process,
            [b"/bin/cat", os.fsencode(pipe)],
            environment={},
            seconds=60,
            output_bytes=10,
            cancelled=NeverCancelled(),
        )
        with pipe.open("wb") as writer:  # once both have opened it
            in_forked_process(end_all_processes)
            writer.write(b"still here")
    assert run.result().stdout == b"still here"

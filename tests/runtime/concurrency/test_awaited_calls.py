"""`await service.call_async(…)`: in order, on the service's thread, stopped where nobody waits."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar

import pytest

from runtime import (
    ArgumentsError,
    Interrupted,
    NoSuchFunction,
    Service,
    ServiceClosed,
    ServiceConfig,
    TimeLimitExceeded,
    Trap,
)
from tests.support.paths import PROJECT
from tests.support.running import GREETING


class Output:
    """A service's output: does what the test wants, on the thread that calls."""

    def __init__(self) -> None:
        self.count = 0
        self.said = threading.Event()
        self.action: Callable[[], object] = lambda: None

    def __call__(self, _module: str, _descriptor: int, _data: bytes) -> None:
        self.count += 1
        self.said.set()
        self.action()


@pytest.fixture
def output() -> Output:
    return Output()


@pytest.fixture
def service(busy: ServiceConfig, output: Output) -> Iterator[Service]:
    with Service(busy, modules=[GREETING], output=output) as running:
        yield running


async def until(event: threading.Event) -> None:
    """Wait for an event of another thread while the loop goes on."""
    assert await asyncio.to_thread(event.wait, 30)


def test_an_awaited_call_gives_what_a_call_gives(service: Service) -> None:
    async def main() -> None:
        assert await service.call_async("greeting", "greeting", ["John"]) == "Hi, John"
        assert await service.call_async("greeting", "greeting", {"name": "Ann"}) == "Hi, Ann"
        assert await service.call_async("busy", "say") is None
        assert await service.call_async("busy", "double", 4, timeout=30) == 8

    asyncio.run(main())


def test_an_awaited_call_raises_what_a_call_raises(service: Service) -> None:
    async def main() -> None:
        with pytest.raises(NoSuchFunction, match="no public function 'doubles'"):
            await service.call_async("busy", "doubles", 4)
        with pytest.raises(ArgumentsError, match="expected u32"):
            await service.call_async("busy", "double", -1)
        with pytest.raises(Trap):
            await service.call_async("busy", "recurse", 1)
        with pytest.raises(TimeLimitExceeded, match=r"time limit of 0\.02 s"):
            await service.call_async("busy", "endless", timeout=0.02)
        assert await service.call_async("busy", "double", 4) == 8

    asyncio.run(main())


def test_many_awaited_calls_are_made_in_order(service: Service) -> None:
    async def main() -> list[object]:
        return await asyncio.gather(*(service.call_async("busy", "next") for _ in range(300)))

    assert asyncio.run(main()) == list(range(1, 301))


def test_the_loop_goes_on_while_a_call_runs(service: Service, output: Output) -> None:
    async def main() -> int:
        output.said.clear()
        call = asyncio.create_task(service.call_async("busy", "endless"))
        await until(output.said)
        turns = 0
        while turns < 1000:
            await asyncio.sleep(0)
            turns += 1
        assert not call.done()
        service.interrupt()
        with pytest.raises(Interrupted):
            await call
        return turns

    assert asyncio.run(main()) == 1000


def test_all_awaited_calls_run_on_one_thread_which_ends_with_the_service(
    service: Service, output: Output
) -> None:
    names: list[threading.Thread] = []
    output.action = lambda: names.append(threading.current_thread())

    async def main() -> None:
        await asyncio.gather(*(service.call_async("busy", "say") for _ in range(5)))

    asyncio.run(main())
    asyncio.run(main())
    assert len(names) == 10
    assert len(set(names)) == 1
    assert names[0] is not threading.main_thread()
    service.close()
    assert not names[0].is_alive()


def test_a_service_without_awaited_calls_has_no_thread(busy: ServiceConfig) -> None:
    before = threading.active_count()
    with Service(busy) as service:
        service.call("busy", "next")
        assert threading.active_count() == before


def test_the_thread_has_a_large_stack_whatever_the_process_asks_for(service: Service) -> None:
    async def main() -> None:
        with pytest.raises(Trap, match="stack"):
            await service.call_async("busy", "recurse", 1)

    before = threading.stack_size(256 << 10)
    try:
        asyncio.run(main())
        assert threading.stack_size() == 256 << 10
    finally:
        threading.stack_size(before)


def test_cancelling_the_running_call_stops_it(service: Service, output: Output) -> None:
    async def main() -> None:
        call = asyncio.create_task(service.call_async("busy", "endless"))
        await until(output.said)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await service.call_async("busy", "next", timeout=30) == 1

    asyncio.run(main())


def test_a_timeout_of_the_loop_stops_the_call(service: Service) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await service.call_async("busy", "endless")
        assert await service.call_async("busy", "next", timeout=30) == 1

    asyncio.run(main())


def test_a_cancelled_call_that_waits_for_its_turn_never_runs(
    service: Service, output: Output
) -> None:
    async def main() -> None:
        first = asyncio.create_task(service.call_async("busy", "endless"))
        await until(output.said)
        second = asyncio.create_task(service.call_async("busy", "next"))
        third = asyncio.create_task(service.call_async("busy", "next"))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert not first.done()
        first.cancel()
        assert await third == 1

    asyncio.run(main())


class Noticed(list[int]):
    """Arguments that note when they are read, which is just before a call waits for its turn."""

    def __init__(self, *arguments: int) -> None:
        super().__init__(arguments)
        self.read = threading.Event()

    def __len__(self) -> int:
        self.read.set()
        return super().__len__()


def test_a_cancelled_call_that_waits_for_another_thread_never_runs(
    service: Service, output: Output
) -> None:
    go_on = threading.Event()
    output.action = lambda: go_on.wait(30)
    other = threading.Thread(target=lambda: service.call("busy", "say"))
    arguments = Noticed(100)

    async def main() -> None:
        other.start()
        await until(output.said)
        waiting = asyncio.create_task(service.call_async("busy", "add", arguments))
        await until(arguments.read)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go_on.set()
        assert await service.call_async("busy", "next") == 1

    asyncio.run(main())
    other.join()


def test_cancelling_a_call_that_has_just_ended_leaves_the_next_one_of_another_thread_alone(
    service: Service, output: Output
) -> None:
    cancelled = threading.Event()
    goes_on: list[bool] = []

    def wait() -> None:
        assert cancelled.wait(30)
        goes_on.append(service._parts.store.interruption.may_continue())

    other = threading.Thread(target=lambda: service.call("busy", "say"))

    async def main() -> None:
        ended = asyncio.create_task(service.call_async("busy", "say"))
        await asyncio.sleep(0)
        assert output.said.wait(30)  # the loop stands still and does not see the call's end
        assert service.call("busy", "next") == 1
        output.said.clear()
        output.action = wait
        other.start()
        assert output.said.wait(30)
        ended.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ended
        cancelled.set()

    asyncio.run(main())
    other.join()
    assert goes_on == [True]


def test_cancelling_a_call_whose_end_the_loop_has_not_seen_yet_is_quiet(
    service: Service, output: Output
) -> None:
    said_of_the_loop: list[dict[str, object]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: said_of_the_loop.append(context))
        ended = asyncio.create_task(service.call_async("busy", "next"))
        second = asyncio.create_task(service.call_async("busy", "say"))
        await asyncio.sleep(0)
        assert output.said.wait(30)  # the loop stands still while the second call begins
        ended.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ended
        await second

    asyncio.run(main())
    assert said_of_the_loop == []


def test_of_many_calls_that_are_cancelled_at_random_all_others_give_their_results(
    service: Service,
) -> None:
    async def main() -> None:
        for victim in range(50):
            calls = [
                asyncio.create_task(service.call_async("busy", "double", number))
                for number in range(20)
            ]
            for _ in range(victim % 7):
                await asyncio.sleep(0)
            calls[victim % 20].cancel()
            results = await asyncio.gather(*calls, return_exceptions=True)
            for number, result in enumerate(results):
                if number != victim % 20:
                    assert result == 2 * number

    asyncio.run(main())


def test_host_code_sees_the_context_variables_of_who_asked(
    service: Service, output: Output
) -> None:
    request: ContextVar[str] = ContextVar("request", default="none")
    seen: list[str] = []
    output.action = lambda: seen.append(request.get())

    async def ask(name: str) -> None:
        request.set(name)
        await service.call_async("busy", "say")

    async def main() -> None:
        await asyncio.gather(*map(ask, "abc"))

    asyncio.run(main())
    assert seen == ["a", "b", "c"]


def test_closing_ends_the_running_call_and_those_that_wait(
    busy: ServiceConfig, output: Output
) -> None:
    service = Service(busy, output=output)

    async def main() -> None:
        calls = [asyncio.create_task(service.call_async("busy", "endless")) for _ in range(4)]
        await until(output.said)
        service.close()
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(each) for each in results] == [Interrupted, *3 * [ServiceClosed]]
        with pytest.raises(ServiceClosed):
            await service.call_async("busy", "next")

    asyncio.run(main())
    assert output.count == 1


def test_a_closed_service_that_never_awaited_starts_no_thread_for_it(busy: ServiceConfig) -> None:
    service = Service(busy)
    service.close()
    before = threading.active_count()
    with pytest.raises(ServiceClosed):
        asyncio.run(_next(service))
    assert threading.active_count() == before


def test_the_end_of_a_call_whose_loop_was_closed_meanwhile_is_quiet(
    service: Service, output: Output, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.new_event_loop()
    call = loop.create_task(service.call_async("busy", "endless"))
    loop.run_until_complete(until(output.said))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    service.interrupt()
    assert service.call("busy", "next", timeout=30) == 1
    assert asyncio.run(_next(service)) == 2
    assert not call.done()
    call._log_destroy_pending = False  # type: ignore[attr-defined]  # a pending task is the test's
    del call
    gc.collect()
    assert not caplog.records


async def _next(service: Service) -> object:
    return await service.call_async("busy", "next")


def test_two_loops_in_two_threads_share_a_service(service: Service) -> None:
    results: list[object] = []

    async def main() -> None:
        results.extend(await asyncio.gather(*(_next(service) for _ in range(100))))

    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(1, 201))  # type: ignore[type-var]


def test_host_code_cannot_close_the_service_that_calls_it(service: Service, output: Output) -> None:
    output.action = service.close

    async def main() -> None:
        with pytest.raises(Exception, match="cannot use its own service"):
            await service.call_async("busy", "say")
        output.action = lambda: None
        assert await service.call_async("busy", "next") == 1

    asyncio.run(main())


def run_program(text: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", text, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_program_that_leaves_a_call_running_ends_at_once_and_quietly(
    busy: ServiceConfig,
) -> None:
    program = """
import asyncio, sys, threading
from runtime import Service

said = threading.Event()
service = Service(modules=[sys.argv[1]], output=lambda *_: said.set())

async def main():
    loop = asyncio.get_running_loop()
    call = service.call_async("busy", "babble")
    call.send(None)
    await asyncio.to_thread(said.wait)
    globals().update(kept=call)

asyncio.run(main())
"""
    ended = run_program(program, busy.modules[0].path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_ctrl_c_ends_an_awaited_call(busy: ServiceConfig) -> None:
    program = """
import asyncio, os, signal, sys
from runtime import Service

service = Service(modules=[sys.argv[1]], output=lambda *_: os.kill(os.getpid(), signal.SIGINT))
try:
    asyncio.run(service.call_async("busy", "endless"))
except KeyboardInterrupt:
    print("interrupted", service.call("busy", "next"))
"""
    ended = run_program(program, busy.modules[0].path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "interrupted 1\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_awaits_calls_on_a_thread_of_its_own(service: Service) -> None:
    assert asyncio.run(_next(service)) == 1
    child = os.fork()
    if not child:
        status = 1
        try:
            assert asyncio.run(_next(service)) == 2
            service.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert asyncio.run(_next(service)) == 2

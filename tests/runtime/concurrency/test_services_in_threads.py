"""Services in threads: results are right, nothing hangs, and what cannot be done is refused."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import pytest

from runtime import (
    CallError,
    DuplicateModule,
    Engine,
    Interrupted,
    MarineError,
    ModuleError,
    NoSuchModule,
    Service,
    ServiceClosed,
    ServiceConfig,
)
from tests.support.paths import PROJECT
from tests.support.running import GREETING

LIMITED = 64 << 20


def limited(config: ServiceConfig) -> ServiceConfig:
    return ServiceConfig(modules=config.modules, total_memory_limit=LIMITED)


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("with_limit", [False, True], ids=["without limit", "with limit"])
def test_many_threads_with_a_service_each_all_get_their_own_results(
    busy: ServiceConfig, engine: Engine, with_limit: bool
) -> None:
    config = limited(busy) if with_limit else busy
    start = threading.Barrier(8)

    def work(number: int) -> list[object]:
        start.wait()
        with Service(config, modules=[GREETING], engine=engine) as service:
            return [
                (
                    service.call("busy", "next"),
                    service.call("greeting", "greeting", [f"{number}.{call}"]),
                )
                for call in range(100)
            ]

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(work, range(8)))
    for number, result in enumerate(results):
        assert result == [(call + 1, f"Hi, {number}.{call}") for call in range(100)]


@pytest.mark.parametrize("engine", Engine)
def test_calls_of_one_service_from_many_threads_are_made_one_at_a_time(
    busy: ServiceConfig, engine: Engine
) -> None:
    with Service(busy, engine=engine) as service:
        start = threading.Barrier(8)

        def work(_thread: int) -> list[object]:
            start.wait()
            return [service.call("busy", "next") for _ in range(200)]

        with ThreadPoolExecutor(8) as threads:
            results = list(threads.map(work, range(8)))
    assert all(each == sorted(each) for each in results)  # type: ignore[type-var]
    assert sorted(chain.from_iterable(results)) == list(range(1, 1601))  # type: ignore[type-var]


def test_threads_call_while_others_load_unload_reload_and_switch_the_engine(
    busy: ServiceConfig,
) -> None:
    service = Service(busy, modules=[GREETING])
    done = threading.Event()
    path = busy.modules[0].path

    def attempt(action: Callable[[random.Random], object], chance: random.Random) -> None:
        try:
            action(chance)
        except (NoSuchModule, DuplicateModule, Interrupted):
            pass  # of another thread's doing
        except ModuleError as error:
            assert "interrupted" in error.message, error  # noqa: PT017
        except CallError as error:
            assert "was loaded anew" in error.message, error  # noqa: PT017

    def repeat(action: Callable[[random.Random], object], seed: int) -> None:
        chance = random.Random(seed)
        while not done.is_set():
            attempt(action, chance)

    def call(chance: random.Random) -> None:
        name = str(chance.random())
        assert service.call("greeting", "greeting", [name]) == f"Hi, {name}"
        assert service.call_text("busy", "double", f"[{len(name)}]") == str(2 * len(name))

    def change(chance: random.Random) -> None:
        action = chance.choice(["unload", "load", "reload", "engine", "look", "prepare"])
        if action == "unload":
            service.unload("busy", force=True)
        elif action == "load":
            service.load("busy", path)
        elif action == "reload":
            service.reload("greeting")
        elif action == "prepare":
            service.prepare("busy", "double")
        elif action == "look":
            service.statistics()
            service.interface()
        else:
            service.engine = chance.choice(list(Engine))

    with ThreadPoolExecutor(5) as threads:
        works = [threads.submit(repeat, call, seed) for seed in range(4)]
        works.append(threads.submit(repeat, lambda _: service.interrupt(), 4))
        chance = random.Random(5)
        try:
            for _ in range(150):
                attempt(change, chance)
        finally:
            done.set()
        for work in works:
            work.result()
    service.close()


@pytest.mark.parametrize("engine", Engine)
def test_a_service_is_closed_in_the_midst_of_other_threads_calls(
    busy: ServiceConfig, engine: Engine
) -> None:
    for _ in range(20):
        service = Service(busy, engine=engine)
        start = threading.Barrier(5)

        def work(service: Service = service, start: threading.Barrier = start) -> type[MarineError]:
            start.wait()
            while True:
                try:
                    service.call("busy", "next")
                except (ServiceClosed, Interrupted) as error:
                    return type(error)

        with ThreadPoolExecutor(4) as threads:
            works = [threads.submit(work) for _ in range(4)]
            start.wait()
            service.close()
            assert {each.result(timeout=60) for each in works} <= {ServiceClosed, Interrupted}
        with pytest.raises(ServiceClosed):
            service.call("busy", "next")


SMALL_STACK = """
import sys, threading
from runtime import CallError, Engine, Service, Trap

config, kibibytes, engine = sys.argv[1:]
service = Service(modules=[config], engine=Engine(engine))

def work():
    for action in (
        lambda: service.call("busy", "recurse", 1),
        lambda: service.statistics(),
        lambda: Service(modules=[config]).close(),
    ):
        try:
            print("done:", action() is not None)
        except Trap as error:
            print("trap:", error.trap)
        except CallError as error:
            print("refused:", error)
    service.close()

threading.stack_size(int(kibibytes) << 10)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def in_thread_with_stack(busy: ServiceConfig, kibibytes: int, engine: Engine) -> list[str]:
    """What the program above prints; in a process of its own, as the stack's end may end it."""
    return subprocess.run(
        [sys.executable, "-c", SMALL_STACK, busy.modules[0].path, str(kibibytes), engine],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout.splitlines()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="other systems may not say how large")
@pytest.mark.parametrize("kibibytes", [64, 256, 1024])
def test_a_thread_with_too_small_a_stack_is_told_so(busy: ServiceConfig, kibibytes: int) -> None:
    lines = in_thread_with_stack(busy, kibibytes, Engine.FUSED)
    assert len(lines) == 3
    for line in lines:
        assert line.startswith(f"refused: the stack of this thread has {kibibytes << 10:,} bytes")
        assert line.endswith("threading.stack_size(8_388_608) before the thread is started")


@pytest.mark.parametrize("engine", Engine)
def test_endless_recursion_traps_in_the_smallest_stack_that_is_allowed(
    busy: ServiceConfig, engine: Engine
) -> None:
    first = in_thread_with_stack(busy, 2048, engine)[0]
    assert first == "trap: stack overflow"

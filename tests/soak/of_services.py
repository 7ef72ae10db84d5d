"""The long runs of services in this process."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from runtime import CallError, Engine, PythonValue, Service, ServiceConfig
from runtime.config.loading import load_config
from runtime.errors import MarineError
from tests.soak.long_run import NOTHING, SMALL, LongRun, WorkUnderWay
from tests.support.busy_module import BUSY
from tests.support.growth import repeated
from tests.support.paths import FIXTURES
from tests.support.usage import Usage
from tests.support.versions import asking, counting

GREETING = load_config(FIXTURES / "greeting" / "Config.toml")
RECORDS = load_config(FIXTURES / "records" / "Config.toml")
MEBIBYTE = 1 << 20
BESIDE = Usage(resident=0.04, address_space=8_800, mappings=3, descriptors=0, threads=0)
"""What the engine keeps of each module, or pair of them, that is gone while others stay; mappings
where they are of new files, as their code is kept."""

FAILING: tuple[tuple[str, list[PythonValue], float | None], ...] = (
    ("endless", [], 0.002),
    ("recurse", [1], None),
    ("double", [-1], None),
    ("double", ["x"], None),
    ("missing", [], None),
)


def _require(*, right: bool) -> None:
    if not right:
        raise AssertionError("a call gave a wrong result")


def _quiet(_module: str, _stream: int, _data: bytes) -> None:
    pass


@contextmanager
def calls(engine: Engine) -> Iterator[WorkUnderWay]:
    """Calls with numbers, strings and records, between modules too; one in a thousand fails."""
    with (
        Service(RECORDS, engine=engine) as service,
        Service(GREETING, engine=engine, output=_quiet) as other,
    ):
        other.load("busy", BUSY)
        record = service.modules.records_passing_pure.invoke()
        done = 0

        def once() -> None:
            nonlocal done
            done += 1
            match done % 4:
                case 0:
                    _require(right=other.call("greeting", "greeting", ["soak"]) == "Hi, soak")
                case 1:
                    _require(right=other.call_text("busy", "double", "[4]") == "8")
                case 2:
                    _require(right=service.modules.records_passing_pure.invoke() == record)
                case _:
                    service.modules.records_passing_pure.pass_record(record)
            if done % 1_000 == 0:
                function, arguments, timeout = FAILING[done // 1_000 % len(FAILING)]
                try:
                    other.call("busy", function, arguments, timeout=timeout)
                except CallError:
                    return
                raise AssertionError(f"{function} should fail")

        yield WorkUnderWay(repeated(once))


@contextmanager
def awaited_calls() -> Iterator[WorkUnderWay]:
    """Calls that are awaited, a hundred at a time."""
    with Service(GREETING) as service:

        async def gather(times: int) -> None:
            for _ in range(max(times // 100, 1)):
                results = await asyncio.gather(
                    *(service.call_async("greeting", "greeting", ["soak"]) for _ in range(100))
                )
                _require(right=results == ["Hi, soak"] * 100)

        yield WorkUnderWay(lambda times: asyncio.run(gather(times)))


@contextmanager
def traces() -> Iterator[WorkUnderWay]:
    """Traced calls, of which every other fails."""
    with Service(RECORDS) as service, Service(output=_quiet) as other:
        other.load("busy", BUSY)

        def once() -> None:
            _require(right=service.trace("records_passing_pure", "invoke").error is None)
            _require(right=other.trace("busy", "recurse", [1]).error is not None)

        yield WorkUnderWay(repeated(once))


@contextmanager
def services(limit: int | None) -> Iterator[WorkUnderWay]:
    """Services that are created, called and closed."""
    config = ServiceConfig(modules=GREETING.modules, total_memory_limit=limit)

    def once() -> None:
        with Service(config, timeout=10) as service:
            _require(right=service.call("greeting", "greeting", ["soak"]) == "Hi, soak")

    yield WorkUnderWay(repeated(once))


@contextmanager
def loads(limit: int | None, *, beside: bool) -> Iterator[WorkUnderWay]:
    """Modules that are loaded, called and unloaded; every tenth cannot be started."""
    failing = counting(1, body='(func (export "_start") unreachable)')
    done = 0
    with Service(ServiceConfig(total_memory_limit=limit), output=_quiet) as service:
        if beside:
            service.load("stays", counting(1))

        def once() -> None:
            nonlocal done
            done += 1
            service.load("busy", BUSY)
            _require(right=service.call("busy", "double", [4]) == 8)
            service.unload("busy")
            if done % 10 == 0:
                try:
                    service.load("failing", failing)
                except MarineError:
                    return
                raise AssertionError("it should not start")

        yield WorkUnderWay(repeated(once))


@contextmanager
def reloads(*, beside: bool) -> Iterator[WorkUnderWay]:
    """Two modules whose files change again and again."""
    with TemporaryDirectory() as directory, Service() as service:
        source, relay = Path(directory, "source.wasm"), Path(directory, "relay.wasm")
        source.write_bytes(counting(0))
        relay.write_bytes(asking("source"))
        service.load("source", source)
        service.load("relay", relay)
        if beside:
            service.load("stays", counting(1))
        version = 0

        def once() -> None:
            nonlocal version
            version += 1
            source.write_bytes(counting(version % 300))
            service.reload("source")
            _require(right=service.call("relay", "version") == version % 300)

        yield WorkUnderWay(repeated(once))


def _run(
    name: str,
    unit: str,
    times: int,
    start: Callable[[], AbstractContextManager[WorkUnderWay]],
    *,
    warm_up: int = 100,
    each: Usage = NOTHING,
) -> LongRun:
    return LongRun(name, unit, times, start, warm_up, SMALL, each)


RUNS = (
    _run("calls-fused", "calls", 900_000, lambda: calls(Engine.FUSED), warm_up=5_000),
    _run("calls-interp", "calls", 100_000, lambda: calls(Engine.INTERP), warm_up=5_000),
    _run("awaited", "calls", 100_000, awaited_calls, warm_up=1_000),
    _run("traces", "pairs of traces", 5_000, traces),
    _run("services", "services", 5_000, lambda: services(None)),
    _run("services-limited", "services", 5_000, lambda: services(64 * MEBIBYTE)),
    _run("loads", "loads", 5_000, lambda: loads(None, beside=False)),
    _run("loads-limited", "loads", 5_000, lambda: loads(64 * MEBIBYTE, beside=False)),
    _run("loads-beside", "loads", 10_000, lambda: loads(None, beside=True), each=BESIDE),
    _run("reloads", "reloads", 1_000, lambda: reloads(beside=False), warm_up=400),
    _run(
        "reloads-beside",
        "reloads",
        1_000,
        lambda: reloads(beside=True),
        warm_up=400,
        each=BESIDE,
    ),
)
"""All of them, in the order in which they run."""

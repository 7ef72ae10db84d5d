"""What modules leave behind that were unloaded or loaded anew, and that nothing else changes."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from runtime import (
    ConfigError,
    Engine,
    MemoryLimitExceeded,
    ModuleError,
    NoSuchModule,
    Service,
    ServiceConfig,
    TimeLimitExceeded,
    host_function,
)
from runtime.config.model import ModuleConfig, WasiConfig
from runtime.engine import instance_count
from runtime.errors import CallError, StartError
from tests.support.busy_module import BUSY
from tests.support.growth import growth, repeated
from tests.support.modules import ABI, extern_item, function_item, module
from tests.support.usage import STATUS
from tests.support.versions import asking, counting

GIBIBYTE_IN_MIB = 1024.0
PAGE = 65_536
FAILING = module(f'(module {ABI} (func (export "_start") unreachable))', [])
COSTLY = module(
    f"""(module {ABI}
      (func (export "take")
        (drop (memory.grow (i32.const 64)))
        (memory.fill (i32.const 0) (i32.const 1) (i32.const 4000000))))""",
    [function_item("take", [])],
)

measuring = pytest.mark.skipif(not STATUS.exists(), reason="the figures come from Linux's /proc")


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(output=lambda *_written: None) as service:
        yield service


@measuring
def test_unloading_all_modules_frees_them(service: Service) -> None:
    def load_and_unload() -> None:
        service.load("busy", BUSY)
        service.load("costly", COSTLY)
        service.call("costly", "take")
        assert service.call("busy", "double", [4]) == 8
        service.unload("busy")
        service.unload("costly")

    grown = growth(repeated(load_and_unload), times=40)
    assert grown.address_space < GIBIBYTE_IN_MIB
    assert grown.mappings < 20
    assert grown.resident < 32
    assert grown.descriptors <= 0


@measuring
def test_loading_all_modules_anew_frees_the_old_ones(service: Service, tmp_path: Path) -> None:
    paths = {"source": counting(1), "relay": asking("source")}
    for name, wasm in paths.items():
        (tmp_path / f"{name}.wasm").write_bytes(wasm)
        service.load(name, tmp_path / f"{name}.wasm")

    def reload() -> None:
        assert [each.name for each in service.reload("source")] == ["source", "relay"]
        assert (service.call("relay", "version"), service.call("source", "count")) == (1, 1)

    assert growth(repeated(reload), times=40).address_space < GIBIBYTE_IN_MIB


@measuring
@pytest.mark.parametrize("limit", [None, 8 << 20])
def test_beside_modules_that_stay_gone_ones_keep_address_space_only(limit: int | None) -> None:
    with Service(ServiceConfig(total_memory_limit=limit)) as service:
        service.load("stays", counting(1))

        def load_and_unload() -> None:
            service.load("costly", COSTLY)
            service.call("costly", "take")
            service.unload("costly")

        grown = growth(repeated(load_and_unload), times=40)
        assert grown.resident < 16  # each has taken 4
        assert grown.mappings < 20
        assert service.call("stays", "count") == 1


@measuring
def test_starts_that_fail_leave_nothing_behind_in_an_empty_service(service: Service) -> None:
    def fail() -> None:
        with pytest.raises(StartError):
            service.load("failing", FAILING)

    assert growth(repeated(fail), times=20).address_space < GIBIBYTE_IN_MIB


def test_memory_of_unloaded_modules_counts_no_more() -> None:
    with Service(ServiceConfig(total_memory_limit=9 * PAGE)) as service:
        service.load("stays", counting(1))
        for _ in range(5):
            service.load("comes", counting(2))
            with pytest.raises(MemoryLimitExceeded):
                service.load("too much", counting(3))
            service.call("comes", "grow")
            service.unload("comes")
        service.unload("stays")
        service.load("comes", counting(2))
        service.load("too", counting(2))
        assert [each.memory_bytes for each in service.statistics().modules] == [4 * PAGE] * 2
        assert service.statistics().rejected_allocations == 5


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        ("(func $start (drop (memory.grow (i32.const 1))) unreachable) (start $start)", StartError),
        ('(data (i32.const 0x7fffffff) "outside")', ModuleError),
    ],
)
def test_memory_of_modules_that_cannot_be_instantiated_counts_no_more(
    content: str, refused: type[ModuleError]
) -> None:
    wasm = module(f"(module {ABI} {content})", [])
    with Service(ServiceConfig(total_memory_limit=9 * PAGE)) as service:
        service.load("stays", counting(1))
        for _ in range(3):
            with pytest.raises(refused):
                service.load("failing", wasm)
        service.load("comes", counting(2))
        assert service.call("stays", "count") == 1
        assert service.call("comes", "version") == 2
        assert service.statistics().rejected_allocations == 0


def test_after_a_renewal_everything_is_as_before(tmp_path: Path) -> None:
    @host_function
    def double(x: int) -> int:
        return 2 * x

    written: list[bytes] = []
    config = ModuleConfig(
        "busy",
        tmp_path / "busy.wasm",
        wasi=WasiConfig(environment={"A": "b"}, mapped_dirs={"data": tmp_path}),
    )
    config.path.write_bytes(BUSY)
    asks = module(
        f"""(module (import "host" "double" (func $double (param i64) (result i64))) {ABI}
          (func (export "four") (result i64) (call $double (i64.const 2))))""",
        [extern_item("host", ("double", [("x", "I64")], "I64")), function_item("four", [], "I64")],
    )
    (tmp_path / "asks.wasm").write_bytes(asks)
    with Service(
        ServiceConfig((config, ModuleConfig("asks", tmp_path / "asks.wasm"))),
        host_functions=[double],
        timeout=5,
        output=lambda _module, _stream, data: written.append(data),
    ) as service:
        before = (service.service_id, service.environment("busy"), service.file_system("busy"))
        for engine in (Engine.FUSED, Engine.INTERP, Engine.FUSED):
            service.reload("busy", "asks")
            service.engine = engine
            assert (
                service.service_id,
                service.environment("busy"),
                service.file_system("busy"),
            ) == before
            assert (service.modules.busy.next(), service.call("busy", "next")) == (1, 2)
            assert service.call("asks", "four") == 4
            with pytest.raises(TimeLimitExceeded):
                service.call("busy", "endless", timeout=0.05)
            service.call("busy", "say")
            assert written == [b"x", b"x"]
            written.clear()
            with pytest.raises(CallError, match="stack"):
                service.call("busy", "recurse", [1])
            assert service.trace("busy", "double", [3]).error is None
            assert service.call("busy", "double", [3]) == 6
        service.unload("busy")
        service.unload("asks")
        service.load("busy", BUSY)
        assert service.modules.busy.next() == 1


def test_functions_that_were_kept_over_a_renewal_fail_and_harm_nothing(service: Service) -> None:
    service.load("m", counting(1))
    count = service.modules.m.count
    assert count() == 1
    service.unload("m")
    with pytest.raises(NoSuchModule):
        count()
    service.load("m", counting(1))
    with pytest.raises(CallError, match="was loaded anew"):
        count()
    assert service.modules.m.count() == 1


@measuring
def test_where_a_module_cannot_be_loaded_anew_all_stay_as_they_were(tmp_path: Path) -> None:
    for name, wasm in (("source", counting(1)), ("relay", asking("source"))):
        (tmp_path / f"{name}.wasm").write_bytes(wasm)
    with Service(modules=[tmp_path / "source.wasm", tmp_path / "relay.wasm"]) as service:
        service.call("source", "count")
        (tmp_path / "source.wasm").write_bytes(counting(2))
        (tmp_path / "relay.wasm").write_bytes(FAILING)

        def fail() -> None:
            with pytest.raises(StartError):
                service.reload()

        assert growth(repeated(fail), times=20).address_space < GIBIBYTE_IN_MIB
        assert service.call("relay", "version") == 1
        assert service.call("source", "count") == 2


class Raised(Exception):
    """Raised as a signal handler would."""


@contextmanager
def raising_after(function: str) -> Iterator[None]:
    """A context in which an exception comes from nowhere, once, after a function has run."""

    def raise_once(frame: FrameType, event: str, _argument: object) -> None:
        if event == "return" and frame.f_code.co_name == function:
            sys.setprofile(None)
            raise Raised

    sys.setprofile(raise_once)
    try:
        yield
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("function", ["_consume", "wasmtime_store_delete"])
def test_a_store_is_never_freed_twice(tmp_path: Path, function: str) -> None:
    (tmp_path / "source.wasm").write_bytes(counting(1))
    with Service(modules=[tmp_path / "source.wasm"]) as service:
        with pytest.raises(Raised), raising_after(function):
            service.reload("source")
        gc.collect()
        assert service.call("source", "count") == 1


def test_nothing_calls_a_module_whose_unloading_a_signal_handler_ended(service: Service) -> None:
    service.load("m", counting(1))
    assert service.call("m", "count") == 1
    with pytest.raises(Raised), raising_after("remove"):
        service.unload("m")
    service.load("m", counting(1))
    assert service.call("m", "count") == 1


def test_what_a_signal_handler_raises_while_memory_is_made_is_raised_by_the_reload(
    tmp_path: Path,
) -> None:
    (tmp_path / "source.wasm").write_bytes(counting(1))
    config = ServiceConfig(total_memory_limit=9 * PAGE)
    with Service(config, modules=[tmp_path / "source.wasm"]) as service:
        with pytest.raises(Raised), raising_after("reserve"):
            service.reload("source")
        assert service.call("source", "count") == 1
        service.reload("source")
        assert service.call("source", "count") == 1


def test_a_directory_that_a_module_replaces_by_a_link_is_never_followed(tmp_path: Path) -> None:
    inner, secret = tmp_path / "outer" / "inner", tmp_path / "secret"
    inner.mkdir(parents=True)
    secret.mkdir()
    (secret / "key").touch()
    (tmp_path / "busy.wasm").write_bytes(BUSY)
    config = ModuleConfig(
        "busy",
        tmp_path / "busy.wasm",
        wasi=WasiConfig(mapped_dirs={"outer": tmp_path / "outer", "inner": inner}),
    )

    def open_directories() -> list[str]:
        links = [path.resolve() for path in Path("/proc/self/fd").iterdir()]
        return sorted(str(path) for path in links if path.is_relative_to(tmp_path))

    with Service(ServiceConfig((config,)), output=lambda *_written: None) as service:
        inner.rename(tmp_path / "outer" / "moved")
        inner.symlink_to(secret)
        service.reload("busy")
        assert str(secret) not in open_directories()
        assert service.call("busy", "double", [1]) == 2
        inner.unlink()
        with pytest.raises(ConfigError, match="inner does not exist"):
            service.reload("busy")
        assert service.call("busy", "double", [1]) == 2


def test_too_many_modules_gone_beside_others_are_told_long_before_it_is_full(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "comes.wasm"
    path.write_bytes(counting(2))
    service.load("stays", counting(1))
    service.load("comes", path)
    service.unload("comes")
    service.load("comes", path)
    monkeypatch.setattr(instance_count, "MOST_INSTANCES", 0)
    for refused in (lambda: service.load("more", path), lambda: service.reload("comes")):
        with pytest.raises(ModuleError, match="close the service and create a new one"):
            refused()
    assert service.call("comes", "version") == 2
    with Service(modules=[path]) as new:
        assert new.call("comes", "version") == 2
    service.unload("stays")
    service.unload("comes")
    service.load("comes", path)
    assert service.call("comes", "version") == 2

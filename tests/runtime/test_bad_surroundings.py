"""Starts, depth, memory, mounted binaries and paths that go wrong: the call fails, no more.

Each is a service of its own, which answers another call afterwards.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import (
    AdapterError,
    CallDepthExceeded,
    CallError,
    Interrupted,
    MemoryLimitExceeded,
    ModuleConfig,
    MountedBinaryLimits,
    Service,
    ServiceConfig,
    StartError,
    TimeLimitExceeded,
    Trap,
    WasiConfig,
    host_function,
)
from tests.support.modules import ABI, extern_item, function_item, module, vector
from tests.support.paths import FIXTURES
from tests.support.running import FAULTS, GREETING, RunningService

PAGE = 65536
MEMORY = FIXTURES / "memory" / "artifacts" / "memory.wasm"
DOWNLOADER = FIXTURES / "url-downloader" / "artifacts"


# --- Starts, depth, memory: services of their own


def test_an_endless_start_section_is_stopped_by_the_time_limit(tmp_path: Path) -> None:
    path = tmp_path / "endless.wasm"
    path.write_bytes(module(f"(module {ABI} (func $f (loop $l (br $l))) (start $f))", []))
    with Service(timeout=0.05) as service:
        with pytest.raises(StartError, match=r"'endless' failed: .*time limit of 0\.05 s"):
            service.load("endless", path)
        service.load("greeting", GREETING)
        assert service.call("greeting", "greeting", ["x"]) == "Hi, x"


def test_a_chain_of_too_many_modules_is_refused_with_the_depth_and_a_shorter_one_works(
    running: RunningService,
) -> None:
    pass_on = '(func (export "f") (result i32) (i32.add (i32.const 1) (call $next)))'
    end = '(func (export "f") (result i32) (i32.const 0))'
    item = function_item("f", [], "I32")
    running.load("m0", module(f"(module {ABI} {end})", [item]))
    for number in range(1, 70):
        before = f"m{number - 1}"
        wat = f'(module (import "{before}" "f" (func $next (result i32))) {ABI} {pass_on})'
        running.load(f"m{number}", module(wat, [extern_item(before, ("f", [], "I32")), item]))
    with pytest.raises(CallDepthExceeded, match="more than 64 levels deep"):
        running.service.call("m69", "f")
    assert running.service.call("m64", "f") == 64


@pytest.mark.parametrize("length", [5 * 2**20, 2**30])
def test_memory_past_the_limit_of_the_service_fails_the_call_only(length: int) -> None:
    config = ServiceConfig((ModuleConfig("memory", MEMORY),), total_memory_limit=4 * 2**20)
    with Service(config) as service:
        with pytest.raises(MemoryLimitExceeded) as raised:
            service.call("memory", "make_string", [length])
        assert raised.value.message.startswith(
            "out of memory: limit 4194304 bytes, 1 rejected growth: memory.make_string: trap"
        )
        assert service.call("memory", "make_string", [3]) == "aaa"


def test_memory_past_the_limit_of_the_module_fails_the_call_only() -> None:
    limit = 2**20
    with Service(ServiceConfig((ModuleConfig("memory", MEMORY, max_memory=limit),))) as service:
        pages = service.call("memory", "pages")
        assert isinstance(pages, int)
        assert service.call("memory", "allocate_pages", [limit // PAGE - pages + 1]) == -1
        assert service.call("memory", "allocate_pages", [limit // PAGE - pages]) == pages
        with pytest.raises(Trap, match=f"memory of module 'memory' is at its limit of {limit}"):
            service.call("memory", "make_string", [2 * limit])
        assert service.call("memory", "pages") == limit // PAGE


def test_tables_do_not_get_around_the_memory_limits(running: RunningService) -> None:
    grow = "(table.grow $table (ref.null func) (local.get 0))"
    wasm = module(
        f"""(module {ABI} (table $table 1 funcref)
          (func (export "grow") (param i32) (result i32) {grow}))""",
        [function_item("grow", [("by", "U32")], "I32")],
    )
    running.load("tables", wasm)
    assert running.service.call("tables", "grow", [1000]) == 1
    assert running.service.call("tables", "grow", [2**31]) == -1
    assert running.service.call("greeting", "greeting", ["x"]) == "Hi, x"


# --- Mounted binaries


def _adapter(binary: Path) -> Service:
    curl = ModuleConfig(
        "curl_adapter", DOWNLOADER / "curl_adapter.wasm", mounted_binaries={"curl": binary}
    )
    limits = MountedBinaryLimits(seconds=0.2, output_bytes=100_000)
    config = ServiceConfig((curl, ModuleConfig("greeting", GREETING)))
    return Service(config, mounted_binary_limits=limits)


@pytest.mark.parametrize(
    ("script", "mode", "problem"),
    [
        (None, 0, "cannot be started: No such file or directory"),
        ("#!/bin/sh\n", 0o644, "cannot be started: Permission denied"),
        ("#!/nowhere\n", 0o755, "(the interpreter that its first line names)"),
        ("#!/bin/sh\necho 'no such page' >&2; exit 22\n", 0o755, "no such page"),
        ("#!/bin/sh\nkill -9 $$\n", 0o755, "killed by signal 9 (Killed)"),
        ("#!/bin/sh\nexec sleep 60\n", 0o755, "killed: it ran longer than its limit of 0.2 s"),
        ("#!/bin/sh\nyes\n", 0o755, "killed: it printed more than its limit of 100000 bytes"),
    ],
    ids=["missing", "not executable", "no interpreter", "fails", "killed", "hangs", "floods"],
)
def test_what_befalls_a_mounted_binary_is_told_to_the_module_that_runs_it(
    tmp_path: Path, script: str | None, mode: int, problem: str
) -> None:
    binary = tmp_path / "curl"
    if script is not None:
        binary.write_text(script, encoding="utf-8")
        binary.chmod(mode)
    with _adapter(binary) as service:
        result = service.call("curl_adapter", "download", ["http://localhost/"])
        assert isinstance(result, str | bytes)
        text = result.decode() if isinstance(result, bytes) else result
        assert text.startswith("download failed: ")
        assert problem in text
        assert service.call("greeting", "greeting", ["x"]) == "Hi, x"


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Service]:
    binary = tmp_path / "curl"
    binary.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    binary.chmod(0o755)
    curl = ModuleConfig(
        "curl_adapter", DOWNLOADER / "curl_adapter.wasm", mounted_binaries={"curl": binary}
    )
    with Service(ServiceConfig((curl, ModuleConfig("greeting", GREETING)))) as service:
        yield service


def test_a_hanging_binary_ends_with_the_time_limit_of_its_call(hanging: Service) -> None:
    with pytest.raises(TimeLimitExceeded, match=r"its time limit of 0\.1 s"):
        hanging.call("curl_adapter", "download", ["u"], timeout=0.1)
    assert hanging.call("greeting", "greeting", ["x"]) == "Hi, x"


def test_a_hanging_binary_ends_when_its_call_is_interrupted(hanging: Service) -> None:
    ended = threading.Event()

    def interrupt_until_ended() -> None:
        while not ended.wait(0.01):
            hanging.interrupt()

    other = threading.Thread(target=interrupt_until_ended)
    other.start()
    try:
        with pytest.raises(Interrupted):
            hanging.call("curl_adapter", "download", ["u"])
    finally:
        ended.set()
        other.join()
    assert hanging.call("greeting", "greeting", ["x"]) == "Hi, x"


@pytest.mark.parametrize("function", ["number", "text"])
def test_a_host_function_that_ends_because_of_a_stop_gives_no_result(
    tmp_path: Path, function: str
) -> None:
    """Though the module would look at the result and end before any other thread can stop it."""
    stopping = True

    @host_function
    def number() -> int:
        if stopping:
            service.interrupt()
        return 7

    @host_function
    def text() -> str:
        if stopping:
            service.interrupt()
        return "seven"

    path = tmp_path / "m.wasm"
    path.write_bytes(
        module(
            f"""(module
              (import "host" "number" (func $number (result i64)))
              (import "host" "text" (func $text))
              {ABI}
              (func (export "number") (result i64) (call $number))
              (func (export "text") (call $text)))""",
            [
                extern_item("host", ("number", [], "I64")),
                extern_item("host", ("text", [], "Utf8String")),
                function_item("number", [], "I64"),
                function_item("text", [], "Utf8String"),
            ],
        )
    )
    with Service(
        ServiceConfig((ModuleConfig("m", path),)), host_functions=[number, text]
    ) as service:
        with pytest.raises(Interrupted):
            service.call("m", function)
        stopping = False
        assert service.call("m", "number") == 7


# --- Paths


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Service]:
    """`local_storage`, which maps `sites`; outside of it lies a file `secret`."""
    sites = tmp_path / "sites"
    sites.mkdir()
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (sites / "link").symlink_to(tmp_path / "secret")
    (sites / "relative-link").symlink_to("../secret")
    (sites / "up").symlink_to(tmp_path)
    (sites / "loop").symlink_to("loop")
    os.mkfifo(sites / "pipe")
    wasi = WasiConfig(mapped_dirs={"sites": sites})
    module_config = ModuleConfig("local_storage", DOWNLOADER / "local_storage.wasm", wasi=wasi)
    with Service(ServiceConfig((module_config,))) as service:
        yield service


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../secret",
        "../../secret",
        "../sites/../secret",
        "./.././secret",
        "{outside}/secret",
        "/{outside}/secret",
        "link",
        "relative-link",
        "up/secret",
        "up/new",
        "up",
        "loop",
        "pipe",
        "",
        "x" * 5000,
    ],
)
def test_no_path_leaves_a_mapped_directory(storage: Service, tmp_path: Path, name: str) -> None:
    path = name.format(outside=tmp_path)
    before = sorted(tmp_path.rglob("*"))
    read = storage.call("local_storage", "get", [path])
    assert isinstance(read, bytes)
    assert read.startswith(b"file can't be read: ")
    written = storage.call("local_storage", "put", [path, b"changed"])
    assert isinstance(written, str)
    assert written.startswith("file can't be written: ")
    assert (tmp_path / "secret").read_text(encoding="utf-8") == "secret"
    assert sorted(tmp_path.rglob("*")) == before
    assert storage.call("local_storage", "put", ["page", b"inside"]) == "Ok"
    assert storage.call("local_storage", "get", ["page"]) == b"inside"


# --- A service used from inside itself


def test_a_service_called_from_its_own_output_refuses_and_goes_on() -> None:
    def listen(_module: str, _descriptor: int, _data: bytes) -> None:
        service.call("faults", "add", [1, 2])

    config = ServiceConfig((ModuleConfig("faults", FAULTS / "faults.wasm"),))
    with Service(config, output=listen) as service:
        with pytest.raises(CallError, match="`output` or `progress` cannot use its own service"):
            service.call("faults", "print_escape_sequences")
        assert service.call("faults", "add", [1, 2]) == 3


def test_an_array_of_strings_that_lies_outside_is_refused_before_memory_is_taken(
    running: RunningService,
) -> None:
    wasm = module(
        f"""(module {ABI} (func (export "many")
          (call $set_result_ptr (i32.const 0)) (call $set_result_size (i32.const 0x0fffffff))))""",
        [function_item("many", [], vector("Utf8String"))],
    )
    running.load("m", wasm)
    with pytest.raises(AdapterError, match="lie outside"):
        running.service.call("m", "many")
    assert running.service.call("greeting", "greeting", ["x"]) == "Hi, x"

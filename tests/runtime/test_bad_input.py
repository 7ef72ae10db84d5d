"""Everything that can be wrong with what users and modules give: one clear error, and life goes on.

Each case names the error and what its message must say: what is wrong, where, what would be right.
After each, the same service answers another call.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime import (
    AdapterError,
    ArgumentsError,
    ConfigError,
    DuplicateModule,
    InterfaceError,
    LinkError,
    MarineError,
    ModuleConfig,
    ModuleError,
    ModuleFileError,
    NoSuchFunction,
    NoSuchModule,
    Service,
    ServiceConfig,
    StartError,
    TimeLimitExceeded,
    Trap,
    ValidationError,
    VersionError,
    WasiConfig,
)
from tests.support.modules import ABI, extern_item, function_item, module
from tests.support.paths import FIXTURES
from tests.support.running import FAULTS, GREETING, RunningService

PAGE = 65536
MEMORY = FIXTURES / "memory" / "artifacts" / "memory.wasm"
DOWNLOADER = FIXTURES / "url-downloader" / "artifacts"


@dataclass(frozen=True)
class Case:
    """Something wrong, and what must come of it."""

    name: str
    attempt: Callable[[RunningService], object]
    error: type[MarineError]
    message: tuple[str, ...]


def _check(case: Case, running: RunningService) -> None:
    with pytest.raises(MarineError) as raised:
        case.attempt(running)
    error = raised.value
    assert type(error) is case.error
    assert str(error) == error.message
    for part in case.message:
        assert part in error.message
    assert "Traceback" not in error.message
    assert running.service.call("greeting", "greeting", ["x"]) == "Hi, x"
    assert running.service.call("faults", "add", [1, 2]) == 3


def _named(case: Case) -> str:
    return case.name


# --- Configs


def _config(name: str, content: str | bytes, *message: str) -> Case:
    def attempt(running: RunningService) -> object:
        path = running.directory / "Config.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Service.from_config(path, working_dir=running.directory)

    return Case(f"config: {name}", attempt, ConfigError, ("Config.toml", *message))


def _config_module(settings: str) -> str:
    return f"[[module]]\nname = 'm'\nload_from = '{GREETING}'\n{settings}"


CONFIGS = [
    Case(
        "config: missing",
        lambda running: Service.from_config(running.directory / "absent.toml"),
        ConfigError,
        ("cannot read the config", "absent.toml", "No such file or directory"),
    ),
    Case(
        "config: a directory",
        lambda _running: Service.from_config(FIXTURES / "greeting"),
        ConfigError,
        ("a directory, not a file; did you mean", "greeting/Config.toml"),
    ),
    Case(
        "config: NUL in its path",
        lambda _running: Service.from_config("a\0b"),
        ConfigError,
        (r"cannot read the config 'a\x00b'", "null"),
    ),
    _config("no TOML", "[[module]\nname = 1", "not valid TOML, line 1, column 9"),
    _config("no text", b"\n\xff\xfe", "not UTF-8 text, byte 0xff in line 2"),
    _config("nested too deeply", "a = " + "[" * 5000, "nested more than"),
    _config("module without a name", "[[module]]", "module[0].name: missing"),
    _config(
        "name with a slash", "[[module]]\nname = 'a/b'", "without slashes", 'got the string "a/b"'
    ),
    _config("name that is a number", "[[module]]\nname = 5", "module[0].name", "got the integer 5"),
    _config("table for an array", "[module]\nname = 'm'", "write [[module]] for [module]"),
    _config("no such module file", "[[module]]\nname = 'm'", "m.wasm", "modules_dir, load_from"),
    _config("no such modules_dir", "modules_dir = '/nowhere'", 'modules_dir: "/nowhere": no such'),
    _config(
        "two modules of one name",
        _config_module("") + _config_module(""),
        'module[1].name: "m" is already the name of module[0]',
    ),
    _config(
        "several things at once",
        _config_module("max_heap_size = '1 XB'\nlogger_enabled = 'yes'\nlogging_mask = 1e9"),
        "module[0].max_heap_size: ",
        'allowed is an integer of bytes, a text such as "10 MiB"',
        "module[0].logger_enabled: expected true or false, got the string",
        "module[0].logging_mask: expected an integer from -2147483648 to 2147483647",
    ),
    _config("limit below zero", "total_memory_limit = -1", "total_memory_limit: the integer -1"),
    _config(
        "variable that is no text",
        _config_module("[module.wasi]\nenvs = { a = 3 }"),
        "module[0].wasi.envs.a: expected a string",
    ),
    _config(
        "directory that is a file",
        _config_module(f"[module.wasi]\nmapped_dirs = {{ a = '{GREETING}' }}"),
        "module[0].wasi.mapped_dirs.a",
        "is a file, not a directory; expected a directory",
    ),
    Case(
        "config: NUL in a directory's path",
        lambda _running: Service(
            ServiceConfig(
                (ModuleConfig("m", GREETING, wasi=WasiConfig(mapped_dirs={"a": Path("x\0y")})),)
            )
        ),
        ConfigError,
        ("module 'm': cannot create the directory", r"'x\x00y'", "null"),
    ),
]


# --- Module files


def _fixture(name: str, error: type[MarineError], *message: str) -> Case:
    return Case(
        f"fixture: {name}",
        lambda running: running.service.load(name, FAULTS / f"{name}.wasm"),
        error,
        (f"module {name!r}", *message),
    )


def _file(name: str, module_name: str, path: str, error: type[MarineError], *message: str) -> Case:
    return Case(
        f"file: {name}",
        lambda running: running.service.load(module_name, running.directory / path),
        error,
        message,
    )


def _load_pipe(running: RunningService) -> None:
    os.mkfifo(running.directory / "pipe")
    running.service.load("m", running.directory / "pipe")


MODULE_FILES = [
    _fixture("not_wasm", ModuleFileError, "it begins with 54 68 69 73, expected 00 61 73 6d"),
    _fixture("truncated_module", ModuleFileError, "truncated", "at byte 246"),
    _fixture("corrupt_code", ModuleFileError, "module: Invalid", "offset 192", "opcode: 0xff"),
    _fixture("no_interface_types", InterfaceError, "module doesn't contain interface types"),
    _fixture(
        "two_interface_types", InterfaceError, "multiple IT sections", "found 2", "expected one"
    ),
    _fixture(
        "truncated_interface_types", InterfaceError, "section at byte 181", "expected at most"
    ),
    _fixture("foreign_interface_types", InterfaceError, "at byte 0: found 0x28, expected the kind"),
    _fixture("old_interface_types", VersionError, "0.19.0", "version 0.20.0 or later is required"),
    _fixture("old_sdk_version", VersionError, "0.5.0", "version 0.6.0 or later is required"),
    _fixture("no_sdk_version", VersionError, "expected a custom section '__fluence_sdk_version'"),
    _fixture("malformed_sdk_version", VersionError, "found 'latest', expected a version such as"),
    _fixture(
        "ill_typed_adapter",
        ValidationError,
        "adapter of 'answer', instruction 1 (string.lift_memory)",
        "found i32 on the stack, expected i32, i32",
    ),
    _fixture(
        "missing_module", LinkError, "imports nowhere.answer, but no module nowhere is loaded"
    ),
    _fixture("missing_function", LinkError, "imports greeting.farewell", "no such public function"),
    _fixture("missing_host_function", LinkError, "imports host.answer", "mounted_binaries"),
    _fixture(
        "signature_mismatch",
        LinkError,
        "signature_mismatch expects: fn greeting(name: string, times: u32) -> string",
        "greeting offers: fn greeting(name: string) -> string",
    ),
    _fixture("failing_initialize", StartError, "_initialize of", "exit status 3"),
    _fixture("failing_start", StartError, "_start of", "unreachable", "failing_start!start at 0x"),
    _fixture("start_section", StartError, "build it as a reactor, with `_initialize` instead"),
    _file("missing", "m", "m.wasm", ModuleFileError, "module 'm': cannot read", "No such file"),
    _file("a directory", "m", ".", ModuleFileError, "module 'm': cannot read", "Is a directory"),
    _file("NUL in its path", "m", "a\0b", ModuleFileError, "cannot read", "null"),
    _file("a name too long", "m", "x" * 300, ModuleFileError, "cannot read", "too long"),
    _file("an endless device", "m", "/dev/zero", ModuleFileError, "a device or pipe, not a file"),
    Case("file: a pipe", _load_pipe, ModuleFileError, ("pipe: a device or pipe, not a file",)),
    _file("name taken", "greeting", "x", DuplicateModule, "name 'greeting' already loaded"),
    _file("empty name", "", str(GREETING), ModuleError, "the name ''", "expected", "not empty"),
    _file("name with a slash", "a/b", str(GREETING), ModuleError, "'a/b'", "no slashes"),
    _file("name that is no text", "\udcff", str(GREETING), ModuleError, r"the name '\udcff'"),
]


# --- Modules made on the spot, refused at load


def _load(name: str, wasm: bytes, error: type[MarineError], *message: str) -> Case:
    return Case(f"load: {name}", lambda running: running.load("m", wasm), error, message)


def _without(export: str) -> str:
    return ABI.replace(f'(export "{export}")', "")


TAKES_TEXT = '(func (export "take") (param i32 i32))'
TAKE_ITEM = function_item("take", [("text", "Utf8String")], "Utf8String")
GREETING_ITEM = extern_item("greeting", ("greeting", [("name", "Utf8String")], "Utf8String"))
CALL_PARAMETERS = '(import "host" "get_call_parameters" (func $get))'
LOGS = '(import "host" "log_utf8_string" (func $log (param i32 i32 i32 i32)))'

LOADS = [
    *(
        _load(
            f"no {export}",
            module(f"(module {_without(export)} {TAKES_TEXT})", [TAKE_ITEM]),
            ValidationError,
            "adapter of 'take'",
            f"found {export!r}, which the Wasm module does not export",
        )
        for export in ("allocate", "release_objects", "get_result_ptr", "get_result_size")
    ),
    _load(
        "no memory for its adapters",
        module(f"(module {_without('memory')} {TAKES_TEXT})", [TAKE_ITEM]),
        ModuleFileError,
        "module 'm' exports no memory named 'memory', which its adapters need",
    ),
    _load(
        "no memory for the host",
        module(f"(module {LOGS})", []),
        LinkError,
        "module 'm' imports host.log_utf8_string",
        "exports no memory named 'memory'",
    ),
    _load(
        "no allocate for the host",
        module(f"(module {CALL_PARAMETERS} {_without('allocate')})", []),
        LinkError,
        "module 'm' imports host.get_call_parameters",
        "it must export allocate(i32, i32) -> (i32), found none",
    ),
    _load(
        "no set_result_ptr for the host",
        module(f"(module {CALL_PARAMETERS} {_without('set_result_ptr')})", []),
        LinkError,
        "it must export set_result_ptr(i32) -> (), found none",
    ),
    _load(
        "an adapter without its function",
        module(f"(module {ABI})", [TAKE_ITEM]),
        ValidationError,
        "found 'take', which the Wasm module does not export",
    ),
    _load(
        "an adapter for another type",
        module(f'(module {ABI} (func (export "take") (param i64)))', [TAKE_ITEM]),
        ValidationError,
        "found i32 on the stack, expected i64 for 'take'",
    ),
    _load(
        "an import without its adapter",
        module(
            f'(module (import "greeting" "greeting" (func (param i32 i32))) {ABI})',
            [],
        ),
        LinkError,
        "imports greeting.greeting, but its interface types have no import adapter for it",
    ),
    _load(
        "an import under another raw type",
        module(
            f'(module (import "greeting" "greeting" (func (param i64))) {ABI})', [GREETING_ITEM]
        ),
        ValidationError,
        "'greeting.greeting': found raw type (i32, i32) -> (), expected (i64) -> ()",
    ),
    _load(
        "an import of itself",
        module(
            f'(module (import "m" "f" (func)) {ABI} (func (export "f")))',
            [extern_item("m", ("f", [], None)), function_item("f", [])],
        ),
        LinkError,
        "imports m.f, but no module m is loaded",
    ),
    _load(
        "a start section that calls a module",
        module(
            f"""(module (import "greeting" "greeting" (func $greeting (param i32 i32))) {ABI}
              (func $begin (call $greeting (i32.const 0) (i32.const 0))) (start $begin))""",
            [GREETING_ITEM],
        ),
        StartError,
        "the start section of module 'm' failed",
        "build it as a reactor, with `_initialize` instead",
    ),
    _load(
        "a start with parameters",
        module(f'(module {ABI} (func (export "_start") (param i32)))', []),
        StartError,
        "exports _start(i32) -> (), expected _start() -> ()",
    ),
    _load(
        "64-bit memory",
        module('(module (memory (export "memory") i64 1))', []),
        ModuleFileError,
        "module 'm' is no valid WebAssembly module: memory64 must be enabled",
    ),
]


# --- Calls


def _call(
    name: str, function: str, arguments: object, error: type[MarineError], *message: str
) -> Case:
    return Case(
        f"call: {name}",
        lambda running: running.service.call(
            "faults",
            function,
            arguments,  # type: ignore[arg-type] # some are no values at all
            timeout=0.02 if error is TimeLimitExceeded else None,
        ),
        error,
        message,
    )


def _lifting(function: str, *message: str) -> Case:
    place = f"export adapter faults.{function}, instruction "
    return _call(function, function, [], AdapterError, place, *message)


CALLS = [
    Case(
        "call: no such module",
        lambda running: running.service.call("greetin", "greeting", ["x"]),
        NoSuchModule,
        ("no module 'greetin' is loaded; did you mean 'greeting'? (loaded: greeting, faults)",),
    ),
    _call("no such function", "ad", [1, 2], NoSuchFunction, "'ad'; did you mean 'add'?"),
    _call("too few arguments", "add", [1], ArgumentsError, "requires 2 arguments, 1 provided"),
    _call("too many arguments", "add", [1, 2, 3], ArgumentsError, "2 arguments, 3 provided"),
    _call(
        "wrong arguments",
        "add",
        ["one", 2**31],
        ArgumentsError,
        "fn add(left: i32, right: i32) -> i32 of module 'faults'",
        "args[0]: expected i32",
        "args[1]: expected i32 (-2147483648 to 2147483647), got 2147483648",
    ),
    _call("unknown argument", "add", {"left": 1, "rigt": 2}, ArgumentsError, "args.rigt: unknown"),
    _call("no value", "add", [object(), 1], ArgumentsError, "a value of the Python type object"),
    Case(
        "call: text that is none",
        lambda running: running.service.call("greeting", "greeting", ["\ud800"]),
        ArgumentsError,
        (r"args[0]: the string '\ud800' is no Unicode text",),
    ),
    Case(
        "call: wrong call parameters",
        lambda running: running.service.call(
            "faults", "add", [1, 2], call_parameters={"particle": {"ttl": -1}, "bogus": 1}
        ),
        ArgumentsError,
        (
            "call_parameters.bogus: unknown field; known are particle",
            "call_parameters.particle.ttl: expected u32 (0 to 4294967295), got -1",
        ),
    ),
    _call("trap", "trap", [], Trap, "faults.trap: trap: unreachable", "0: faults!trap at 0x"),
    _call("trap in depth", "trap_deeply", [], Trap, "1: faults!inner", "2: faults!trap_deeply"),
    _call(
        "division by zero", "divide", [1, 0], Trap, "faults.divide: trap: integer divide by zero"
    ),
    _call("overflow", "divide", [-(2**31), -1], Trap, "trap: integer overflow"),
    _call("outside memory", "read_out_of_bounds", [], Trap, "memory access out of bounds"),
    _call("null function", "call_null_function", [], Trap, "call to a null table entry"),
    _call("endless recursion", "deep_recursion", [0], Trap, "trap: stack overflow"),
    _call("endless loop", "endless_loop", [], TimeLimitExceeded, "its time limit of 0.02 s"),
    _call("exit", "exit", [7], Trap, "faults.exit: the module ended itself with exit status 7"),
    _call("exit with 0", "exit", [0], Trap, "exit status 0 (proc_exit)"),
    _call("exit with 255", "exit", [255], Trap, "exit status that is not 0 to 125 (proc_exit)"),
    _lifting("non_utf8_string", "pointer 16 of 15 bytes is not valid UTF-8", "(0xc3)"),
    _lifting("pointer_out_of_range", "pointer 65536 and length 1", "memory of 65536 bytes"),
    _lifting("length_out_of_range", "pointer 65520 and length 17 lie outside"),
    _lifting("range_wraps_around", "pointer 4294967295 and length 2 lie outside"),
    _lifting(
        "array_length_wraps_around", "536870913 elements of 8 bytes", "larger than any memory"
    ),
    _lifting("bytes_out_of_range", "pointer 0 and length 65537 lie outside"),
    _lifting("record_out_of_range", "pointer 65533 and length 12 lie outside"),
    _lifting("element_out_of_range", "pointer 65536 and length 1 lie outside"),
    _lifting("field_out_of_range", "pointer 65280 and length 257 lie outside"),
    _lifting("too_large_u8", "(u8.from_i32): the i32 300 does not fit u8 (0 to 255)"),
    _lifting("too_small_i8", "the i32 -129 does not fit s8 (-128 to 127)"),
]


# --- Calls of modules made on the spot


def _made(
    name: str,
    wasm: bytes,
    function: str,
    arguments: list[int | str],
    error: type[MarineError],
    *message: str,
) -> Case:
    def attempt(running: RunningService) -> object:
        running.load("m", wasm)
        limit = 0.02 if error is TimeLimitExceeded else None
        return running.service.call("m", function, arguments, timeout=limit)

    return Case(f"module: {name}", attempt, error, message)


def _allocating(body: str) -> bytes:
    """A module that takes a string, with another `allocate`."""
    wat = f"""(module (memory (export "memory") 4)
      (func (export "allocate") (param i32 i32) (result i32) {body})
      (func (export "release_objects")) {TAKES_TEXT})"""
    return module(wat, [function_item("take", [("text", "Utf8String")])])


PASSES_POINTER = module(
    f"""(module (import "greeting" "greeting" (func $greeting (param i32 i32))) {LOGS} {ABI}
      (data (i32.const 16) "\\ff")
      (func (export "ask") (param i32 i32) (call $greeting (local.get 0) (local.get 1)))
      (func (export "log") (param i32 i32)
        (call $log (i32.const 3) (i32.const 0) (local.get 0) (local.get 1))))""",
    [
        GREETING_ITEM,
        function_item("ask", [("pointer", "U32"), ("size", "U32")]),
        function_item("log", [("pointer", "U32"), ("size", "U32")]),
    ],
)

MADE = [
    _made(
        "passes a pointer outside its memory",
        PASSES_POINTER,
        "ask",
        [2**32 - 1, 5],
        AdapterError,
        "import adapter m.greeting.greeting, instruction 2 (string.lift_memory)",
        f"pointer 4294967295 and length 5 lie outside the module's memory of {4 * PAGE} bytes",
    ),
    _made(
        "passes a string that is no UTF-8",
        PASSES_POINTER,
        "ask",
        [16, 1],
        AdapterError,
        "import adapter m.greeting.greeting",
        "pointer 16 of 1 bytes is not valid UTF-8: invalid start byte at byte 0 (0xff)",
    ),
    _made(
        "logs from outside its memory",
        PASSES_POINTER,
        "log",
        [4 * PAGE, 1],
        AdapterError,
        f"m calls host function log_utf8_string: pointer {4 * PAGE} and length 1 lie outside",
    ),
    _made(
        "allocates nothing",
        _allocating("(i32.const 0)"),
        "take",
        ["x"],
        AdapterError,
        "export adapter m.take",
        "allocate gave a null pointer for 1 bytes",
    ),
    _made(
        "allocates outside its memory",
        _allocating("(i32.const -1)"),
        "take",
        ["x"],
        AdapterError,
        "(string.lower_memory): pointer 4294967295 and length 1 lie outside",
    ),
    _made("traps in allocate", _allocating("unreachable"), "take", ["x"], Trap, "m.allocate: trap"),
    _made(
        "allocates without end",
        _allocating("(loop $again (br $again)) (i32.const 8)"),
        "take",
        ["x"],
        TimeLimitExceeded,
        "its time limit of 0.02 s",
    ),
]


ALL = [*CONFIGS, *MODULE_FILES, *LOADS, *CALLS, *MADE]


@pytest.mark.parametrize("case", ALL, ids=_named)
def test_bad_input_gives_one_clear_error_and_the_service_answers_the_next_call(
    case: Case, running: RunningService
) -> None:
    _check(case, running)

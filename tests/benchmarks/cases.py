"""What is measured: the cases, each a row of the table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from runtime import JsonValue, ModuleConfig, PythonValue, ServiceConfig
from runtime.config.loading import load_config
from tests.support.paths import FIXTURES

KIBIBYTE = 1 << 10
MEBIBYTE = 1 << 20


class Quantity(Enum):
    """What a row's numbers are."""

    SECONDS = "seconds"
    BYTES = "bytes"


class Process(Enum):
    """Which process a service is loaded in, and so what is cached."""

    SAME = "a process that loaded it before"
    NEW = "a new process, compiled code cached on disk"
    NEW_WITHOUT_CACHE = "a new process, nothing cached"


@dataclass(frozen=True)
class CallCase:
    """A whole call: from the JSON text of the arguments to the JSON text of the result.

    Attributes:
        name: the row's.
        config: the service; its last module is called.
        function: of that module.
        arguments: JSON text, an array.
    """

    name: str
    config: ServiceConfig
    function: str
    arguments: str

    quantity = Quantity.SECONDS

    @property
    def module(self) -> str:
        """The module that is called."""
        return self.config.modules[-1].name


@dataclass(frozen=True)
class PythonCase:
    """A call with Python values: `service.modules.greeting.greeting("x")`, or what is at its core.

    Attributes:
        name: the row's.
        config: the service; its last module is called.
        function: of that module.
        arguments: Python values, in order.
        raw: whether only the engine's part is measured: interface values to interface value,
            without a lock, time limits and conversions.
    """

    name: str
    config: ServiceConfig
    function: str
    arguments: tuple[PythonValue, ...]
    raw: bool

    quantity = Quantity.SECONDS


@dataclass(frozen=True)
class LoopCase:
    """One iteration of a loop in Wasm that calls another module.

    Attributes:
        name: the row's.
        config: the service; its last module is called.
        function: of that module; takes the number of iterations.
        iterations: in one run: few enough for the interpreter and for the memory that they take,
            else many, so that the call of the loop itself hardly counts.
    """

    name: str
    config: ServiceConfig
    function: str
    iterations: int

    quantity = Quantity.SECONDS

    def call(self, iterations: int) -> CallCase:
        """The call that runs the loop as often as given."""
        return CallCase(self.name, self.config, self.function, f"[{iterations}]")


@dataclass(frozen=True)
class LoadCase:
    """Creating a service.

    Attributes:
        name: the row's.
        config: the service.
        prepared: a function of its last module that is to be ready for its first call then.
        process: where it is loaded.
    """

    name: str
    config: ServiceConfig
    prepared: str | None
    process: Process

    quantity = Quantity.SECONDS


@dataclass(frozen=True)
class StartCase:
    """A run of the program `mrepl`, from its start to its end.

    Attributes:
        name: the row's.
        arguments: its command line.
        quantity: what of it is measured: its wall time, or its peak of resident memory.
    """

    name: str
    arguments: tuple[str, ...]
    quantity: Quantity


@dataclass(frozen=True)
class ImportCase:
    """A program in Python that only imports: its wall time less that of a program of nothing.

    Attributes:
        name: the row's.
        statement: the import.
    """

    name: str
    statement: str

    quantity = Quantity.SECONDS


Case: TypeAlias = CallCase | PythonCase | LoopCase | LoadCase | StartCase | ImportCase


def all_cases(working_dir: Path, avm: Path | None) -> list[Case]:
    """Every case, in the table's order: those that say most first.

    Args:
        working_dir: where services may make their directories.
        avm: the module of the Aqua virtual machine; without it there are no cases of it.
    """
    downloader = load_config(FIXTURES / "url-downloader" / "Config.toml", working_dir=working_dir)
    in_avm = None if avm is None else ServiceConfig(modules=(ModuleConfig(name="avm", path=avm),))
    return [
        *_calls_first(),
        *([] if in_avm is None else [CallCase("AVM ast", in_avm, "ast", '["(null)"]')]),
        *_wasm_loops(),
        LoadCase("load url-downloader, cached", downloader, None, Process.NEW),
        LoadCase("load url-downloader and prepare, cached", downloader, "get_n_save", Process.NEW),
        StartCase("mrepl with one call", _ONE_CALL, Quantity.SECONDS),
        *_calls_from_python(),
        *_further_calls_of_one_module(),
        *_further_calls_across_modules(),
        *_further_loads(downloader),
        *([] if in_avm is None else _loads_of_avm(in_avm)),
        StartCase("mrepl with one call, peak memory", _ONE_CALL, Quantity.BYTES),
        ImportCase("import runtime", "import runtime"),
        StartCase("start of mrepl", _NO_CALL, Quantity.SECONDS),
        StartCase("start of mrepl, peak memory", _NO_CALL, Quantity.BYTES),
    ]


def _calls_first() -> list[Case]:
    target = _service("benchmarks", "target")
    greeting = _service("greeting", "greeting")
    records = _service("records", "records_passing_pure")
    return [
        CallCase("no arguments, no result", target, "nothing", "[]"),
        *(
            CallCase(f"greeting, {size}", greeting, "greeting", _text([_ascii(count)]))
            for size, count in _SIZES.items()
        ),
        CallCase("record of 13 fields, 2 modules", records, "pass_record", _text([_RECORD])),
    ]


def _wasm_loops() -> list[Case]:
    relay = _service("benchmarks", "relay_1")
    return [
        LoopCase("string of 10 B from a Wasm loop, each", relay, "greet_often", 1_000),
        LoopCase("1,000 records with strings from a Wasm loop, each", relay, "send_often", 10),
    ]


def _calls_from_python() -> list[Case]:
    greeting = _service("greeting", "greeting")
    records = _service("records", "records_passing_pure")
    return [
        PythonCase(f"{name}{', raw' if raw else ''}", config, function, arguments, raw)
        for name, config, function, arguments in (
            ("greeting from Python, 10 B", greeting, "greeting", (_ascii(10),)),
            ("record of 13 fields from Python", records, "pass_record", (_RECORD,)),
        )
        for raw in (False, True)
    ]


def _further_calls_of_one_module() -> list[Case]:
    target = _service("benchmarks", "target")
    return [
        CallCase("integers", target, "add", "[-1234567890123, 2000000000, -7]"),
        *(
            CallCase(f"byte array, {size}", target, "echo_bytes", _text([_bytes(count)]))
            for size, count in _SIZES.items()
        ),
        CallCase(
            "20 arrays of 20 u64",
            _service("arrays", "arrays_effector"),
            "echo_nested_u64",
            _text([[[*range(row, row + 20)] for row in range(20)]]),
        ),
    ]


def _further_calls_across_modules() -> list[Case]:
    one_deep, three_deep = (_service("benchmarks", name) for name in ("relay_1", "relay_3"))
    return [
        CallCase(
            "1,000 records with strings, 2 modules",
            _service("records", "records_passing_pure"),
            "test_record_array",
            _text([[_small_record(number) for number in range(1_000)]]),
        ),
        CallCase(
            "20 arrays of 20 strings, 2 modules",
            _service("arrays", "arrays"),
            "echo_nested_string",
            _text([[[f"{row}, {column}" for column in range(20)] for row in range(20)]]),
        ),
        CallCase("string of 10 B, 1 module deep", one_deep, "greeting", _text([_ascii(10)])),
        CallCase("string of 10 B, 3 modules deep", three_deep, "greeting", _text([_ascii(10)])),
        CallCase("string of 1 MB, 1 module deep", one_deep, "greeting", _text([_ascii(MEBIBYTE)])),
    ]


def _further_loads(downloader: ServiceConfig) -> list[Case]:
    greeting = _service("greeting", "greeting")
    return [
        LoadCase("load greeting again", greeting, None, Process.SAME),
        LoadCase("load greeting and prepare again", greeting, "greeting", Process.SAME),
        LoadCase("load url-downloader again", downloader, None, Process.SAME),
        LoadCase("load url-downloader and prepare again", downloader, "get_n_save", Process.SAME),
    ]


def _loads_of_avm(config: ServiceConfig) -> list[Case]:
    return [
        LoadCase("load AVM, no cache", config, None, Process.NEW_WITHOUT_CACHE),
        LoadCase("load AVM, cached", config, None, Process.NEW),
        LoadCase("load AVM and prepare ast, cached", config, "ast", Process.NEW),
        LoadCase("load AVM again", config, None, Process.SAME),
    ]


def _service(fixture: str, called: str) -> ServiceConfig:
    """The fixture's service up to the module that is called."""
    config = load_config(FIXTURES / fixture / "Config.toml")
    names = [module.name for module in config.modules]
    return replace(config, modules=config.modules[: names.index(called) + 1])


def _text(arguments: Sequence[JsonValue]) -> str:
    return json.dumps(arguments, separators=(",", ":"))


def _ascii(count: int) -> str:
    return ("0123456789abcdef" * (count // 16 + 1))[:count]


def _bytes(count: int) -> list[JsonValue]:
    return [*((bytes(range(256)) * (count // 256 + 1))[:count])]


_NO_CALL = ("-c", "q")
_ONE_CALL = (
    "-q",
    str(FIXTURES / "greeting" / "Config.toml"),
    "-c",
    'call greeting greeting ["x"]',
)

_SIZES = {"10 B": 10, "1 KB": KIBIBYTE, "1 MB": MEBIBYTE}

_RECORD: JsonValue = {
    "field_0": True,
    "field_1": 127,
    "field_2": -1,
    "field_3": 2147483647,
    "field_4": -922337203685477,
    "field_5": 255,
    "field_6": 0,
    "field_7": 4294967295,
    "field_8": 1844674407370955,
    "field_9": 1.5,
    "field_10": -0.1,
    "field_11": "a string",
    "field_12": [1, 2, 3],
}


def _small_record(number: int) -> JsonValue:
    return {
        "field_0": number,
        "field_1": f"record number {number}",
        "field_2": [1, 2, 3],
        "test_record_0": {"field_0": -number},
    }

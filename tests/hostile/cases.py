"""What the hostile modules of `fixtures/hostile` try, and what must come of each attempt."""

import json
import runpy
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from runtime import JsonValue
from tests.support.paths import FIXTURES

HOSTILE = FIXTURES / "hostile"
_TABLES = runpy.run_path(str(HOSTILE / "variants.py"))

SIZED: tuple[str, ...] = tuple(_TABLES["SIZED"])
POINTED: tuple[str, ...] = tuple(_TABLES["POINTED"])
ALL_WAYS: tuple[str, ...] = _TABLES["ALL_WAYS"]

MEMORY = 65536
"""Bytes of the module `values`, which never grows."""

LOOP_LIMIT = 0.05
"""Seconds for what would run for ever."""

_TOO_LONG = f"its time limit of {LOOP_LIMIT} s"

Call: TypeAlias = tuple[str, str, list[JsonValue]]
"""A module, a function and its arguments."""

RESULT = "result"
"""In place of an error's class, where a call is to succeed."""


@dataclass(frozen=True)
class Attempt:
    """One thing that a module tries.

    Attributes:
        call: what is called; for a load, the module that is loaded, and nothing.
        kind: the class of the error, or `RESULT`.
        parts: what its message says; or only the result as JSON, the module's name after a load.
        before: calls that succeed first.
        timeout: seconds for the call.
        torn: the module that the error offers to reload.
        or_torn: another that it may be instead: by chance the time ends in either.
    """

    call: Call
    kind: str
    parts: tuple[str, ...]
    before: tuple[Call, ...] = ()
    timeout: float | None = None
    torn: str | None = field(default=None, kw_only=True)
    or_torn: str | None = field(default=None, kw_only=True)

    @property
    def name(self) -> str:
        """For the test's name."""
        module, function, arguments = self.call
        ways = [str(each[2][0]) for each in self.before if each[1] == "behave"]
        text = f"{module} {function} {json.dumps(arguments)}"[:60]
        return " ".join([text, *(ALL_WAYS[int(way)] for way in ways)])


# --- Pointers and lengths, as results and as arguments of another module's function

_SIZES = {"bools": 1, "s8s": 1, "s16s": 2, "u16s": 2, "s32s": 4, "u32s": 4, "f32s": 4, "s64s": 8,
          "u64s": 8, "f64s": 8, "texts": 8, "blobs": 8, "grid": 8, "pairs": 4, "nesteds": 4,
          "text": 1, "bytes": 1}  # fmt: skip
_RECORD_SIZES = {"pair": 12, "nested": 12, "tree": 8}

_PLACES = [
    (MEMORY, 1),
    (MEMORY - 1, 2),
    (2**32 - 1, 2),
    (2**31, 1),
    (0, 2**31),
    (0, 2**29 + 1),
    (0, 2**30),
    (0, 2**32 - 1),
    (2**32 - 1, 2**32 - 1),
    (MEMORY + 1, 0),
]
"""Past the end, over it, over 2**32, from 2**31 on, lengths that are negative as i32 or multiply
to more than 2**32, and nothing at a place that is none."""


def _outside(size: int, pointer: int, length: int) -> str:
    if length * size >= 2**32:
        return f"an array of {length} elements of {size} bytes each is larger than any memory"
    return f"pointer {pointer} and length {length * size} lie outside the module's memory"


def _both_ways(
    name: str, arguments: list[JsonValue], kind: str, part: str, before: tuple[Call, ...] = ()
) -> Iterator[Attempt]:
    """As a result for the host, and as an argument of `partner`'s function."""
    yield Attempt(
        ("values", f"give_{name}", arguments), kind, (f"values.give_{name}", part), before
    )
    place = f"import adapter values.partner.keep_{name}"
    yield Attempt(("values", f"pass_{name}", arguments), kind, (place, part), before, torn="values")


def _places() -> Iterator[Attempt]:
    for name in SIZED:
        for pointer, length in _PLACES:
            part = _outside(_SIZES[name], pointer, length)
            yield from _both_ways(name, [pointer, length], "AdapterError", part)
    for name in POINTED:
        for pointer in (MEMORY, MEMORY - 7, 2**31, 2**32 - 1):
            part = _outside(1, pointer, _RECORD_SIZES[name])
            yield from _both_ways(name, [pointer, 0], "AdapterError", part)


# --- What lies in memory


def _write(data: bytes, at: int = 1024) -> Call:
    return ("values", "write", [at, [*data]])


BAD_TEXTS = {
    "no lead": b"ab\x80",
    "Latin 1": b"caf\xe9",
    "cut": "€".encode()[:2],
    "overlong": b"\xc0\xaf",
    "first surrogate": b"\xed\xa0\x80",
    "last surrogate": b"\xed\xbf\xbf",
    "CESU-8": b"\xed\xa0\xbd\xed\xb8\x80",
    "above Unicode": b"\xf4\x90\x80\x80",
    "0xff": b"\xff\xff",
}


def _texts() -> Iterator[Attempt]:
    for data in BAD_TEXTS.values():
        text = struct.pack("<II", 1040, len(data))
        for name, block, arguments in (
            ("text", data, [1024, len(data)]),
            ("texts", text.ljust(16) + data, [1024, 1]),
            ("pair", struct.pack("<I", 7) + text + b"    " + data, [1024, 0]),
        ):
            yield from _both_ways(
                name, [*arguments], "AdapterError", "is not valid UTF-8", (_write(block),)
            )


def _inner_pointers() -> Iterator[Attempt]:
    """The second element of an array, or the last field of a record, is bad."""
    for pointer, length in ((MEMORY, 1), (2**32 - 1, 2), (0, 2**32 - 1)):
        bad = struct.pack("<II", pointer, length)
        for name, size in (("texts", 1), ("blobs", 1), ("grid", 4)):
            part = _outside(size, pointer, length)
            written = _write(struct.pack("<II", 0, 0) + bad)
            yield from _both_ways(name, [1024, 2], "AdapterError", part, (written,))
        part = _outside(1, pointer, length)
        for name, block, arguments in (
            ("pair", bytes(4) + bad, [1024, 0]),
            ("pairs", struct.pack("<II", 1032, 1040) + bytes(12) + bad, [1024, 2]),
            ("nested", struct.pack("<I", 1040) + bad + bytes(16), [1024, 0]),
        ):
            yield from _both_ways(name, [*arguments], "AdapterError", part, (_write(block),))
    for name, block in (
        ("pairs", struct.pack("<II", 0, MEMORY)),
        ("nesteds", struct.pack("<II", 1040, 2**32 - 4) + bytes(20)),
    ):
        yield from _both_ways(
            name, [1024, 2], "AdapterError", "length 12 lie outside", (_write(block),)
        )


def _trees() -> Iterator[Attempt]:
    """Trees that are their own child, at once or after some generations."""
    for generations in (1, 100):
        nodes = b"".join(
            struct.pack("<III", 1032 + 12 * at, 1, 1024 + 12 * ((at + 1) % generations))
            for at in range(generations)
        )
        part = "nested more deeply than Python's recursion limit allows"
        yield from _both_ways("tree", [1024, 0], "AdapterError", part, (_write(nodes),))


def _overlapping() -> Iterator[Attempt]:
    """A few kilobytes that would be more than 16 MiB when they are lifted."""
    slots = struct.pack("<II", 0, 8192) * 2100
    for name, arguments in (("blobs", [1024, 2100]), ("grid", [1024, 2100])):
        yield from _both_ways(
            name, [*arguments], "AdapterError", "parts that overlap may take", (_write(slots),)
        )


def _numbers() -> Iterator[Attempt]:
    ranges = {"s8": (-128, 127), "s16": (-32768, 32767), "u8": (0, 255), "u16": (0, 65535)}
    for name, (lowest, highest) in ranges.items():
        for number in (lowest - 1, highest + 1, -(2**31), 2**31 - 1):
            part = f"the i32 {number} does not fit {name} ({lowest} to {highest})"
            yield from _both_ways(name, [number], "AdapterError", part)
    for number in (2, 256, -1, -(2**31)):
        yield Attempt(("values", "give_bool", [number]), RESULT, ("true",))
    yield Attempt(
        ("values", "give_bools", [1024, 4]),
        RESULT,
        ("[true, false, true, true]",),
        (_write(b"\x02\x00\xff\x01"),),
    )


# --- The module's own `allocate` and `release_objects`

_TAKEN: Mapping[str, JsonValue] = {
    "text": "some text",
    "bytes": [1, 2, 3],
    "bools": [True, False],
    **{name: [1, 2] for name in ("s8s", "s16s", "s32s", "s64s", "u16s", "u32s", "u64s")},
    "f32s": [0.5],
    "f64s": [0.5],
    "texts": ["a", "b"],
    "blobs": [[1], [2, 3]],
    "grid": [[1], [2, 3]],
    "pair": [1, "a"],
    "pairs": [[1, "a"]],
    "nested": [[1, "a"], [True]],
    "nesteds": [[[1, "a"], [True]]],
    "tree": [[[[]], [[]]]],
}

_WAYS: Mapping[str, tuple[str, str]] = {
    "sound": (RESULT, "null"),
    "zero": ("AdapterError", "allocate gave a null pointer for"),
    "outside": ("AdapterError", "pointer 4294967280 and length"),
    "last_byte": ("AdapterError", "lie outside the module's memory"),
    "middle": ("AdapterError", "pointer 2147483648 and length"),
    "overlapping": (RESULT, "null"),
    "trapping": ("Trap", "allocator.allocate: trap: unreachable executed"),
    "endless": ("TimeLimitExceeded", _TOO_LONG),
    "recursing": ("Trap", "allocator.allocate: trap: stack overflow"),
    "growing": (RESULT, "null"),
    "greedy": (RESULT, "null"),
    "reentering": (RESULT, "null"),
    "reentering_for_ever": ("CallDepthExceeded", "more than 64 levels deep"),
    "asking_the_host_for_ever": ("CallDepthExceeded", "call each other more than 64 levels deep"),
}

_GIVEN: Mapping[str, tuple[str, str]] = {
    "trapping_release": ("Trap", "allocator.release_objects: trap: unreachable executed"),
    "endless_release": ("TimeLimitExceeded", _TOO_LONG),
    "trapping_pointer": ("Trap", "allocator.get_result_ptr: trap: unreachable executed"),
    "endless_pointer": ("TimeLimitExceeded", _TOO_LONG),
    "growing_pointer": (RESULT, '"what was there"'),
    "asking_pointer": (RESULT, '"partner"'),
    "trapping_size": ("Trap", "allocator.get_result_size: trap: unreachable executed"),
    "endless_size": ("TimeLimitExceeded", _TOO_LONG),
    "asking_size": (RESULT, '"what wa"'),
}


def _allocations() -> Iterator[Attempt]:
    for way, (kind, part) in _WAYS.items():
        behaving: Call = ("allocator", "behave", [ALL_WAYS.index(way)])
        limit = LOOP_LIMIT if way.startswith("endless") else None
        calls: list[tuple[str, list[JsonValue]]] = [("ask_parameters", [])]
        for name, value in _TAKEN.items():
            calls += [(f"take_{name}", [value]), (f"ask_{name}", [])]
        for function, arguments in calls:
            # What fails between the host and a module stops no module in its work.
            is_torn = kind != RESULT and (kind != "AdapterError" or not arguments)
            torn = "allocator" if is_torn else None
            call: Call = ("allocator", function, arguments)
            yield Attempt(call, kind, (part,), (behaving,), limit, torn=torn)
    for way, (kind, part) in _GIVEN.items():
        before: tuple[Call, ...] = (
            ("allocator", "behave", [ALL_WAYS.index("overlapping")]),
            ("allocator", "take_text", ["what was there"]),  # it lies there again then
            ("allocator", "behave", [ALL_WAYS.index(way)]),
        )
        limit = LOOP_LIMIT if way.startswith("endless") else None
        torn = None if kind == RESULT else "allocator"
        call = ("allocator", "give_text", [])
        yield Attempt(call, kind, (part,), before, limit, torn=torn)


# --- Loops and recursion

_RUNS: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("loops", "spin"): ("TimeLimitExceeded", _TOO_LONG, "loops"),
    ("loops", "spin_there"): ("TimeLimitExceeded", _TOO_LONG, "partner"),
    ("loops", "recurse"): ("Trap", "loops.recurse: trap: stack overflow", "loops"),
    ("loops", "recurse_there"): ("Trap", "partner.recurse: trap: stack overflow", "partner"),
    ("loops", "trap"): ("Trap", "loops.trap: trap: unreachable executed", "loops"),
    ("loops", "trap_there"): ("Trap", "partner.trap: trap: unreachable executed", "partner"),
    ("ring_b", "say"): ("CallDepthExceeded", "ring_b.ring_c.say: modules call each", "ring_b"),
    ("ring_a", "say"): ("CallDepthExceeded", "ring_b.ring_c.say: modules call each", "ring_b"),
}


def _runs() -> Iterator[Attempt]:
    for (module, function), (kind, part, torn) in _RUNS.items():
        limit = LOOP_LIMIT if kind == "TimeLimitExceeded" else None
        arguments: list[JsonValue] = ["hello"] if function == "say" else []
        yield Attempt((module, function, arguments), kind, (part,), (), limit, torn=torn)
    yield Attempt(
        ("loops", "ask_for_ever", []),
        "TimeLimitExceeded",
        (_TOO_LONG,),
        (),
        LOOP_LIMIT,
        torn="loops",
        or_torn="partner",
    )


CALLS: tuple[Attempt, ...] = (
    *_places(),
    *_texts(),
    *_inner_pointers(),
    *_trees(),
    *_overlapping(),
    *_numbers(),
    *_allocations(),
    *_runs(),
)


# --- Modules that cannot be loaded, or can but look as if not


def _load(
    name: str, kind: str, *parts: str, torn: str | None = None, timeout: float | None = None
) -> Attempt:
    return Attempt((name, "", []), kind, (name, *parts), (), timeout, torn=torn)


_ABSENT = "which the Wasm module does not export"
_OVERFLOW = "trap: stack overflow"

LOADS: tuple[Attempt, ...] = (
    _load("start_loops", "StartError", "_start of", _TOO_LONG, timeout=LOOP_LIMIT),
    _load("initialize_loops", "StartError", "_initialize of", _TOO_LONG, timeout=LOOP_LIMIT),
    _load("section_loops", "StartError", "the start section", _TOO_LONG, timeout=LOOP_LIMIT),
    _load("start_spins_there", "StartError", _TOO_LONG, torn="partner", timeout=LOOP_LIMIT),
    _load("start_traps", "StartError", "trap: unreachable executed"),
    _load("initialize_recurses", "StartError", _OVERFLOW),
    _load("section_recurses", "StartError", "the start section", _OVERFLOW),
    _load("initialize_traps_there", "StartError", "partner.trap: trap", torn="partner"),
    _load("section_calls_partner", "StartError", "partner.trap: trap", torn="partner"),
    _load("section_calls_wasi", "StartError", "build it as a reactor, with `_initialize`"),
    _load("section_calls_logger", "StartError", "build it as a reactor, with `_initialize`"),
    _load("section_grows", "StartError", "the start section", "trap: unreachable executed"),
    _load("no_allocate", "ValidationError", "found 'allocate'", _ABSENT),
    _load("no_release_objects", "ValidationError", "found 'release_objects'", _ABSENT),
    _load("no_get_result_ptr", "ValidationError", "found 'get_result_ptr'", _ABSENT),
    _load("no_get_result_size", "ValidationError", "found 'get_result_size'", _ABSENT),
    _load("allocate_of_i64", "ValidationError", "expected i64, i32 for 'allocate'"),
    _load("allocate_of_nothing", "ValidationError", "found i32, i32 on the stack"),
    _load("allocate_without_result", "ValidationError", "expected i32, string"),
    _load("allocate_with_two_results", "ValidationError", "expected at most one result"),
    _load("allocate_is_a_global", "ValidationError", "found 'allocate'", _ABSENT),
    _load("release_objects_of_i32", "ValidationError", "expected i32 for 'release_objects'"),
    _load("result_ptr_of_i64", "ValidationError", "found i64, i32 on the stack"),
    _load("result_size_is_f32", "ValidationError", "found i32, f32 on the stack"),
    _load("memory_64", "ModuleFileError", "memory64 must be enabled"),
    _load("memory_shared", "ModuleFileError", "threads must be enabled for shared memories"),
    _load("memory_tiny_pages", "ModuleFileError", "custom page sizes"),
    _load("memory_imported", "LinkError", "imports partner.memory", "no such public function"),
    _load("memory_absent", "LinkError", "exports no memory named 'memory'"),
    _load("memory_renamed", "LinkError", "exports no memory named 'memory'"),
    _load("memories_two", RESULT),
    _load("memory_second", RESULT),
    _load("memory_is_a_function", RESULT),
    _load("data_outside", "ModuleError", "segment lies outside its memory or table"),
    _load("elements_outside", "ModuleError", "segment lies outside its memory or table"),
    _load("table_of_160_mb", "ModuleFileError", "tables of 20000000 elements, but 1000000 are"),
    _load("tables_of_10_mb", "ModuleFileError", "tables of 1200000 elements, but 1000000 are"),
    _load("tables_101", "ModuleFileError", "tables count exceeds limit of 100"),
    _load("memories_101", "ModuleFileError", "memories count exceeds limit of 100"),
    _load("typed_table", "ModuleFileError", "a table of type 0x6e, expected funcref or externref"),
    _load("garbage_collected", "ModuleFileError", "not supported without the gc feature"),
    _load("exports_vectors", RESULT),
    _load("exports_typed_references", "ModuleFileError", "function references required"),
    _load("wasi_of_vectors", "ModuleError", "incompatible import type"),
    _load("host_of_vectors", "LinkError", "host.log_utf8_string as func, but the host's"),
    _load("partner_of_vectors", "LinkError", "imports partner.add"),
    _load("wasi_unknown", "LinkError", "fly, which is no WASI function"),
    _load("wasi_of_another_type", "ModuleError", "incompatible import type"),
    _load("wasi_memory", "LinkError", "exports no memory named 'memory'"),
)

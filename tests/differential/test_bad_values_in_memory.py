"""Modules hand over bad pointers, lengths and bytes, as arguments of imports and as results."""

import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import PythonValue
from runtime.interface.types import ArrayType, InterfaceType, RecordType, Scalar
from tests.differential.both_engines import BothEngines, LastingChain, Outcome, chain, exact
from tests.differential.profile import examples
from tests.differential.scenarios import LEAF, NODE, record
from tests.support.chains import Echo
from tests.support.modules import ABI, extern_item, function_item, module, vector
from tests.support.recording import DATA, FIRST_SIZE, HEAP, Action, Line, after, before

TEXT_RECORD = record("Text", Scalar.U8, Scalar.STRING)
FLAGS_RECORD = record("Flags", Scalar.BOOL, ArrayType(Scalar.BOOL), Scalar.BOOL)

TYPES: dict[str, InterfaceType] = {
    "text": Scalar.STRING,
    "data": Scalar.BYTE_ARRAY,
    "octets": ArrayType(Scalar.U8),
    "flags": ArrayType(Scalar.BOOL),
    "shorts": ArrayType(Scalar.U16),
    "floats": ArrayType(Scalar.F32),
    "longs": ArrayType(Scalar.U64),
    "texts": ArrayType(Scalar.STRING),
    "blobs": ArrayType(Scalar.BYTE_ARRAY),
    "grid": ArrayType(ArrayType(Scalar.U32)),
    "leaves": ArrayType(LEAF),
    "leaf": LEAF,
    "node": NODE,
    "text_record": TEXT_RECORD,
    "flags_record": FLAGS_RECORD,
    "flags_records": ArrayType(FLAGS_RECORD),
}

ECHOES = tuple(Echo(name, (each,)) for name, each in TYPES.items())
EMPTY: dict[str, PythonValue] = {
    "text": "",
    "leaf": [False, "", 0],
    "node": [[False, "", 0], [], 0, []],
    "text_record": [0, ""],
    "flags_record": [False, [], False],
}


@pytest.fixture(scope="module")
def lasting() -> Iterator[LastingChain]:
    with LastingChain(lambda: chain(ECHOES, 2)) as modules:
        yield modules


@pytest.fixture
def two_modules(lasting: LastingChain) -> BothEngines:
    return lasting.both


class Handed:
    """A value that a module hands over: bytes in its memory, a pointer and a length."""

    def __init__(self, name: str, pointer: int, length: int = 0, data: bytes = b"") -> None:
        self.name = name
        self.position = next(at for at, echo in enumerate(ECHOES) if echo.name == name)
        self.pointer = pointer
        self.length = length
        self.data = data

    def as_result(self, both: BothEngines) -> Outcome:
        """`m0` gives it to the host and, called by `m1`, to that."""
        script = [
            Line(after(self.position), 0, Action.SET_POINTER, self.pointer),
            Line(after(self.position), 0, Action.SET_SIZE, self.length),
        ]
        for name in ("m0", "m1"):
            both.set_scene({"m0": script}, {"m0": self.data})
            seen = both.call(name, self.name, [EMPTY.get(self.name, [])])
        return seen.outcome

    def as_argument(self, both: BothEngines) -> Outcome:
        """`m1` gives it to `m0`."""
        script = [
            Line(before(self.position), 1, Action.SET_ARGUMENT, value, index=index)
            for index, value in enumerate((self.pointer, self.length))
            if index < len(ECHOES[self.position].raw_parameters)
        ]
        both.set_scene({"m1": script}, {"m1": self.data})
        return both.call("m1", self.name, [EMPTY.get(self.name, [])]).outcome

    def anyhow(self, both: BothEngines) -> None:
        """Both ways."""
        self.as_result(both)
        self.as_argument(both)


ENDS = [0, 1, 2, 3, 4, 5, 7, 8, 2**29, 2**29 + 1, 2**30, 2**31 - 1, 2**31, 2**32 - 8, 2**32 - 1]
MEMORY = FIRST_SIZE


@pytest.mark.parametrize("name", TYPES)
def test_pointers_and_lengths_at_all_bounds_do_the_same(
    two_modules: BothEngines, name: str
) -> None:
    pointers = [0, DATA, MEMORY - 8, MEMORY - 1, MEMORY, MEMORY + 1, 2**31, 2**32 - 8, 2**32 - 1]
    lengths = [0] if isinstance(TYPES[name], RecordType) else ENDS
    for pointer in pointers:
        for length in lengths:
            Handed(name, pointer, length).anyhow(two_modules)


@pytest.mark.parametrize("name", ["text", "data", "octets"])
def test_a_value_may_reach_to_the_end_of_the_memory(two_modules: BothEngines, name: str) -> None:
    Handed(name, DATA, MEMORY - DATA + 1).anyhow(two_modules)
    Handed(name, MEMORY - 1, 1).anyhow(two_modules)
    # The other module's memory grows; this one's stays.
    assert Handed(name, DATA, MEMORY - DATA).as_argument(two_modules).kind == "result"


MALFORMED = {
    "lone continuation": b"\x80",
    "last continuation": b"\xbf",
    "two continuations": b"\x80\x80",
    "overlong two": b"\xc0\x80",
    "overlong two, last": b"\xc1\xbf",
    "overlong three": b"\xe0\x80\x80",
    "overlong three, last": b"\xe0\x9f\xbf",
    "overlong four": b"\xf0\x80\x80\x80",
    "overlong four, last": b"\xf0\x8f\xbf\xbf",
    "first surrogate": b"\xed\xa0\x80",
    "last surrogate": b"\xed\xbf\xbf",
    "surrogate pair": b"\xed\xa0\xbd\xed\xb8\x80",
    "above the last": b"\xf4\x90\x80\x80",
    "far above the last": b"\xf7\xbf\xbf\xbf",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "0xfe": b"\xfe",
    "0xff": b"\xff",
    "two, cut": b"\xc3",
    "three, cut after one": b"\xe2",
    "three, cut after two": b"\xe2\x82",
    "four, cut after one": b"\xf0",
    "four, cut after two": b"\xf0\x9f",
    "four, cut after three": b"\xf0\x9f\x90",
    "two, broken off": b"\xc3A",
    "three, broken off": b"\xe2\x82A",
    "four, broken off": b"\xf0\x9f\x90A",
    "lead after lead": b"\xc3\xc3",
}
WELL_FORMED = {
    "NUL": b"\0",
    "two, first": "\u0080".encode(),
    "two, last": "\u07ff".encode(),
    "three, first": "\u0800".encode(),
    "before the surrogates": "\ud7ff".encode(),
    "after the surrogates": "\ue000".encode(),
    "three, last": "\uffff".encode(),
    "four, first": "\U00010000".encode(),
    "four, last": "\U0010ffff".encode(),
}


def _text(data: bytes) -> Handed:
    return Handed("text", DATA, len(data), data)


@pytest.mark.parametrize("bad", [*MALFORMED, *WELL_FORMED])
def test_text_is_checked_at_any_place_in_a_string(two_modules: BothEngines, bad: str) -> None:
    piece = {**MALFORMED, **WELL_FORMED}[bad]
    for before_it in (0, 1, 7, 12, 13, 14, 15, 16, 17, 28, 31, 32, 33, 63, 64, 100, 1000):
        for after_it in (0, 1, 16):
            text = _text(b"a" * before_it + piece + b"z" * after_it)
            expected = "result" if bad in WELL_FORMED else "AdapterError"
            assert text.as_result(two_modules).kind == expected
            assert text.as_argument(two_modules).kind == expected


def test_the_memory_behind_a_string_does_not_complete_it(two_modules: BothEngines) -> None:
    turtle = "🐢".encode()
    for length in range(4):
        Handed("text", DATA, length, turtle).anyhow(two_modules)
        Handed("text", DATA, 13 + length, b"a" * 13 + turtle).anyhow(two_modules)


_PIECES = st.one_of(
    st.sampled_from([*MALFORMED.values(), *WELL_FORMED.values()]),
    st.integers(0, 40).map(lambda count: b"x" * count),
    st.binary(max_size=3),
    st.text(max_size=5).map(str.encode),
)


@given(st.lists(_PIECES, max_size=8).map(b"".join))
@examples(150)
def test_any_bytes_are_text_or_not_alike(two_modules: BothEngines, data: bytes) -> None:
    _text(data).anyhow(two_modules)


def _slots(strings: list[bytes], size: int = 8) -> tuple[bytes, list[int]]:
    """An array of strings that begins at DATA, and where each one's slot begins."""
    block, content = b"", b""
    for each in strings:
        block += struct.pack("<II", DATA + size * len(strings) + len(content), len(each))
        content += each
    return block + content, [size * at for at in range(len(strings))]


WORDS = [b"one", b"", "žwei".encode(), b"three and more", b"four"]


@pytest.mark.parametrize("at", range(len(WORDS)))
@pytest.mark.parametrize("name", ["texts", "blobs", "grid"])
def test_the_kth_element_of_an_array_may_be_bad(
    two_modules: BothEngines, name: str, at: int
) -> None:
    data, slots = _slots(WORDS)
    for pointer, length in [(2**32 - 1, 2), (0, 2**32 - 1), (MEMORY, 1), (MEMORY + 1, 0),
                            (2**31, 2**31), (DATA, 2**30)]:  # fmt: skip
        bad = bytearray(data)
        struct.pack_into("<II", bad, slots[at], pointer, length)
        Handed(name, DATA, len(WORDS), bytes(bad)).anyhow(two_modules)


@pytest.mark.parametrize("at", range(len(WORDS)))
def test_the_kth_string_may_be_malformed(two_modules: BothEngines, at: int) -> None:
    words = [*WORDS[:at], b"mal\xed\xa0\x80formed", *WORDS[at + 1 :]]
    data, _ = _slots(words)
    Handed("texts", DATA, len(words), data).anyhow(two_modules)


def _leaf(flag: int, pointer: int, length: int, small: int) -> bytes:
    return struct.pack("<BIIb", flag, pointer, length, small)


def _leaves(leaves: list[bytes]) -> bytes:
    start = DATA + 4 * len(leaves)
    return b"".join(struct.pack("<I", start + 10 * at) for at in range(len(leaves))) + b"".join(
        leaves
    )


@pytest.mark.parametrize("at", range(3))
def test_the_kth_record_may_be_bad(two_modules: BothEngines, at: int) -> None:
    good = [_leaf(1, DATA, 3, -1)] * 3
    for bad in (_leaf(1, 2**32 - 1, 9, 0), _leaf(1, MEMORY, 1, 0), _leaf(2, MEMORY, 0, 0)):
        data = _leaves([*good[:at], bad, *good[at + 1 :]])
        Handed("leaves", DATA, 3, data).anyhow(two_modules)
    for pointer in (2**32 - 1, MEMORY - 9, MEMORY - 10, MEMORY, 2**31):
        block = bytearray(_leaves(good))
        struct.pack_into("<I", block, 4 * at, pointer)
        Handed("leaves", DATA, 3, bytes(block)).anyhow(two_modules)


@pytest.mark.parametrize("byte", [0, 1, 2, 127, 128, 255])
def test_any_byte_but_0_is_true(two_modules: BothEngines, byte: int) -> None:
    flags = bytes([0, byte, 1, byte])
    outcome = Handed("flags", DATA, 4, flags).as_argument(two_modules)
    assert outcome.value == exact([False, byte != 0, True, byte != 0])
    Handed("flags", DATA, 4, flags).anyhow(two_modules)
    block = struct.pack("<BIIB", byte, DATA + 10, 4, byte) + flags
    Handed("flags_record", DATA, 0, block).anyhow(two_modules)
    block = struct.pack("<IBIIB", DATA + 4, byte, DATA + 14, 4, byte) + flags
    Handed("flags_records", DATA, 1, block).anyhow(two_modules)


def test_a_module_finds_0_or_1_where_it_is_given_booleans() -> None:
    """Whatever byte was true where they come from; here the module looks at them itself."""
    flags = [("flags", vector("Boolean"))]
    looking = module(
        f"""(module {ABI} (func (export "look") (param i32 i32) (result i32)
          (i32.load (local.get 0))))""",
        [function_item("look", flags, "U32")],
    )
    passing = module(
        f"""(module (import "m0" "look" (func $look (param i32 i32) (result i32))) {ABI}
          (data (i32.const 64) "\\02\\00\\ff\\01")
          (func (export "ask") (result i32) (call $look (i32.const 64) (i32.const 4))))""",
        [extern_item("m0", ("look", flags, "U32")), function_item("ask", [], "U32")],
    )
    with BothEngines() as both:
        both.load("m0", looking)
        both.load("m1", passing)
        assert both.call("m1", "ask").outcome.value == exact(0x01010001)
        assert both.call("m0", "look", [[True, False, True, True]]).outcome.value == exact(
            0x01010001
        )


def test_values_may_lie_on_each_other(two_modules: BothEngines) -> None:
    itself = struct.pack("<II", DATA, 8)
    Handed("texts", DATA, 1, itself).anyhow(two_modules)
    Handed("blobs", DATA, 1, itself).anyhow(two_modules)
    Handed("blobs", DATA, 3, struct.pack("<II", DATA, 24) * 3).anyhow(two_modules)
    Handed("grid", DATA, 3, struct.pack("<II", DATA, 6) * 3).anyhow(two_modules)
    Handed("leaves", DATA, 4, struct.pack("<I", DATA) * 4).anyhow(two_modules)
    Handed("text", HEAP, 8).anyhow(two_modules)


def test_many_long_strings_may_be_the_same_bytes(two_modules: BothEngines) -> None:
    long = DATA + 8 * 24
    data = struct.pack("<II", long, 5000) * 24 + b"x" * 5000
    Handed("texts", DATA, 24, data).anyhow(two_modules)
    Handed("blobs", DATA, 24, data).anyhow(two_modules)


@pytest.mark.parametrize("size", [15, 16, 17, 4095, 65536, 300_001])
def test_long_values_cross(two_modules: BothEngines, size: int) -> None:
    two_modules.set_scene()
    text = "aż🐢" * (size // 7) + "x" * (size % 7)
    assert two_modules.call("m1", "text", [text]).outcome.value == exact(text)
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert two_modules.call("m1", "data", [data]).outcome.value == exact(data)
    numbers = [*range(size // 8)]
    assert two_modules.call("m1", "longs", [numbers]).outcome.value == exact(numbers)

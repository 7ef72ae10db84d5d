"""Modules that record every raw call in their own memory, and misbehave as a script there says.

All that such a module knows lies in its memory: the script, the counters of calls, the allocator's
state and the record itself. So a test sets the scene with writes alone, and two memories that are
equal mean the same raw calls in the same order with the same arguments.

    0          zeroes: what a null pointer leads to
    SCRIPT     count, then lines of 32 bytes: function, call, action, index, value, extra
    COUNTERS   how often each function was called, an u32 each
    STATE      next free address, result pointer, result size, override flag; override value
    OVERRIDES  for each raw parameter of a public function 16 bytes: flag, value
    RECORD     its length, then entries: function, count, u64 arguments
    DATA       bytes that a test put there
    HEAP       what `allocate` gives

Released memory is overwritten, so that what is read too late is seen.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

PAGE = 65536
SCRIPT = 256
COUNTERS = 2048
STATE = 2560
OVERRIDES = 3072
RECORD = 4096
DATA = 49152
HEAP = 65536
FIRST_SIZE = 4 * PAGE

_RECORD_ENTRIES = RECORD + 8
_MOST_LINES = 32
_RELEASED_BYTE = 0xDD

ABI_FUNCTIONS = (
    "allocate",
    "release_objects",
    "get_result_size",
    "get_result_ptr",
    "set_result_size",
    "set_result_ptr",
)
"""The functions that a script can name, by their number."""

FIRST_PUBLIC = 8
"""The number of the first public function before it does its work; after it, it is one more."""


class Action(IntEnum):
    """What a line of the script does."""

    RETURN = 1  # value: instead of the function's own result
    TRAP = 2
    DIVIDE = 3  # by zero
    OVERFLOW = 4  # the stack
    READ_OUTSIDE = 5  # the memory
    GROW = 6  # value: pages
    SET_POINTER = 7  # value: the result's
    SET_SIZE = 8  # value: the result's
    SET_ARGUMENT = 9  # index: raw parameter; value
    POKE_8 = 10  # value: address; extra: what to write there
    POKE_32 = 11
    POKE_64 = 12
    REENTER = 13  # calls the first imported function with `value`, `extra` and zeroes
    LOG = 14  # calls the host's logger with the memory at `value`, `extra` bytes long
    FILL = 15  # the heap up to the next free address, with `value`
    RUN_FOR_EVER = 16


@dataclass(frozen=True)
class Line:
    """One line of the script.

    Attributes:
        function: its number; see `ABI_FUNCTIONS` and `FIRST_PUBLIC`.
        call: at which call of the function, from 1; 0 for each.
        action: what happens then.
        index: as the action says.
        value: as the action says; taken modulo 2⁶⁴.
        extra: as the action says; taken modulo 2⁶⁴.
    """

    function: int
    call: int
    action: Action
    value: int = 0
    extra: int = 0
    index: int = 0


@dataclass(frozen=True)
class RawCall:
    """A raw call that a module recorded; arguments are unsigned, floats their bits."""

    function: str
    arguments: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


class Memory(Protocol):
    """A linear memory, as the runtime gives access to it."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    def read(self, pointer: int, length: int) -> bytes:
        """The bytes there."""

    def write(self, pointer: int, data: bytes) -> None:
        """Write bytes there."""


def set_scene(memory: Memory, script: Iterable[Line] = (), data: bytes = b"") -> None:
    """Clear the memory and put a script and data there; the module is as if just loaded."""
    lines = list(script)
    assert len(lines) <= _MOST_LINES
    assert len(data) <= HEAP - DATA
    scene = bytearray(memory.size)
    struct.pack_into("<Q", scene, SCRIPT, len(lines))
    for number, line in enumerate(lines):
        struct.pack_into(
            "<IIIIQQ", scene, SCRIPT + 8 + 32 * number, line.function, line.call, line.action,
            line.index, line.value % 2**64, line.extra % 2**64,
        )  # fmt: skip
    struct.pack_into("<I", scene, STATE, HEAP)
    scene[DATA : DATA + len(data)] = data
    memory.write(1, bytes(scene[1:]))


def recorded_calls(memory: bytes, functions: Sequence[str]) -> list[RawCall]:
    """What a module recorded.

    Args:
        memory: all of it.
        functions: the names of its public functions, in order.
    """
    (length,) = struct.unpack_from("<I", memory, RECORD)
    end = min(_RECORD_ENTRIES + length, DATA - 8)  # what finds no room is not recorded
    calls = []
    at = _RECORD_ENTRIES
    while at < end:
        number, count = struct.unpack_from("<II", memory, at)
        at += 8 + 8 * count
        if at <= end:
            arguments = struct.unpack_from(f"<{count}Q", memory, at - 8 * count)
            calls.append(RawCall(_name(number, functions), arguments))
    return calls


def _name(number: int, functions: Sequence[str]) -> str:
    if number < len(ABI_FUNCTIONS):
        return ABI_FUNCTIONS[number]
    position = (number - FIRST_PUBLIC) // 2
    return functions[position] if 0 <= position < len(functions) else f"function {number}"


def before(position: int) -> int:
    """The number of a public function before it does its work."""
    return FIRST_PUBLIC + 2 * position


def after(position: int) -> int:
    """The number of a public function after its work, when its result can be changed."""
    return FIRST_PUBLIC + 2 * position + 1


def widened(raw: str, value: str) -> str:
    """WAT: a raw value's bits as an i64."""
    return {
        "i32": f"(i64.extend_i32_u {value})",
        "i64": value,
        "f32": f"(i64.extend_i32_u (i32.reinterpret_f32 {value}))",
        "f64": f"(i64.reinterpret_f64 {value})",
    }[raw]


def narrowed(raw: str, value: str) -> str:
    """WAT: the raw value whose bits an i64 holds."""
    return {
        "i32": f"(i32.wrap_i64 {value})",
        "i64": value,
        "f32": f"(f32.reinterpret_i32 (i32.wrap_i64 {value}))",
        "f64": f"(f64.reinterpret_i64 {value})",
    }[raw]


def recording(number: int, arguments: Sequence[tuple[str, str]]) -> str:
    """WAT: record a call with its arguments, each a raw type and its value."""
    values = "".join(f"(call $record_value {widened(raw, value)})" for raw, value in arguments)
    return f"(call $record (i32.const {number}) (i32.const {len(arguments)})) {values}"


IS_OVERRIDDEN = f"(i32.load (i32.const {STATE + 12}))"
"""WAT: whether the script has just given another result."""

OVERRIDE = f"(i64.load (i32.const {STATE + 16}))"
"""WAT: that result."""


def abi(
    *, reenter: str = "", log: str = "", old_allocate: bool = False, most_pages: int = 48
) -> str:
    """WAT: the module ABI with the recorder; it needs bulk memory, and imports nothing.

    Args:
        reenter: what `Action.REENTER` does; the locals `$pointer` and `$size` say with what.
        log: what `Action.LOG` does, likewise.
        old_allocate: whether `allocate` has one parameter.
        most_pages: how far the memory can grow.
    """
    tag = "" if old_allocate else "(param $tag i32)"
    arguments = [("i32", "(local.get $size)"), ("i32", "(local.get $tag)")]
    return f"""
  (memory (export "memory") {FIRST_SIZE // PAGE} {most_pages})
  (data (i32.const {STATE}) "\\00\\00\\01\\00")
  (func $record (param $function i32) (param $count i32)
    (call $record_number (local.get $function))
    (call $record_number (local.get $count)))
  (func $record_number (param $number i32)
    (local $at i32)
    (local.set $at (i32.load (i32.const {RECORD})))
    (i32.store (i32.const {RECORD}) (i32.add (local.get $at) (i32.const 4)))
    (if (i32.lt_u (local.get $at) (i32.const {DATA - _RECORD_ENTRIES - 8}))
      (then (i32.store offset={_RECORD_ENTRIES} (local.get $at) (local.get $number)))))
  (func $record_value (param $value i64)
    (call $record_number (i32.wrap_i64 (local.get $value)))
    (call $record_number (i32.wrap_i64 (i64.shr_u (local.get $value) (i64.const 32)))))
  (func $act (param $function i32)
    (local $counter i32) (local $line i32) (local $end i32) (local $call i32)
    (local.set $counter
      (i32.add (i32.const {COUNTERS}) (i32.mul (local.get $function) (i32.const 4))))
    (i32.store (local.get $counter)
      (i32.add (i32.load (local.get $counter)) (i32.const 1)))
    (i32.store (i32.const {STATE + 12}) (i32.const 0))
    (local.set $line (i32.const {SCRIPT + 8}))
    (local.set $end
      (i32.add (local.get $line) (i32.mul (i32.load (i32.const {SCRIPT})) (i32.const 32))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $line) (local.get $end)))
      (local.set $call (i32.load offset=4 (local.get $line)))
      (if (i32.and
            (i32.eq (i32.load (local.get $line)) (local.get $function))
            (i32.or (i32.eqz (local.get $call))
                    (i32.eq (local.get $call) (i32.load (local.get $counter)))))
        (then (call $perform (local.get $line))))
      (local.set $line (i32.add (local.get $line) (i32.const 32)))
      (br $next))))
  (func $overflow (param i32) (result i32)
    (i32.add (i32.const 1) (call $overflow (local.get 0))))
  (func $perform (param $line i32)
    (local $value i64) (local $extra i64) (local $pointer i32) (local $size i32) (local $to i32)
    (local.set $value (i64.load offset=16 (local.get $line)))
    (local.set $extra (i64.load offset=24 (local.get $line)))
    (local.set $pointer (i32.wrap_i64 (local.get $value)))
    (local.set $size (i32.wrap_i64 (local.get $extra)))
    (block $return (block $trap (block $divide (block $overflow (block $read_outside
    (block $grow (block $set_pointer (block $set_size (block $set_argument
    (block $poke_8 (block $poke_32 (block $poke_64 (block $reenter (block $log (block $fill
    (block $run_for_ever
      (br_table $return $return $trap $divide $overflow $read_outside $grow $set_pointer $set_size
        $set_argument $poke_8 $poke_32 $poke_64 $reenter $log $fill $run_for_ever
        (i32.load offset=8 (local.get $line))))
      (; run for ever ;) (loop $again (br $again)))
      (; fill ;) (memory.fill (i32.const {HEAP}) (local.get $pointer)
        (i32.sub (i32.load (i32.const {STATE})) (i32.const {HEAP}))) (return))
      (; log ;) {log} (return))
      (; reenter ;) {reenter} (return))
      (; poke 64 ;) (i64.store (local.get $pointer) (local.get $extra)) (return))
      (; poke 32 ;) (i64.store32 (local.get $pointer) (local.get $extra)) (return))
      (; poke 8 ;) (i64.store8 (local.get $pointer) (local.get $extra)) (return))
      (; set argument ;)
      (local.set $to (i32.mul (i32.load offset=12 (local.get $line)) (i32.const 16)))
      (i32.store offset={OVERRIDES} (local.get $to) (i32.const 1))
      (i64.store offset={OVERRIDES + 8} (local.get $to) (local.get $value)) (return))
      (; set size ;) (i64.store32 (i32.const {STATE + 8}) (local.get $value)) (return))
      (; set pointer ;) (i64.store32 (i32.const {STATE + 4}) (local.get $value)) (return))
      (; grow ;) (drop (memory.grow (local.get $pointer))) (return))
      (; read outside ;) (drop (i32.load (i32.const -1))) (return))
      (; overflow ;) (drop (call $overflow (i32.const 0))) (return))
      (; divide ;) (drop (i32.div_u (i32.const 1) (i32.const 0))) (return))
      (; trap ;) (unreachable))
    (; return ;)
    (i32.store (i32.const {STATE + 12}) (i32.const 1))
    (i64.store (i32.const {STATE + 16}) (local.get $value)))
  (func $allocate (export "allocate") (param $size i32) {tag} (result i32)
    (local $pointer i32)
    {recording(0, arguments[:1] if old_allocate else arguments)}
    (call $act (i32.const 0))
    (if {IS_OVERRIDDEN} (then (return (i32.wrap_i64 {OVERRIDE}))))
    (if (i32.eqz (local.get $size)) (then (return (i32.const 0))))
    (local.set $pointer (i32.load (i32.const {STATE})))
    (i32.store (i32.const {STATE}) (i32.add (local.get $pointer) (local.get $size)))
    (loop $more
      (if (i32.gt_u (i32.load (i32.const {STATE})) (i32.mul (memory.size) (i32.const {PAGE})))
        (then
          (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
          (unreachable))))
    (local.get $pointer))
  (func $release_objects (export "release_objects")
    {recording(1, [])}
    (call $act (i32.const 1))
    (memory.fill (i32.const {HEAP}) (i32.const {_RELEASED_BYTE})
      (i32.sub (i32.load (i32.const {STATE})) (i32.const {HEAP})))
    (i32.store (i32.const {STATE}) (i32.const {HEAP})))
  (func $get_result_size (export "get_result_size") (result i32)
    {recording(2, [])}
    (call $act (i32.const 2))
    (if {IS_OVERRIDDEN} (then (return (i32.wrap_i64 {OVERRIDE}))))
    (i32.load (i32.const {STATE + 8})))
  (func $get_result_ptr (export "get_result_ptr") (result i32)
    {recording(3, [])}
    (call $act (i32.const 3))
    (if {IS_OVERRIDDEN} (then (return (i32.wrap_i64 {OVERRIDE}))))
    (i32.load (i32.const {STATE + 4})))
  (func $set_result_size (export "set_result_size") (param $size i32)
    {recording(4, [("i32", "(local.get $size)")])}
    (i32.store (i32.const {STATE + 8}) (local.get $size))
    (call $act (i32.const 4)))
  (func $set_result_ptr (export "set_result_ptr") (param $pointer i32)
    {recording(5, [("i32", "(local.get $pointer)")])}
    (i32.store (i32.const {STATE + 4}) (local.get $pointer))
    (call $act (i32.const 5)))
"""

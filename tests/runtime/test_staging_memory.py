"""What calls with much data leave behind."""

import sys
from pathlib import Path

import pytest

from runtime import Service
from tests.support.modules import ABI, function_item, module, vector

MEBIBYTE = 1 << 20

MANY_TEXTS = f"""(module {ABI}
  (func (export "texts") (param $count i32) (local $at i32)
    ;; The texts overlap, and all together are not larger than the memory.
    (drop (memory.grow (i32.div_u (local.get $count) (i32.const 16))))
    (call $set_result_ptr (call $allocate (i32.mul (local.get $count) (i32.const 8)) (i32.const 3)))
    (call $set_result_size (local.get $count))
    (local.set $at (i32.const 4096))
    (loop $next
      (i32.store offset=4 (local.get $at) (i32.const 4000))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))"""


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")
def test_memory_of_large_values_goes_back_to_the_system_after_the_call() -> None:
    with Service() as service:
        texts = function_item("texts", [("count", "U32")], vector("Utf8String"))
        service.load("many", module(MANY_TEXTS, [texts]))
        service.call("many", "texts", [1])
        before = resident_bytes()
        for _ in range(3):  # each lifts 100 MB
            result = service.call("many", "texts", [25_000])
            assert result == ["\0" * 4000] * 25_000
            del result
            assert service.call("many", "texts", [1]) == ["\0" * 4000]
        assert resident_bytes() - before < 40 * MEBIBYTE


def test_a_value_larger_than_staging_has_ever_been_comes_through() -> None:
    wat = f"""(module {ABI}
      (func (export "size") (param i32 i32) (result i32) (local.get 1)))"""
    with Service() as service:
        service.load("m", module(wat, [function_item("size", [("x", "Utf8String")], "U32")]))
        for size in (65_519, 65_520, 65_521, 20 * MEBIBYTE, 1, 30 * MEBIBYTE):
            assert service.call("m", "size", ["x" * size]) == size

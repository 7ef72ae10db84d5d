"""No pointer from a module reads or writes outside its memory."""

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine import address_space
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw import RawStore
from runtime.errors import AdapterError

SIZE = 65536


def make_memory(text: str = '(module (memory (export "memory") 1 3))') -> LinearMemory:
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    instance = wasmtime.Instance(store, wasmtime.Module(engine, text), [])
    memory = instance.exports(store)["memory"]
    assert isinstance(memory, wasmtime.Memory)
    return LinearMemory(RawStore(store), memory)


MEMORY = make_memory()
ANY_I32_OR_U32 = st.integers(-(2**31), 2**32 - 1)


@given(ANY_I32_OR_U32, ANY_I32_OR_U32)
def test_reading_gives_exactly_the_bytes_or_an_error(pointer: int, length: int) -> None:
    inside = (pointer & 0xFFFFFFFF) + (length & 0xFFFFFFFF) <= SIZE
    if inside:
        assert len(MEMORY.read(pointer, length)) == length & 0xFFFFFFFF
    else:
        with pytest.raises(AdapterError, match="lie outside the module's memory of 65536 bytes"):
            MEMORY.read(pointer, length)


@given(st.integers(1, SIZE + 10) | ANY_I32_OR_U32, st.binary(max_size=64))
def test_what_is_written_is_read_again_or_refused(pointer: int, data: bytes) -> None:
    place = pointer & 0xFFFFFFFF
    if place + len(data) > SIZE:
        with pytest.raises(AdapterError, match="lie outside"):
            MEMORY.write(pointer, data)
    elif place or not data:
        MEMORY.write(pointer, data)
        assert MEMORY.read(pointer, len(data)) == data


def test_nothing_is_written_at_a_null_pointer() -> None:
    with pytest.raises(AdapterError, match="null pointer for 3 bytes"):
        MEMORY.write(0, b"abc")
    MEMORY.write(0, b"")


def test_the_last_byte_can_be_read_and_nothing_after_it() -> None:
    assert len(MEMORY.read(SIZE - 1, 1)) == 1
    assert MEMORY.read(SIZE, 0) == b""
    with pytest.raises(AdapterError):
        MEMORY.read(SIZE, 1)


def test_size_and_maximum_are_told_in_bytes() -> None:
    assert MEMORY.size == SIZE
    assert MEMORY.maximum == 3 * SIZE
    assert make_memory('(module (memory (export "memory") 1))').maximum is None


@pytest.mark.skipif(not address_space.AVAILABLE, reason="this system cannot take memory back")
def test_memory_that_was_given_back_is_empty_and_wasm_code_that_reaches_it_traps() -> None:
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    text = """(module
      (memory (export "memory") 3)
      (data (i32.const 65536) "initial")
      (func (export "read") (result i32) (i32.load (i32.const 65536))))"""
    exports = wasmtime.Instance(store, wasmtime.Module(engine, text), []).exports(store)
    memory, read = exports["memory"], exports["read"]
    assert isinstance(memory, wasmtime.Memory)
    assert isinstance(read, wasmtime.Func)
    linear = LinearMemory(RawStore(store), memory)
    assert linear.vacate() is not None
    assert linear.size == 0
    with pytest.raises(AdapterError, match="lie outside"):
        linear.read(65536, 7)
    with pytest.raises(wasmtime.Trap, match="memory fault"):
        read(store)
    store.close()

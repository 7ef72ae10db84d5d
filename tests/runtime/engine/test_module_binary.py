"""What is written into a module's bytes before it is compiled: its name, how much it may take."""

from collections.abc import Callable

import pytest
import wasmtime

from runtime.engine.module_binary import (
    MOST_TABLE_ELEMENTS,
    PAGE_SIZE,
    with_memory_limit,
    with_module_name,
    with_table_limit,
)
from runtime.errors import ModuleFileError
from runtime.interface.custom_sections import sections

MEMORY_SECTION = 5


def limits(wat: str, limit: int) -> list[tuple[int, int | None]]:
    """Minimum and maximum of a module's exported memories once it is limited."""
    wasm = with_memory_limit(bytes(wasmtime.wat2wasm(wat)), limit, module="m")
    config = wasmtime.Config()
    config.wasm_multi_memory = True
    exports = wasmtime.Module(wasmtime.Engine(config), wasm).exports
    types = [export.type for export in exports if isinstance(export.type, wasmtime.MemoryType)]
    return [(found.limits.min, found.limits.max) for found in types]


@pytest.mark.parametrize(
    ("memory", "limit", "maximum"),
    [
        ("1", 3 * PAGE_SIZE, 3),
        ("1", 4 * PAGE_SIZE - 1, 3),
        ("1 2", 3 * PAGE_SIZE, 2),
        ("1 9", 3 * PAGE_SIZE, 3),
        ("1", 8 * 2**30, 65_536),
        ("1", 2**64 - 1, 65_536),
        ("300", 300 * PAGE_SIZE, 300),
    ],
)
def test_the_smaller_of_both_maxima_holds(memory: str, limit: int, maximum: int) -> None:
    wat = f'(module (memory (export "memory") {memory}))'
    assert [found for _, found in limits(wat, limit)] == [maximum]


def test_several_memories_share_the_limit() -> None:
    wat = '(module (memory (export "a") 1) (memory (export "b") 2 100) (memory (export "c") 0 1))'
    assert limits(wat, 3 * PAGE_SIZE) == [(1, 1), (2, 2), (0, 0)]
    assert limits(wat, 10 * PAGE_SIZE) == [(1, 3), (2, 4), (0, 1)]
    assert limits(wat, 2**40) == [(1, 65_536), (2, 100), (0, 1)]


@pytest.mark.parametrize("memories", ["(memory 2)", "(memory 1) (memory 1)"])
def test_memories_larger_than_their_limit_are_refused(memories: str) -> None:
    with pytest.raises(ModuleFileError, match=r"starts with 131072 bytes .* at least 131072 bytes"):
        limits(f"(module {memories})", 2 * PAGE_SIZE - 1)


def test_a_module_without_memory_stays_as_it_is() -> None:
    wasm = bytes(wasmtime.wat2wasm('(module (func (export "f")))'))
    assert with_memory_limit(wasm, PAGE_SIZE, module="m") == wasm


@pytest.mark.parametrize(
    "content", [b"", b"\x01", b"\x01\x00", b"\x01\x00\x80", b"\x01\x01\x00", b"\x02\x00\x01"]
)
def test_a_memory_section_that_is_cut_short_is_refused(content: bytes) -> None:
    wasm = bytes(wasmtime.wat2wasm("(module (memory 1))"))
    section = next(each for each in sections(wasm) if each.id == MEMORY_SECTION)
    cut = wasm[: section.start] + bytes([MEMORY_SECTION, len(content)]) + content
    with pytest.raises(ModuleFileError, match="truncated WebAssembly file: it ends inside the"):
        with_memory_limit(cut, PAGE_SIZE, module="m")


def table_limits(wat: str) -> list[tuple[int, int | None]]:
    """Minimum and maximum of a module's exported tables once they are limited."""
    wasm = with_table_limit(bytes(wasmtime.wat2wasm(wat)), module="m")
    exports = wasmtime.Module(wasmtime.Engine(), wasm).exports
    types = [export.type for export in exports if isinstance(export.type, wasmtime.TableType)]
    return [(found.limits.min, found.limits.max) for found in types]


def test_all_tables_share_one_limit() -> None:
    most = MOST_TABLE_ELEMENTS
    assert table_limits('(module (table (export "t") 5 funcref))') == [(5, most)]
    assert table_limits('(module (table (export "t") 5 7 externref))') == [(5, 7)]
    three = "".join(f'(table (export "{name}") {most // 4} funcref)' for name in "abc")
    assert sum(most for _, most in table_limits(f"(module {three})") if most) <= most


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ("(table 600000 funcref) (table 400001 externref)", "has tables of 1000001 elements"),
        ("(table 1000001 funcref)", "has tables of 1000001 elements, but 1000000 are allowed"),
        ("(table 1 anyref)", "a table of type 0x6e, expected funcref or externref"),
        ("(type $f (func)) (table 1 (ref null $f))", "a table of type 0x63, expected funcref"),
        (
            "(func $f) (table 1 funcref (ref.func $f))",
            "a table with an initial value, which is not",
        ),
    ],
)
def test_tables_that_are_larger_or_cannot_be_read_are_refused(tables: str, reason: str) -> None:
    with pytest.raises(ModuleFileError, match=reason):
        table_limits(f"(module {tables})")


@pytest.mark.parametrize(
    ("entry", "limited"),
    [
        ("(memory 0)", lambda wasm: with_memory_limit(wasm, PAGE_SIZE, module="m")),
        ("(table 0 funcref)", lambda wasm: with_table_limit(wasm, module="m")),
    ],
    ids=["memories", "tables"],
)
def test_more_memories_or_tables_than_the_engine_takes_are_left_to_its_refusal(
    entry: str, limited: Callable[[bytes], bytes]
) -> None:
    most, more = (bytes(wasmtime.wat2wasm(f"(module {count * entry})")) for count in (100, 101))
    wasmtime.Module(wasmtime.Engine(), limited(most))
    assert limited(most) != most
    assert limited(more) == more
    with pytest.raises(wasmtime.WasmtimeError, match="count exceeds limit of 100"):
        wasmtime.Module(wasmtime.Engine(), more)


def test_a_module_gets_the_name_that_backtraces_show_and_keeps_its_functions_names() -> None:
    wasm = bytes(wasmtime.wat2wasm('(module $old (func $inner (export "f") unreachable))'))
    store = wasmtime.Store()
    compiled = wasmtime.Module(store.engine, with_module_name(wasm, "new"))
    function = wasmtime.Instance(store, compiled, []).exports(store)["f"]
    assert isinstance(function, wasmtime.Func)
    with pytest.raises(wasmtime.Trap) as raised:
        function(store)
    frame = raised.value.frames[0]
    assert (frame.module_name, frame.func_name) == ("new", "inner")


@pytest.mark.parametrize(
    "payload", [b"", b"\x00", b"\x00\xff", b"\x00\xff\xff\xff\xff\xff\xff", b"\x07"]
)
def test_a_malformed_name_section_is_no_obstacle(payload: bytes) -> None:
    wasm = bytes(wasmtime.wat2wasm("(module)"))
    custom = b"\x04name" + payload
    named = with_module_name(wasm + bytes([0, len(custom)]) + custom, "new")
    assert wasmtime.Module(wasmtime.Engine(), named).exports == []

"""How modules are bound to each other and to the host, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import (
    LinkError,
    MarineError,
    ModuleError,
    ModuleInUse,
    NoSuchModule,
    Service,
    StartError,
    Trap,
)
from runtime.interface.instructions import CONVERSIONS, Instruction, Op
from runtime.interface.metadata import read_metadata
from runtime.interface.section import Adapter, AdaptersBlock, InterfaceSection
from runtime.interface.section_codec import decode_section
from tests.support.modules import ABI, extern_item, function_item, module, module_with_section

DOUBLE = module(
    f"""(module {ABI}
      (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))""",
    [function_item("double", [("x", "U32")], "U32")],
)


def caller(namespace: str = "numbers", name: str = "double", argument: str = "U32") -> bytes:
    """A module whose `quadruple` calls `double` of another module twice."""
    return module(
        f"""(module
          (import "{namespace}" "{name}" (func $double (param i32) (result i32)))
          {ABI}
          (func (export "quadruple") (param i32) (result i32)
            (call $double (call $double (local.get 0)))))""",
        [
            extern_item(namespace, (name, [("x", argument)], argument)),
            function_item("quadruple", [("x", "U32")], "U32"),
        ],
    )


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as empty:
        yield empty


def load(service: Service, directory: Path, name: str, wasm: bytes) -> None:
    path = directory / f"{name}.wasm"
    path.write_bytes(wasm)
    service.load(name, path)


def test_a_function_of_another_module_is_called_through_both_adapters(
    service: Service, tmp_path: Path
) -> None:
    load(service, tmp_path, "numbers", DOUBLE)
    load(service, tmp_path, "facade", caller())
    assert service.call("facade", "quadruple", [2**29 - 1]) == 2**31 - 4
    assert service.call("facade", "quadruple", [2**30 + 1]) == 4


def test_a_call_through_prepared_adapters_gives_the_same(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, "numbers", DOUBLE)
    load(service, tmp_path, "facade", caller())
    service.prepare("facade", "quadruple")
    assert service.call("facade", "quadruple", [5]) == 20


def test_an_import_from_a_module_that_is_not_loaded_is_refused(
    service: Service, tmp_path: Path
) -> None:
    load(service, tmp_path, "numbers", DOUBLE)
    with pytest.raises(LinkError) as raised:
        load(service, tmp_path, "facade", caller(namespace="number"))
    assert raised.value.message == (
        "module 'facade' imports number.double, but no module number is loaded; "
        "did you mean 'numbers'?; load order is the config's order"
    )


def test_an_import_of_a_function_that_is_not_public_is_refused(
    service: Service, tmp_path: Path
) -> None:
    load(service, tmp_path, "numbers", DOUBLE)
    with pytest.raises(LinkError, match=r"module 'numbers' has no such public function; did you"):
        load(service, tmp_path, "facade", caller(name="doubles"))


def test_an_import_with_another_signature_is_refused_showing_both(
    service: Service, tmp_path: Path
) -> None:
    load(service, tmp_path, "numbers", DOUBLE)
    with pytest.raises(LinkError) as raised:
        load(service, tmp_path, "facade", caller(argument="I32"))
    assert raised.value.message == (
        "module 'facade' imports numbers.double with another signature than it has:\n"
        "  facade expects: fn double(x: i32) -> i32\n"
        "  numbers offers: fn double(x: u32) -> u32"
    )


def calling_without_import() -> bytes:
    """`caller()` with the Wasm import gone, although the section's public adapter still uses it."""
    section = decode_section(read_metadata(caller()).interface_sections[0])
    first_import = len(section.exports)
    blocks = tuple(
        AdaptersBlock(
            tuple(
                Adapter(
                    adapter.function_type,
                    tuple(
                        Instruction(Op.CALL_CORE, first_import)
                        if instruction == Instruction(Op.CALL_CORE, first_import - 1)
                        else instruction
                        for instruction in adapter.instructions
                        if instruction.op not in CONVERSIONS
                    ),
                )
                if number == 0
                else adapter
                for number, adapter in enumerate(block.adapters)
            )
        )
        if isinstance(block, AdaptersBlock)
        else block
        for block in section.blocks
    )
    wat = f'(module {ABI} (func (export "quadruple") (param i32) (result i32) (local.get 0)))'
    return module_with_section(wat, InterfaceSection(blocks))


def test_an_adapter_may_call_what_the_wasm_code_does_not_import(
    service: Service, tmp_path: Path
) -> None:
    wasm = calling_without_import()
    with pytest.raises(
        LinkError, match=r"imports numbers\.double, but no module numbers is loaded"
    ):
        load(service, tmp_path, "facade", wasm)
    load(service, tmp_path, "numbers", DOUBLE)
    load(service, tmp_path, "facade", wasm)
    assert service.call("facade", "quadruple", 3) == 6
    with pytest.raises(ModuleInUse):
        service.unload("numbers")


def test_a_failed_load_leaves_the_service_as_it_was(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, "numbers", DOUBLE)
    with pytest.raises(LinkError):
        load(service, tmp_path, "facade", caller(argument="I32"))
    assert [each.name for each in service.interface()] == ["numbers"]
    load(service, tmp_path, "facade", caller())
    assert service.call("facade", "quadruple", 3) == 12


def test_a_host_function_that_the_host_does_not_offer_is_named(
    service: Service, tmp_path: Path
) -> None:
    wasm = module(
        f'(module (import "host" "curl" (func (param i32 i32))) {ABI})',
        [],
    )
    with pytest.raises(LinkError, match=r"imports host\.curl, but the host offers no such") as e:
        load(service, tmp_path, "adapter", wasm)
    assert "mounted_binaries" in e.value.message


def test_a_host_function_under_another_raw_type_is_refused(
    service: Service, tmp_path: Path
) -> None:
    wasm = module(
        f'(module (import "host" "log_utf8_string" (func (param i32))) {ABI})',
        [],
    )
    with pytest.raises(LinkError, match=r"as \(i32\) -> \(\), but the host's log_utf8_string"):
        load(service, tmp_path, "m", wasm)


def test_an_unknown_wasi_function_is_refused(service: Service, tmp_path: Path) -> None:
    wasm = module(
        f'(module (import "wasi_snapshot_preview1" "fly" (func)) {ABI})',
        [],
    )
    with pytest.raises(LinkError, match=r"wasi_snapshot_preview1\.fly"):
        load(service, tmp_path, "m", wasm)


def test_an_imported_memory_is_refused(service: Service, tmp_path: Path) -> None:
    wasm = module(
        f'(module (import "env" "shared" (memory 1)) {ABI})',
        [],
    )
    with pytest.raises(ModuleError, match=r"imports env\.shared"):
        load(service, tmp_path, "m", wasm)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('(func (export "_start") unreachable)', "_start of module 'm' failed"),
        ('(func (export "_initialize") unreachable)', "_initialize of module 'm' failed"),
        ("(func $s unreachable) (start $s)", "start section of module 'm' failed"),
        ('(func (export "_start") (param i32))', r"expected _start\(\) -> \(\)"),
    ],
)
def test_a_start_that_fails_fails_the_load(
    service: Service, tmp_path: Path, body: str, said: str
) -> None:
    with pytest.raises(StartError, match=said):
        load(service, tmp_path, "m", module(f"(module {ABI} {body})", []))
    assert service.interface() == ()


def test_initialize_runs_before_start_and_both_once(service: Service, tmp_path: Path) -> None:
    wasm = module(
        f"""(module {ABI} (global $g (mut i32) (i32.const 1))
          (func (export "_start") (global.set $g (i32.add (global.get $g) (i32.const 5))))
          (func (export "_initialize") (global.set $g (i32.mul (global.get $g) (i32.const 10))))
          (func (export "get") (result i32) (global.get $g)))""",
        [function_item("get", [], "I32")],
    )
    load(service, tmp_path, "m", wasm)
    assert service.call("m", "get") == 15


def test_a_module_that_others_import_is_unloaded_only_by_force(
    service: Service, tmp_path: Path
) -> None:
    load(service, tmp_path, "numbers", DOUBLE)
    load(service, tmp_path, "facade", caller())
    with pytest.raises(ModuleInUse, match="'numbers' is imported by facade: unload it first"):
        service.unload("numbers")
    assert service.call("facade", "quadruple", 1) == 4

    service.unload("numbers", force=True)
    with pytest.raises(NoSuchModule, match="module 'numbers' was unloaded"):
        service.call("facade", "quadruple", 1)
    service.unload("facade")
    load(service, tmp_path, "numbers", DOUBLE)
    load(service, tmp_path, "facade", caller())
    assert service.call("facade", "quadruple", 1) == 4


def test_a_trap_in_a_module_shows_the_frames_of_all_modules(
    service: Service, tmp_path: Path
) -> None:
    broken = module(
        f"""(module {ABI}
          (func $inner (param i32) (result i32) unreachable)
          (func $double (export "double") (param i32) (result i32) (call $inner (local.get 0))))""",
        [function_item("double", [("x", "U32")], "U32")],
    )
    load(service, tmp_path, "numbers", broken)
    load(service, tmp_path, "facade", caller())
    with pytest.raises(Trap) as raised:
        service.call("facade", "quadruple", 1)
    assert raised.value.trap == "unreachable executed"
    assert [(frame.module, frame.function) for frame in raised.value.backtrace][:2] == [
        ("numbers", "inner"),
        ("numbers", "double"),
    ]
    assert ("facade", "quadruple") in [
        (frame.module, frame.function or "quadruple") for frame in raised.value.backtrace
    ]


def test_a_chain_of_modules_that_is_too_deep_is_refused_and_the_service_lives(
    service: Service, tmp_path: Path
) -> None:
    load(service, tmp_path, "m0", DOUBLE)
    deepest = 80
    for number in range(1, deepest):
        wasm = module(
            f"""(module
              (import "m{number - 1}" "double" (func $next (param i32) (result i32)))
              {ABI}
              (func (export "double") (param i32) (result i32) (call $next (local.get 0))))""",
            [
                extern_item(f"m{number - 1}", ("double", [("x", "U32")], "U32")),
                function_item("double", [("x", "U32")], "U32"),
            ],
        )
        load(service, tmp_path, f"m{number}", wasm)
    assert service.call("m60", "double", 4) == 8
    with pytest.raises(MarineError, match="call each other more than 64 levels deep"):
        service.call(f"m{deepest - 1}", "double", 4)
    assert service.call("m0", "double", 4) == 8

"""Small modules made on the spot, from WAT and what the SDK would have noted about them."""

import json
from collections.abc import Iterable, Sequence

import wasmtime

from runtime.interface.generation import generate_section
from runtime.interface.metadata import with_interface_types
from runtime.interface.sdk_metadata import parse_sdk_items
from runtime.interface.section import InterfaceSection

ABI = """
  (memory (export "memory") 4)
  (global $next (mut i32) (i32.const 4096))
  (global $pointer (mut i32) (i32.const 0))
  (global $size (mut i32) (i32.const 0))
  (func $allocate (export "allocate") (param $size i32) (param $tag i32) (result i32)
    (if (i32.eqz (local.get $size)) (then (return (i32.const 0))))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $size)))
    (loop $more
      (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))) (then
        (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
        (unreachable)))))
  (func (export "release_objects") (global.set $next (i32.const 4096)))
  (func (export "get_result_ptr") (result i32) (global.get $pointer))
  (func (export "get_result_size") (result i32) (global.get $size))
  (func $set_result_ptr (export "set_result_ptr") (param i32) (global.set $pointer (local.get 0)))
  (func $set_result_size (export "set_result_size") (param i32) (global.set $size (local.get 0)))
"""
"""The module ABI: memory, a bump allocator, the result's place."""


def function_item(name: str, arguments: Iterable[tuple[str, object]], result: object = None) -> str:
    """What the SDK notes about an exported function; types as in its JSON, such as `"I32"`."""
    return json.dumps({"ast_type": "Function", "signature": _signature(name, arguments, result)})


def extern_item(
    namespace: str, *functions: tuple[str, Iterable[tuple[str, object]], object]
) -> str:
    """What the SDK notes about functions imported from another module."""
    imports = [
        {"link_name": None, "signature": _signature(name, arguments, result)}
        for name, arguments, result in functions
    ]
    return json.dumps({"ast_type": "ExternMod", "namespace": namespace, "imports": imports})


def _signature(
    name: str, arguments: Iterable[tuple[str, object]], result: object
) -> dict[str, object]:
    return {
        "name": name,
        "arguments": [{"name": argument, "ty": _type(kind)} for argument, kind in arguments],
        "output_types": [] if result is None else [_type(result)],
    }


def _type(kind: object) -> object:
    return {kind: "ByValue"} if isinstance(kind, str) else kind


def vector(element: object) -> dict[str, object]:
    """The SDK's type of a vector."""
    return {"Vector": [_type(element), "ByValue"]}


def module(wat: str, items: Sequence[str], *, sdk_version: str | None = "0.14.0") -> bytes:
    """A Wasm file of WAT, with the interface types that the SDK's notes ask for."""
    section = generate_section(parse_sdk_items(item.encode() for item in items))
    return module_with_section(wat, section, sdk_version=sdk_version)


def module_with_section(
    wat: str, section: InterfaceSection, *, sdk_version: str | None = "0.14.0"
) -> bytes:
    """A Wasm file of WAT with an `interface-types` section."""
    wasm = bytes(wasmtime.wat2wasm(wat))
    return with_interface_types(wasm, section, sdk_version=sdk_version)

"""A module of our own whose call does nothing but what every call does.

Calling it shows what a call costs at least, and fills the processor's caches with the code that
calls share.
"""

from functools import lru_cache

from runtime.engine.compilation import assemble
from runtime.interface.metadata import MINIMAL_SDK_VERSION, with_interface_types

_PROGRAM = """(module
  (memory (export "memory") 1)
  (global $pointer (mut i32) (i32.const 0))
  (global $size (mut i32) (i32.const 0))
  (func (export "allocate") (param $size i32) (param $type_tag i32) (result i32) (i32.const 16))
  (func (export "release_objects"))
  (func (export "get_result_ptr") (result i32) (global.get $pointer))
  (func (export "get_result_size") (result i32) (global.get $size))
  (func (export "set_result_ptr") (param i32) (global.set $pointer (local.get 0)))
  (func (export "set_result_size") (param i32) (global.set $size (local.get 0)))
  (func (export "nothing"))
  (func (export "echo") (param $pointer i32) (param $size i32)
    (global.set $pointer (local.get $pointer))
    (global.set $size (local.get $size))))"""

_METADATA = (
    b"""{"ast_type": "Function", "signature": {"name": "nothing",
  "arguments": [], "output_types": []}}""",
    b"""{"ast_type": "Function", "signature": {"name": "echo",
  "arguments": [{"name": "text", "ty": {"Utf8String": "ByValue"}}],
  "output_types": [{"Utf8String": "ByValue"}]}}""",
)


@lru_cache(maxsize=1)
def calibration_module() -> bytes:
    """A module for `Service.load` with two functions: `nothing()`, `echo(text: string) -> string`.

    The latter takes texts of up to 65,000 bytes.
    """
    # Services generate no sections: this is here, and what it needs takes 3 ms to import.
    from runtime.interface.generation import generate_section  # noqa: PLC0415
    from runtime.interface.sdk_metadata import parse_sdk_items  # noqa: PLC0415

    section = generate_section(parse_sdk_items(_METADATA))
    return with_interface_types(assemble(_PROGRAM), section, sdk_version=MINIMAL_SDK_VERSION)

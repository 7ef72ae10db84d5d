"""A module whose calls last as long as a test wants, and count how many there were."""

from tests.support.modules import ABI, function_item, module

BUSY = module(
    f"""(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      {ABI}
      (global $calls (mut i32) (i32.const 0))
      (data (i32.const 16) "x")
      (func (export "double") (param i32) (result i32) (i32.mul (i32.const 2) (local.get 0)))
      (func (export "next") (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (global.get $calls))
      (func (export "add") (param i32)
        (global.set $calls (i32.add (global.get $calls) (local.get 0))))
      (func $say (export "say")
        (i32.store (i32.const 0) (i32.const 16))
        (i32.store (i32.const 4) (i32.const 1))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
      (func (export "endless") (call $say) (loop $again (br $again)))
      (func (export "babble") (loop $again (call $say) (br $again)))
      (func $deeper (export "recurse") (param i32) (result i32)
        (i32.add (i32.const 1) (call $deeper (local.get 0)))))""",
    [
        function_item("double", [("x", "U32")], "U32"),
        function_item("next", [], "U32"),
        function_item("add", [("x", "U32")]),
        function_item("say", []),
        function_item("endless", []),
        function_item("babble", []),
        function_item("recurse", [("x", "U32")], "U32"),
    ],
)
"""`double(x)`, `next()` counts its calls, `add(x)` counts so many, `say()` calls `output`,
`endless()` does so once and `babble()` again and again, `recurse(x)` ends at the stack's end."""

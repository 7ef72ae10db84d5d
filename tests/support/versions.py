"""Modules in several versions, for what becomes of a service when its files change."""

from pathlib import Path

from tests.support.modules import ABI, extern_item, function_item, module


def counting(version: int, *, result: str = "I32", body: str = "") -> bytes:
    """A module whose functions show what has become of it.

    `version` gives the number, `count` how often it was called; `grow` takes a page of memory, and
    `spin` never ends.

    Args:
        version: what `version` gives.
        result: the type of that, `I32` or another that is an i32 in Wasm.
        body: more of the module, in WAT.
    """
    return module(
        f"""(module {ABI}
          (global $count (mut i32) (i32.const 0))
          (func (export "version") (result i32) (i32.const {version}))
          (func (export "grow") (drop (memory.grow (i32.const 1))))
          (func (export "count") (result i32)
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (global.get $count))
          (func (export "spin") (loop $again (br $again)))
          {body})""",
        [
            function_item("version", [], result),
            function_item("count", [], "I32"),
            function_item("grow", []),
            function_item("spin", []),
        ],
    )


def asking(exporter: str, *, more: int = 0, result: str = "I32") -> bytes:
    """`version` gives what the `version` of another module gives, and so much more."""
    return module(
        f"""(module
          (import "{exporter}" "version" (func $theirs (result i32))) {ABI}
          (func (export "version") (result i32) (i32.add (call $theirs) (i32.const {more}))))""",
        [extern_item(exporter, ("version", [], result)), function_item("version", [], result)],
    )


def write_modules(directory: Path, **modules: bytes) -> Path:
    """Writes each module into its file, and a Config.toml that loads them in this order."""
    lines = []
    for name, wasm in modules.items():
        (directory / f"{name}.wasm").write_bytes(wasm)
        lines.append(f'[[module]]\nname = "{name}"\n')
    config = directory / "Config.toml"
    config.write_text('modules_dir = "."\n' + "".join(lines))
    return config

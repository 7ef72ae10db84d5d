"""The declarations that are written out are those of their source."""

from pathlib import Path

from runtime.engine import wasmtime_c, wasmtime_c_build


def test_the_written_declarations_are_those_of_the_source(tmp_path: Path) -> None:
    wasmtime_c_build.write(tmp_path / "wasmtime_c.py")
    written = Path(wasmtime_c.__file__).read_text(encoding="utf-8")
    assert written == (tmp_path / "wasmtime_c.py").read_text(encoding="utf-8")

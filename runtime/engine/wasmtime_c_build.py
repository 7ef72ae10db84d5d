"""Writes `wasmtime_c.py`, the declarations of the C functions that `raw.py` calls most.

`python -m runtime.engine.wasmtime_c_build` after a change here. Cffi calls them in half the time
that ctypes takes; written out beforehand, the declarations cost no parsing at start.
"""

from pathlib import Path

import cffi

MODULE = "runtime.engine.wasmtime_c"

DECLARATIONS = """
    void *wasmtime_func_call_unchecked(
        void *context, void *function, void *values, size_t capacity, void **trap);
    void *wasmtime_memory_data(void *context, void *memory);
    size_t wasmtime_memory_data_size(void *context, void *memory);
"""


def write(path: Path) -> None:
    """Write the module to a file."""
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    ffi.set_source(MODULE, None)
    ffi.emit_python_code(str(path))


if __name__ == "__main__":
    write(Path(__file__).with_name("wasmtime_c.py"))

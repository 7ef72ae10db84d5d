"""Writes `wasmtime_c.py`, the declarations of the C functions and callbacks of `raw.py`.

`python -m runtime.engine.wasmtime_c_build` after a change here. Cffi calls them in half the time
that ctypes takes; written out beforehand, the declarations cost no parsing at start. Pointers that
are only passed on or compared with null are numbers here, which Python handles faster.
"""

from pathlib import Path

import cffi

MODULE = "runtime.engine.wasmtime_c"

DECLARATIONS = """
    uintptr_t wasmtime_func_call_unchecked(
        void *context, void *function, void *values, size_t capacity, uintptr_t *trap);
    void wasmtime_func_new_unchecked(
        void *context, void *type, void *callback, void *environment, void *finalizer,
        void *function);
    uintptr_t wasmtime_trap_new(const char *message, size_t length);
    uintptr_t wasmtime_error_new(const char *message);
    void wasmtime_store_epoch_deadline_callback(
        void *store, void *callback, void *data, void *finalizer);
    void *wasmtime_memory_data(void *context, void *memory);
    size_t wasmtime_memory_data_size(void *context, void *memory);

    typedef uintptr_t host_function_raw(
        uintptr_t environment, uintptr_t caller, uintptr_t values, size_t count);
    typedef uintptr_t host_function_i32(
        uintptr_t environment, uintptr_t caller, int32_t *values, size_t count);
    typedef uintptr_t host_function_i64(
        uintptr_t environment, uintptr_t caller, int64_t *values, size_t count);
    typedef uintptr_t host_function_f32(
        uintptr_t environment, uintptr_t caller, float *values, size_t count);
    typedef uintptr_t host_function_f64(
        uintptr_t environment, uintptr_t caller, double *values, size_t count);
    typedef uintptr_t epoch_callback(
        uintptr_t context, uintptr_t data, uint64_t *delta, uint8_t *kind);

    typedef void finalizer(uintptr_t environment);
    typedef uintptr_t get_memory(uintptr_t environment, size_t *size, size_t *capacity);
    typedef uintptr_t grow_memory(uintptr_t environment, size_t size);
    typedef struct {
        uintptr_t environment;
        get_memory *get;
        grow_memory *grow;
        finalizer *free;
    } linear_memory;
    typedef uintptr_t new_memory(
        uintptr_t environment, uintptr_t type, size_t minimum, size_t maximum, size_t reserved,
        size_t guard, linear_memory *result);
    typedef struct {
        uintptr_t environment;
        new_memory *create;
        finalizer *forget;
    } memory_creator;
    void wasmtime_config_host_memory_creator_set(void *config, memory_creator *creator);
"""


def write(path: Path) -> None:
    """Write the module to a file."""
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    ffi.set_source(MODULE, None)
    ffi.emit_python_code(str(path))


if __name__ == "__main__":
    write(Path(__file__).with_name("wasmtime_c.py"))

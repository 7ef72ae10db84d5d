"""The WASI functions that modules import, with the names and types of their parameters.

Source: the witx files of `wasi_snapshot_preview1`, as wasmtime's `define_wasi` has them. The older
`wasi_unstable` has the same functions but `sock_accept`; four of them take or give other layouts
(`shim_unstable.py`).
"""

from runtime.frozen_dataclass import frozen_dataclass

PREVIEW1 = "wasi_snapshot_preview1"
UNSTABLE = "wasi_unstable"


@frozen_dataclass
class Parameter:
    """One parameter of a WASI function.

    Attributes:
        name: as the witx files have it, unique in its function.
        type: `i32` or `i64`.
        is_descriptor: whether it is a file descriptor of the guest.
    """

    name: str
    type: str
    is_descriptor: bool


@frozen_dataclass
class Signature:
    """The type of one WASI function.

    Attributes:
        parameters: in order.
        results: `("i32",)`, the error number; empty for `proc_exit`.
    """

    parameters: tuple[Parameter, ...]
    results: tuple[str, ...]

    @property
    def text(self) -> str:
        """The type in WebAssembly's text format, parameters named."""
        parameters = [f"(param ${item.name} {item.type})" for item in self.parameters]
        return " ".join(parameters + [f"(result {result})" for result in self.results])

    @property
    def type_text(self) -> str:
        """The type in WebAssembly's text format, without names."""
        parameters = [f"(param {item.type})" for item in self.parameters]
        return " ".join(parameters + [f"(result {result})" for result in self.results])

    @property
    def arguments(self) -> str:
        """All parameters, read one after the other, in WebAssembly's text format."""
        return " ".join(f"(local.get ${item.name})" for item in self.parameters)


# `name` is an i32, `name:fd` a descriptor, `name:i64` an i64.
_PARAMETERS = {
    "args_get": "argv argv_buf",
    "args_sizes_get": "argc argv_buf_size",
    "clock_res_get": "id resolution",
    "clock_time_get": "id precision:i64 time",
    "environ_get": "environ environ_buf",
    "environ_sizes_get": "environc environ_buf_size",
    "fd_advise": "fd:fd offset:i64 len:i64 advice",
    "fd_allocate": "fd:fd offset:i64 len:i64",
    "fd_close": "fd:fd",
    "fd_datasync": "fd:fd",
    "fd_fdstat_get": "fd:fd stat",
    "fd_fdstat_set_flags": "fd:fd flags",
    "fd_fdstat_set_rights": "fd:fd base:i64 inheriting:i64",
    "fd_filestat_get": "fd:fd stat",
    "fd_filestat_set_size": "fd:fd size:i64",
    "fd_filestat_set_times": "fd:fd atim:i64 mtim:i64 flags",
    "fd_pread": "fd:fd iovs iovs_len offset:i64 nread",
    "fd_prestat_dir_name": "fd:fd path path_len",
    "fd_prestat_get": "fd:fd prestat",
    "fd_pwrite": "fd:fd iovs iovs_len offset:i64 nwritten",
    "fd_read": "fd:fd iovs iovs_len nread",
    "fd_readdir": "fd:fd buf buf_len cookie:i64 bufused",
    "fd_renumber": "fd:fd to:fd",
    "fd_seek": "fd:fd offset:i64 whence newoffset",
    "fd_sync": "fd:fd",
    "fd_tell": "fd:fd offset",
    "fd_write": "fd:fd iovs iovs_len nwritten",
    "path_create_directory": "fd:fd path path_len",
    "path_filestat_get": "fd:fd flags path path_len stat",
    "path_filestat_set_times": "fd:fd flags path path_len atim:i64 mtim:i64 fst_flags",
    "path_link": "old_fd:fd old_flags old_path old_path_len new_fd:fd new_path new_path_len",
    "path_open": (
        "fd:fd dirflags path path_len oflags rights_base:i64 rights_inheriting:i64 fdflags opened"
    ),
    "path_readlink": "fd:fd path path_len buf buf_len bufused",
    "path_remove_directory": "fd:fd path path_len",
    "path_rename": "fd:fd old_path old_path_len new_fd:fd new_path new_path_len",
    "path_symlink": "old_path old_path_len fd:fd new_path new_path_len",
    "path_unlink_file": "fd:fd path path_len",
    "poll_oneoff": "in out nsubscriptions nevents",
    "proc_exit": "rval",
    "proc_raise": "sig",
    "random_get": "buf buf_len",
    "sched_yield": "",
    "sock_accept": "fd:fd flags opened",
    "sock_recv": "fd:fd ri_data ri_data_len ri_flags ro_datalen ro_flags",
    "sock_send": "fd:fd si_data si_data_len si_flags so_datalen",
    "sock_shutdown": "fd:fd how",
}


def _signature(name: str, parameters: str) -> Signature:
    parsed = []
    for parameter in parameters.split():
        parameter_name, _, kind = parameter.partition(":")
        value_type = "i64" if kind == "i64" else "i32"
        parsed.append(Parameter(parameter_name, value_type, is_descriptor=kind == "fd"))
    return Signature(tuple(parsed), () if name == "proc_exit" else ("i32",))


SIGNATURES: dict[str, Signature] = {
    name: _signature(name, parameters) for name, parameters in _PARAMETERS.items()
}
"""The 46 functions of preview 1 by name."""

PATH_LENGTHS: dict[str, tuple[str, ...]] = {
    name: tuple(each.name for each in signature.parameters if each.name.endswith("path_len"))
    for name, signature in SIGNATURES.items()
    if name.startswith("path_")
}
"""The parameters that are lengths of paths which a function gets, by the function's name."""

DIFFERENT_IN_UNSTABLE: tuple[str, ...] = (
    "fd_filestat_get",
    "fd_seek",
    "path_filestat_get",
    "poll_oneoff",
)
"""Functions whose types agree in `wasi_unstable`, but not what numbers or structures mean."""

ABSENT_IN_UNSTABLE: frozenset[str] = frozenset({"sock_accept"})
"""Functions that only preview 1 has."""


def unstable_entry(name: str) -> str:
    """How stub and shim call the variant of a function for `wasi_unstable`."""
    return f"{UNSTABLE}.{name}"


ENTRIES: dict[str, Signature] = SIGNATURES | {
    unstable_entry(name): SIGNATURES[name] for name in DIFFERENT_IN_UNSTABLE
}
"""All that the stub exports and the shim implements; the order is that of the table's slots."""

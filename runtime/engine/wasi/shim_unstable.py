"""The shim's variants for `wasi_unstable`, where numbers and structures differ from preview 1.

`poll_oneoff` differs too (`shim_poll.py`).
"""

from runtime.engine.wasi.layout import (
    BAD_DESCRIPTOR,
    NAME_TOO_LONG,
    RESULT,
    SUCCESS,
    TRANSFER,
    TRANSFER_CAPACITY,
    UNMAPPED,
)
from runtime.engine.wasi.signatures import unstable_entry

# Preview 1: device u64, inode u64, kind u8 at 16, links u64 at 24, then size and three times.
# `wasi_unstable`: the links are a u32 at 20, so what follows them starts at 24 instead of 32.
_KIND_END = 20
_LINKS = 24
_UNSTABLE_LINKS = 20
_SIZE = 32
_UNSTABLE_SIZE = 24
_SIZE_AND_TIMES = 32

FUNCTIONS = f"""
  ;; Give the guest the file status in the scratch memory, in the layout of `wasi_unstable`.
  (func $give_unstable_stat (param $stat i32)
    (local $links i64)
    (memory.copy $guest $scratch
      (local.get $stat) (i32.const {RESULT}) (i32.const {_KIND_END}))
    (local.set $links (i64.load $scratch offset={_LINKS} (i32.const {RESULT})))
    (i32.store $guest offset={_UNSTABLE_LINKS} (local.get $stat)
      (select (i32.const -1) (i32.wrap_i64 (local.get $links))
        (i64.gt_u (local.get $links) (i64.const 0xffffffff))))
    (memory.copy $guest $scratch
      (i32.add (local.get $stat) (i32.const {_UNSTABLE_SIZE}))
      (i32.const {RESULT + _SIZE}) (i32.const {_SIZE_AND_TIMES})))
"""

BODIES = {
    unstable_entry("fd_filestat_get"): f"""
    (local $native i32) (local $error i32)
    (local.set $native (call $native_of (local.get $fd)))
    (if (i32.eq (local.get $native) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR}))))
    (local.set $error
      (call $scratch.fd_filestat_get (local.get $native) (i32.const {RESULT})))
    (if (local.get $error) (then (return (local.get $error))))
    (call $give_unstable_stat (local.get $stat))
    (i32.const {SUCCESS})""",
    # From the current place, the end, the start: 0, 1, 2 there, and 1, 2, 0 in preview 1.
    unstable_entry("fd_seek"): """
    (if (i32.lt_u (local.get $whence) (i32.const 3))
      (then (local.set $whence
        (i32.rem_u (i32.add (local.get $whence) (i32.const 1)) (i32.const 3)))))
    (call $fd_seek
      (local.get $fd) (local.get $offset) (local.get $whence) (local.get $newoffset))""",
    unstable_entry("path_filestat_get"): f"""
    (local $native i32) (local $error i32)
    (local.set $native (call $native_of (local.get $fd)))
    (if (i32.eq (local.get $native) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR}))))
    (if (i32.gt_u (local.get $path_len) (i32.const {TRANSFER_CAPACITY}))
      (then (return (i32.const {NAME_TOO_LONG}))))
    (memory.copy $scratch $guest
      (i32.const {TRANSFER}) (local.get $path) (local.get $path_len))
    (local.set $error
      (call $scratch.path_filestat_get (local.get $native) (local.get $flags)
        (i32.const {TRANSFER}) (local.get $path_len) (i32.const {RESULT})))
    (if (local.get $error) (then (return (local.get $error))))
    (call $give_unstable_stat (local.get $stat))
    (i32.const {SUCCESS})""",
}

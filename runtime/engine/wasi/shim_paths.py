"""The shim's functions for paths that the native ones do not do well.

Nothing interrupts a native function. Opening a named pipe waits for its other end, and reading a
device may wait for whatever stands behind it. So only what never waits is opened: regular files,
directories, and what the native function itself refuses. The process keeps some descriptors for
itself, since a module that has taken all would leave the host unable to open anything.
"""

from runtime.engine.wasi.layout import (
    BAD_DESCRIPTOR,
    DIRECTORY,
    FILE_STATUS_KIND,
    FOLLOW_LINKS,
    NAME_TOO_LONG,
    NOT_SUPPORTED,
    REGULAR_FILE,
    RESULT,
    SUCCESS,
    SYMBOLIC_LINK,
    TOO_MANY_FILES,
    TRANSFER,
    TRANSFER_CAPACITY,
    UNMAPPED,
)
from runtime.engine.wasi.shim_descriptors import mapping
from runtime.engine.wasi.shim_output import HOST_NAMESPACE

SPARE_IMPORT = "descriptor_is_spare"

IMPORT = f"""
  (import "{HOST_NAMESPACE}" "{SPARE_IMPORT}" (func $descriptor_is_spare (result i32)))"""


def bound(length: str) -> str:
    """The instructions that refuse a path which no system takes.

    Native functions would look at all of it first, which takes a second for 100 MiB.

    Args:
        length: the name of the parameter that is the path's length.
    """
    return f"""
    (if (i32.gt_u (local.get ${length}) (i32.const {TRANSFER_CAPACITY}))
      (then (return (i32.const {NAME_TOO_LONG}))))"""


FUNCTIONS = f"""
  ;; Whether a kind is one of those that may be opened; a link, that is not followed, may not, and
  ;; the native function has an error of its own for it.
  (func $never_waits (param $kind i32) (result i32)
    (i32.or
      (i32.or
        (i32.eq (local.get $kind) (i32.const {REGULAR_FILE}))
        (i32.eq (local.get $kind) (i32.const {DIRECTORY})))
      (i32.eq (local.get $kind) (i32.const {SYMBOLIC_LINK}))))

  ;; Why a path must not be opened; what there is no status of is for the native function to judge.
  ;; The path is left in the scratch memory.
  (func $refusal (param $native i32) (param $dirflags i32) (param $path i32) (param $path_len i32)
    (result i32)
    {bound("path_len")}
    (memory.copy $scratch $guest
      (i32.const {TRANSFER}) (local.get $path) (local.get $path_len))
    (if (call $scratch.path_filestat_get (local.get $native)
          (i32.and (local.get $dirflags) (i32.const {FOLLOW_LINKS}))
          (i32.const {TRANSFER}) (local.get $path_len) (i32.const {RESULT}))
      (then (return (i32.const {SUCCESS}))))
    (select (i32.const {SUCCESS}) (i32.const {NOT_SUPPORTED})
      (call $never_waits
        (i32.load8_u $scratch (i32.const {RESULT + FILE_STATUS_KIND})))))
"""

BODIES = {
    # All that can fail for the guest's fault comes before the native call, which leaves the number
    # in the scratch memory: what was opened is always in the table, so that it can be closed.
    "path_open": f"""
    (local $directory i32) (local $free i32) (local $error i32)
    (local.set $directory (call $native_of (local.get $fd)))
    (if (i32.eq (local.get $directory) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR}))))
    (local.set $free (call $lowest_free))
    (if (i32.eq (local.get $free) (i32.const {UNMAPPED}))
      (then (return (i32.const {TOO_MANY_FILES}))))
    (if (i32.eqz (call $descriptor_is_spare))
      (then (return (i32.const {TOO_MANY_FILES}))))
    (drop (i32.load $guest (local.get $opened)))
    (local.set $error (call $refusal (local.get $directory) (local.get $dirflags)
      (local.get $path) (local.get $path_len)))
    (if (local.get $error) (then (return (local.get $error))))
    (call $keep_path
      (local.get $free) (local.get $fd) (local.get $path) (local.get $path_len))
    (local.set $error
      (call $scratch.path_open (local.get $directory) (local.get $dirflags)
        (i32.const {TRANSFER}) (local.get $path_len) (local.get $oflags)
        (local.get $rights_base) (local.get $rights_inheriting)
        (local.get $fdflags) (i32.const {RESULT})))
    (if (local.get $error) (then (return (local.get $error))))
    {mapping("(local.get $free)", f"(i32.load $scratch (i32.const {RESULT}))")}
    (i32.store $guest (local.get $opened) (local.get $free))
    (i32.const {SUCCESS})""",
    # The native function opens what it sets the times of.
    "path_filestat_set_times": f"""
    (local $native i32) (local $error i32)
    (local.set $native (call $native_of (local.get $fd)))
    (if (i32.eq (local.get $native) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR}))))
    (local.set $error (call $refusal (local.get $native) (local.get $flags)
      (local.get $path) (local.get $path_len)))
    (if (local.get $error) (then (return (local.get $error))))
    (call $native.path_filestat_set_times (local.get $native) (local.get $flags)
      (local.get $path) (local.get $path_len)
      (local.get $atim) (local.get $mtim) (local.get $fst_flags))""",
    # The native function takes the slash at the end of a directory's path for a `.` behind it.
    "path_remove_directory": f"""
    (local $native i32)
    (local.set $native (call $native_of (local.get $fd)))
    (if (i32.eq (local.get $native) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR}))))
    {bound("path_len")}
    (block $bare
      (loop $next
        (br_if $bare (i32.le_u (local.get $path_len) (i32.const 1)))
        (br_if $bare (i32.ne (i32.const {ord("/")})
          (i32.load8_u $guest
            (i32.sub (i32.add (local.get $path) (local.get $path_len)) (i32.const 1)))))
        (local.set $path_len (i32.sub (local.get $path_len) (i32.const 1)))
        (br $next)))
    (call $native.path_remove_directory (local.get $native)
      (local.get $path) (local.get $path_len))""",
}

"""The shim's descriptor table: functions that give, take or show a guest's descriptors."""

from runtime.engine.wasi.layout import (
    BAD_DESCRIPTOR,
    CHARACTER_DEVICE,
    DESCRIPTOR_COUNT,
    DESCRIPTORS,
    FIRST_FILE,
    NOT_A_SOCKET,
    PATH_CAPACITY,
    PATH_LENGTH_SIZE,
    PATH_SLOT,
    PATHS,
    SUCCESS,
    UNMAPPED,
)

CLOSE_ALL_EXPORT = "close_all"


def mapping(descriptor: str, native: str) -> str:
    """The instruction that lets a guest's descriptor stand for a native one, or for none.

    It is no function of the shim: an interruption ends a call where a function begins, and what was
    just opened would be in no table, so that nothing closes it.

    Args:
        descriptor: the guest's, in WebAssembly's text format.
        native: the native one, or `UNMAPPED`, likewise.
    """
    return f"""
    (i32.store $private offset={DESCRIPTORS} (i32.shl {descriptor} (i32.const 2))
      (i32.add {native} (i32.const 1)))"""


_UNMAP = mapping("(local.get $fd)", f"(i32.const {UNMAPPED})")

FUNCTIONS = f"""
  ;; The native descriptor behind a guest's, or {UNMAPPED}.
  (func $native_of (param $fd i32) (result i32)
    (if (i32.ge_u (local.get $fd) (i32.const {DESCRIPTOR_COUNT}))
      (then (return (i32.const {UNMAPPED}))))
    (i32.sub
      (i32.load $private offset={DESCRIPTORS} (i32.shl (local.get $fd) (i32.const 2)))
      (i32.const 1)))

  ;; The guest's lowest free descriptor, or {UNMAPPED}.
  (func $lowest_free (result i32)
    (local $fd i32)
    (loop $next
      (if (i32.eq (call $native_of (local.get $fd)) (i32.const {UNMAPPED}))
        (then (return (local.get $fd))))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $fd) (i32.const {DESCRIPTOR_COUNT}))))
    (i32.const {UNMAPPED}))

  ;; Close a native descriptor. Standard streams and mapped directories stay open: the streams
  ;; belong to all modules, and the number of a closed directory would go to another module's file.
  (func $release (param $native i32) (result i32)
    (if (i32.lt_u (local.get $native) (i32.load $private (i32.const {FIRST_FILE})))
      (then (return (i32.const {SUCCESS}))))
    (call $native.fd_close (local.get $native)))

  ;; Where the path of a guest's descriptor is kept.
  (func $path_slot (param $fd i32) (result i32)
    (i32.add (i32.const {PATHS}) (i32.mul (local.get $fd) (i32.const {PATH_SLOT}))))

  (func $minimum (param $left i32) (param $right i32) (result i32)
    (select (local.get $left) (local.get $right)
      (i32.lt_u (local.get $left) (local.get $right))))

  ;; Keep the path of a descriptor: that of the directory it is opened in, a slash, and the guest's.
  ;; The kept length counts what does not fit as well.
  (func $keep_path (param $fd i32) (param $directory i32) (param $path i32) (param $path_len i32)
    (local $slot i32) (local $parent i32) (local $length i32)
    (local.set $slot (call $path_slot (local.get $fd)))
    (local.set $parent (call $path_slot (local.get $directory)))
    (local.set $length
      (call $minimum (i32.load $private (local.get $parent)) (i32.const {PATH_CAPACITY})))
    (memory.copy $private $private
      (i32.add (local.get $slot) (i32.const {PATH_LENGTH_SIZE}))
      (i32.add (local.get $parent) (i32.const {PATH_LENGTH_SIZE}))
      (local.get $length))
    (i32.store $private (local.get $slot)
      (i32.add
        (i32.add (i32.load $private (local.get $parent)) (i32.const 1))
        (local.get $path_len)))
    (if (i32.eq (local.get $length) (i32.const {PATH_CAPACITY})) (then (return)))
    (i32.store8 $private offset={PATH_LENGTH_SIZE}
      (i32.add (local.get $slot) (local.get $length)) (i32.const {ord("/")}))
    (local.set $length (i32.add (local.get $length) (i32.const 1)))
    (memory.copy $private $guest
      (i32.add (i32.add (local.get $slot) (i32.const {PATH_LENGTH_SIZE})) (local.get $length))
      (local.get $path)
      (call $minimum (local.get $path_len)
        (i32.sub (i32.const {PATH_CAPACITY}) (local.get $length)))))

  ;; Close all that the guest has open, when its module is unloaded.
  (func (export "{CLOSE_ALL_EXPORT}")
    (local $fd i32)
    (loop $next
      (drop (call $fd_close (local.get $fd)))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $fd) (i32.const {DESCRIPTOR_COUNT})))))
"""

BODIES = {
    "fd_close": f"""
    (local $native i32) (local $error i32)
    (local.set $native (call $native_of (local.get $fd)))
    (if (i32.eq (local.get $native) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR}))))
    (local.set $error (call $release (local.get $native))){_UNMAP}
    (local.get $error)""",
    # Output is line-buffered by C libraries only where it looks like a terminal; in a module that
    # never ends nobody would see the rest.
    "fd_fdstat_get": f"""
    (local $native i32) (local $error i32)
    (local.set $native (call $native_of (local.get $fd)))
    (if (i32.eq (local.get $native) (i32.const {UNMAPPED}))
      (then (return (i32.const {BAD_DESCRIPTOR}))))
    (local.set $error (call $native.fd_fdstat_get (local.get $native) (local.get $stat)))
    (if (i32.and (i32.eqz (local.get $error)) (call $is_output (local.get $native)))
      (then (i32.store8 $guest (local.get $stat) (i32.const {CHARACTER_DEVICE}))))
    (local.get $error)""",
    # The native function would renumber descriptors of the store, maybe another module's.
    "fd_renumber": f"""
    (local $native i32) (local $replaced i32) (local $path i32) (local $replaced_path i32)
    (local.set $native (call $native_of (local.get $fd)))
    (local.set $replaced (call $native_of (local.get $to)))
    (if (i32.or
          (i32.eq (local.get $native) (i32.const {UNMAPPED}))
          (i32.eq (local.get $replaced) (i32.const {UNMAPPED})))
      (then (return (i32.const {BAD_DESCRIPTOR}))))
    (if (i32.eq (local.get $fd) (local.get $to)) (then (return (i32.const {SUCCESS}))))
    (local.set $path (call $path_slot (local.get $fd)))
    (local.set $replaced_path (call $path_slot (local.get $to)))
    (drop (call $release (local.get $replaced)))
    {mapping("(local.get $to)", "(local.get $native)")}{_UNMAP}
    (memory.copy $private $private
      (local.get $replaced_path) (local.get $path) (i32.const {PATH_SLOT}))
    (i32.const {SUCCESS})""",
    # Nothing maps a socket, so there is none to accept from.
    "sock_accept": f"""
    (select (i32.const {BAD_DESCRIPTOR}) (i32.const {NOT_A_SOCKET})
      (i32.eq (call $native_of (local.get $fd)) (i32.const {UNMAPPED})))""",
}

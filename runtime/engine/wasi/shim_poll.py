"""The shim's `poll_oneoff`: subscriptions translated in the scratch memory, waits in short slices.

Descriptors stand inside the subscriptions, so these are copied to the scratch memory and translated
there; nothing changes in the guest's. The native function would wait for as long as it is
told, and no interruption reaches it. So it gets one more subscription, a clock that ends a slice of
the wait, and is called again until an event of the guest's own comes; the engine interrupts the
loop in between. Waits that count from now would start anew with every slice: they become points in
time first.
"""

from runtime.engine.wasi.layout import (
    ABSOLUTE_TIME,
    BAD_DESCRIPTOR,
    CLOCK_MONOTONIC,
    EVENT_CLOCK,
    EVENT_SIZE,
    EVENTS,
    INVALID,
    RESULT,
    SLEEP_SLICE,
    SUBSCRIPTION_LIMIT,
    SUBSCRIPTION_SIZE,
    SUBSCRIPTIONS,
    SUCCESS,
    UNMAPPED,
    USERDATA,
    USERDATA_SIZE,
)
from runtime.engine.wasi.signatures import unstable_entry

# A subscription: userdata u64, kind u8 at 8, then at 16 either a descriptor u32 or a clock: id u32,
# timeout u64 at 24, precision u64 at 32, flags u16 at 40. In `wasi_unstable` a clock starts with
# one more u64 that no wait depends on.
_KIND = 8
_DESCRIPTOR = 16
_CLOCK = 16
_CLOCK_SIZE = 32
_TIMEOUT = 24
_FLAGS = 40
_UNSTABLE_CLOCK = 24
_UNSTABLE_SUBSCRIPTION_SIZE = 56

_FOREVER = 2**62
"""Nanoseconds that no process lives to see; later points in time are taken as this one."""

FUNCTIONS = f"""
  ;; Make a clock subscription in the scratch memory that counts from now a point in time.
  (func $make_absolute (param $subscription i32)
    (local $timeout i64)
    (if (i32.and (i32.load16_u $scratch offset={_FLAGS} (local.get $subscription))
          (i32.const {ABSOLUTE_TIME}))
      (then (return)))
    ;; Only the real-time and the monotonic clock can be waited for; the native function says so.
    (if (i32.gt_u (i32.load $scratch offset={_CLOCK} (local.get $subscription))
          (i32.const {CLOCK_MONOTONIC}))
      (then (return)))
    (drop (call $scratch.clock_time_get
      (i32.const {CLOCK_MONOTONIC}) (i64.const 0) (i32.const {RESULT})))
    (local.set $timeout (i64.load $scratch offset={_TIMEOUT} (local.get $subscription)))
    (if (i64.gt_u (local.get $timeout) (i64.const {_FOREVER}))
      (then (local.set $timeout (i64.const {_FOREVER}))))
    (i32.store $scratch offset={_CLOCK} (local.get $subscription) (i32.const {CLOCK_MONOTONIC}))
    (i64.store $scratch offset={_TIMEOUT} (local.get $subscription)
      (i64.add (local.get $timeout) (i64.load $scratch (i32.const {RESULT}))))
    (i32.store16 $scratch offset={_FLAGS} (local.get $subscription) (i32.const {ABSOLUTE_TIME})))

  ;; Copy the guest's subscriptions, each with its index as userdata, and translate them.
  (func $take_subscriptions
    (param $in i32) (param $count i32) (param $unstable i32) (result i32)
    (local $index i32) (local $source i32) (local $subscription i32) (local $kind i32)
    (local $native i32) (local $size i32)
    (local.set $size
      (select (i32.const {_UNSTABLE_SUBSCRIPTION_SIZE}) (i32.const {SUBSCRIPTION_SIZE})
        (local.get $unstable)))
    (local.set $source (local.get $in))
    (local.set $subscription (i32.const {SUBSCRIPTIONS}))
    (loop $next
      (memory.copy $scratch $guest
        (local.get $subscription) (local.get $source) (i32.const {SUBSCRIPTION_SIZE}))
      (i64.store $scratch offset={USERDATA}
        (i32.mul (local.get $index) (i32.const {USERDATA_SIZE}))
        (i64.load $scratch (local.get $subscription)))
      (i64.store $scratch (local.get $subscription) (i64.extend_i32_u (local.get $index)))
      (local.set $kind (i32.load8_u $scratch offset={_KIND} (local.get $subscription)))
      (if (i32.eq (local.get $kind) (i32.const {EVENT_CLOCK}))
        (then
          (if (local.get $unstable)
            (then (memory.copy $scratch $guest
              (i32.add (local.get $subscription) (i32.const {_CLOCK}))
              (i32.add (local.get $source) (i32.const {_UNSTABLE_CLOCK}))
              (i32.const {_CLOCK_SIZE}))))
          (call $make_absolute (local.get $subscription)))
        (else
          (local.set $native (call $native_of
            (i32.load $scratch offset={_DESCRIPTOR} (local.get $subscription))))
          (if (i32.eq (local.get $native) (i32.const {UNMAPPED}))
            (then (return (i32.const {BAD_DESCRIPTOR}))))
          (i32.store $scratch offset={_DESCRIPTOR} (local.get $subscription)
            (local.get $native))))
      (local.set $source (i32.add (local.get $source) (local.get $size)))
      (local.set $subscription
        (i32.add (local.get $subscription) (i32.const {SUBSCRIPTION_SIZE})))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $index) (local.get $count))))
    ;; Behind them, the clock that ends a slice; its index is one that no subscription has.
    (memory.fill $scratch (local.get $subscription) (i32.const 0) (i32.const {SUBSCRIPTION_SIZE}))
    (i64.store $scratch (local.get $subscription) (i64.extend_i32_u (local.get $count)))
    (i32.store $scratch offset={_CLOCK} (local.get $subscription) (i32.const {CLOCK_MONOTONIC}))
    (i64.store $scratch offset={_TIMEOUT} (local.get $subscription) (i64.const {SLEEP_SLICE}))
    (i32.const {SUCCESS}))

  ;; Give the guest the events of its own subscriptions, with their userdata; the result counts
  ;; them.
  (func $give_events (param $out i32) (param $count i32) (result i32)
    (local $event i32) (local $left i32) (local $index i32) (local $given i32)
    (local.set $event (i32.const {EVENTS}))
    (local.set $left (i32.load $scratch (i32.const {RESULT})))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $index (i32.wrap_i64 (i64.load $scratch (local.get $event))))
        (if (i32.lt_u (local.get $index) (local.get $count))
          (then
            (i64.store $scratch (local.get $event)
              (i64.load $scratch offset={USERDATA}
                (i32.mul (local.get $index) (i32.const {USERDATA_SIZE}))))
            (memory.copy $guest $scratch
              (i32.add (local.get $out) (i32.mul (local.get $given) (i32.const {EVENT_SIZE})))
              (local.get $event) (i32.const {EVENT_SIZE}))
            (local.set $given (i32.add (local.get $given) (i32.const 1)))))
        (local.set $event (i32.add (local.get $event) (i32.const {EVENT_SIZE})))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
    (local.get $given))

  (func $poll (param $in i32) (param $out i32) (param $count i32) (param $nevents i32)
    (param $unstable i32) (result i32)
    (local $error i32) (local $given i32)
    (if (i32.gt_u (i32.sub (local.get $count) (i32.const 1))
          (i32.const {SUBSCRIPTION_LIMIT - 1}))
      (then (return (i32.const {INVALID}))))
    ;; Copied onto themselves: places outside the memory trap now and not after the wait.
    (memory.copy $guest $guest (local.get $out) (local.get $out)
      (i32.mul (local.get $count) (i32.const {EVENT_SIZE})))
    (memory.copy $guest $guest (local.get $nevents) (local.get $nevents) (i32.const 4))
    (local.set $error
      (call $take_subscriptions (local.get $in) (local.get $count) (local.get $unstable)))
    (if (local.get $error) (then (return (local.get $error))))
    (loop $wait
      (local.set $error
        (call $scratch.poll_oneoff (i32.const {SUBSCRIPTIONS}) (i32.const {EVENTS})
          (i32.add (local.get $count) (i32.const 1)) (i32.const {RESULT})))
      (if (local.get $error) (then (return (local.get $error))))
      (local.set $given (call $give_events (local.get $out) (local.get $count)))
      (br_if $wait (i32.eqz (local.get $given))))
    (i32.store $guest (local.get $nevents) (local.get $given))
    (i32.const {SUCCESS}))
"""


def _body(*, unstable: bool) -> str:
    return f"""
    (call $poll (local.get $in) (local.get $out) (local.get $nsubscriptions) (local.get $nevents)
      (i32.const {int(unstable)}))"""


BODIES = {
    "poll_oneoff": _body(unstable=False),
    unstable_entry("poll_oneoff"): _body(unstable=True),
}

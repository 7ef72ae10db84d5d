"""A time limit holds while values are lifted, too, which one page of memory can make last long."""

import pytest

from runtime import Engine, Service, TimeLimitExceeded
from tests.support.modules import ABI, function_item, module, vector

ARRAYS, TEXTS = 450, 4000

MANY = module(
    f"""(module {ABI}
      ;; Arrays that are all the same one: nothing but empty texts, as the memory there is zero.
      (func (export "many") (local $slot i32)
        (local.set $slot (i32.const 4096))
        (loop $next
          (i32.store (local.get $slot) (i32.const 20000))
          (i32.store offset=4 (local.get $slot) (i32.const {TEXTS}))
          (local.set $slot (i32.add (local.get $slot) (i32.const 8)))
          (br_if $next (i32.lt_u (local.get $slot) (i32.const {4096 + 8 * ARRAYS}))))
        (global.set $pointer (i32.const 4096))
        (global.set $size (i32.const {ARRAYS})))
      (func (export "answer") (result i32) (i32.const 42)))""",
    [function_item("many", [], vector(vector("Utf8String"))), function_item("answer", [], "U32")],
)


@pytest.mark.parametrize("engine", Engine)
def test_a_time_limit_ends_the_lifting_of_millions_of_values(engine: Engine) -> None:
    with Service(engine=engine) as service:
        service.load("m", MANY)
        service.prepare("m", "many")
        # In either engine it takes several times as long.
        with pytest.raises(TimeLimitExceeded) as raised:
            service.call("m", "many", timeout=0.005)
        assert raised.value.torn_module == "m"
        assert service.call("m", "answer") == 42

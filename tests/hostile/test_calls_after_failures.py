"""After a call that failed in any way there is, the next one of another function is answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from runtime import (
    ArgumentsError,
    CallError,
    Engine,
    HostFunctionError,
    Interrupted,
    MarineError,
    MemoryLimitExceeded,
    NoSuchFunction,
    NoSuchModule,
    PythonValue,
    Service,
    ServiceConfig,
    TimeLimitExceeded,
    Trap,
    host_function,
)
from tests.hostile.cases import CALLS
from tests.support.modules import ABI, extern_item, function_item, module

_STEPS = {
    "traps": "unreachable",
    "ends": "(call $exit (i32.const 3))",
    "spins": "(loop $again (br $again))",
    "takes_memory": "(drop (memory.grow (i32.const 1000))) unreachable",
    "fails_in_the_host": "(call $fail)",
    "is_stopped_by_the_host": "(call $stop) (loop $again (br $again))",
}
"""What a function does, in `inner` itself, and in `outer` by a call of that one."""

_SUM: tuple[str, list[tuple[str, object]], object] = (
    "sum", [("numbers", {"Vector": [{"U32": "ByValue"}, "ByValue"]})], "U32",
)  # fmt: skip
_SUM_WAT = """
  (func (export "sum") (param $at i32) (param $count i32) (result i32) (local $sum i32)
    (loop $next
      (if (local.get $count) (then
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))
    (local.get $sum))"""
_NO_ARGUMENTS: tuple[tuple[str, list[tuple[str, object]], object], ...] = tuple(
    (name, [], None) for name in _STEPS
)


def _inner() -> bytes:
    functions = "".join(f'(func (export "{name}") {code})' for name, code in _STEPS.items())
    wat = f"""(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "host" "fail" (func $fail)) (import "host" "stop" (func $stop))
      {ABI} {functions} {_SUM_WAT})"""
    return module(wat, [function_item(*each) for each in (*_NO_ARGUMENTS, _SUM)])


def _outer() -> bytes:
    imports = "".join(f'(import "inner" "{name}" (func ${name}))' for name in _STEPS)
    functions = "".join(f'(func (export "{name}") (call ${name}))' for name in _STEPS)
    wat = f"(module {imports} {ABI} {functions} {_SUM_WAT})"
    items = [function_item(*each) for each in (*_NO_ARGUMENTS, _SUM)]
    return module(wat, [extern_item("inner", *_NO_ARGUMENTS), *items])


@dataclass(frozen=True)
class Case:
    """A call that fails: the function, the error, its arguments, and whether it stops a module."""

    function: str
    error: type[MarineError]
    arguments: Sequence[PythonValue] = ()
    module: str | None = None
    is_torn: bool = True


def _named(case: Case) -> str:
    return f"{case.function} {case.error.__name__}"


CASES = (
    Case("traps", Trap),
    Case("ends", Trap),
    Case("spins", TimeLimitExceeded),
    Case("takes_memory", MemoryLimitExceeded),
    Case("fails_in_the_host", HostFunctionError),
    Case("is_stopped_by_the_host", Interrupted),
    Case("traps", ArgumentsError, (1,), is_torn=False),
    Case("sum", ArgumentsError, ([1, -1],), is_torn=False),
    Case("absent", NoSuchFunction, is_torn=False),
    Case("traps", NoSuchModule, module="absent", is_torn=False),
)
"""The classes of errors that `cases.py` has no attempt for, and those that stop a module."""


@pytest.fixture(scope="module", params=Engine)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    @host_function
    def fail() -> None:
        raise ValueError("no")

    @host_function
    def stop() -> None:
        running.interrupt()

    engine: Engine = request.param
    config = ServiceConfig(total_memory_limit=8 << 20)
    with Service(config, engine=engine, host_functions=[fail, stop], timeout=20) as running:
        running.load("inner", _inner())
        running.load("outer", _outer())
        yield running


def _failure(service: Service, name: str, case: Case, *, is_traced: bool) -> MarineError | None:
    limit = 0.05 if case.error is TimeLimitExceeded else None
    arguments = [*case.arguments]
    try:
        if is_traced:
            return service.trace(name, case.function, arguments, timeout=limit).error
        service.call(name, case.function, arguments, timeout=limit)
    except MarineError as error:
        return error
    return None


@pytest.mark.parametrize("is_traced", [False, True], ids=["called", "traced"])
@pytest.mark.parametrize("name", ["inner", "outer"])
@pytest.mark.parametrize("case", CASES, ids=_named)
def test_the_next_call_of_another_function_gives_the_right_answer(
    service: Service, case: Case, name: str, is_traced: bool
) -> None:
    error = _failure(service, case.module or name, case, is_traced=is_traced)
    assert type(error) is case.error
    assert error.torn_module == ("inner" if case.is_torn else None)
    for other in ("outer", "inner"):
        assert service.call(other, "sum", [[1, 2, 39]]) == 42
        assert service.modules[other].sum([40, 2]) == 42


def test_every_class_of_errors_of_calls_has_a_case() -> None:
    kinds = {each.kind for each in CALLS} | {each.error.__name__ for each in CASES}
    classes: list[type[MarineError]] = [MemoryLimitExceeded, *_below(CallError)]
    assert {each.__name__ for each in classes} <= kinds


def _below(error: type[MarineError]) -> Iterator[type[MarineError]]:
    for each in error.__subclasses__():
        yield each
        yield from _below(each)

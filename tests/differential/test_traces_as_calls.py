"""A traced call does what the interpreter's call does: result, error, raw calls, memories, logs."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import Engine, Service
from tests.differential.both_engines import BothEngines, LastingChain, Observed, chain, exact
from tests.differential.profile import examples
from tests.differential.scenarios import TEXT_AND_OCTET, Call, scripts
from tests.differential.test_random_chains import RICH
from tests.support.recording import DATA, Action, Line, after, before

_DATA = b"text to call other modules with while a call is under way"


def traced(
    both: BothEngines,
    module: str,
    function: str,
    arguments: object,
    timeout: float | None = None,
) -> Observed:
    """Call by the interpreter in one service, trace in the fused one, and compare."""
    text = json.dumps(arguments)

    def task(service: Service) -> object:
        if service.engine is Engine.INTERP:
            return service.call_text(module, function, text, timeout=timeout)
        trace = service.trace_text(module, function, text, timeout=timeout)
        assert service.engine is Engine.FUSED
        assert sum(trace.times.values()) == trace.elapsed_ns
        assert all(time >= 0 for time in trace.times.values())
        if trace.error is not None:
            assert trace.result is None
            assert trace.root.error is not None
            raise trace.error
        return trace.result

    return both.do(task)


@pytest.fixture(scope="module")
def rich_chain() -> Iterator[LastingChain]:
    functions = tuple(echo for echo, _ in RICH)
    old_allocate, logging_modules = frozenset({1}), frozenset({0, 2})
    with LastingChain(
        lambda: chain(functions, 3, old_allocate=old_allocate, logging_modules=logging_modules)
    ) as lasting:
        yield lasting


@pytest.mark.parametrize("position", range(len(RICH)), ids=[echo.name for echo, _ in RICH])
def test_a_trace_of_any_types_gives_what_a_call_gives(
    rich_chain: LastingChain, position: int
) -> None:
    echo, arguments = RICH[position]
    both = rich_chain.both
    both.set_scene()
    seen = traced(both, "m2", echo.name, Call(echo, arguments, json=True)._passed(arguments))
    assert seen.outcome.kind == "result"


@given(st.integers(0, len(RICH) - 1), st.data())
@examples(120)
def test_traces_of_modules_that_misbehave_fail_as_calls_do(
    rich_chain: LastingChain, position: int, data: st.DataObject
) -> None:
    echo, arguments = RICH[position]
    both = rich_chain.both
    call = Call(echo, arguments, json=True)
    both.set_scene()
    good = call.of(both, "m2")
    script = data.draw(scripts(call, good, position))
    both.set_scene(script, dict.fromkeys(both.recorders, _DATA))
    passed = call._passed(arguments)
    traced(both, "m2", echo.name, passed)
    traced(both, "m2", echo.name, passed)  # with all that the first one left behind
    call.of(both, "m2")
    both.set_scene()
    assert call.of(both, "m2").outcome.value == exact(call.result)


def test_a_trace_through_64_modules_works_and_one_more_fails_as_a_call() -> None:
    with chain(TEXT_AND_OCTET, 68, most_pages=4) as both:
        assert traced(both, "m64", "text", ["deep"]).outcome.value == exact('"deep"')
        assert traced(both, "m65", "text", ["deep"]).outcome.kind == "CallDepthExceeded"
        assert both.call("m64", "text", ["deep"]).outcome.value == exact("deep")


@pytest.mark.parametrize("reentering", [*range(6), before(2), after(2)])
def test_a_module_that_calls_another_from_within_its_own_abi_is_traced(
    three_modules: BothEngines, reentering: int
) -> None:
    script = [Line(reentering, 1, Action.REENTER, DATA, 40)]
    data = dict.fromkeys(three_modules.recorders, _DATA)
    three_modules.set_scene({"m1": script, "m2": script}, data)
    traced(three_modules, "m2", "many", ["first", ["a", "b"], "third"])


def test_a_module_that_always_calls_again_is_stopped_in_a_trace_too(
    three_modules: BothEngines,
) -> None:
    three_modules.set_scene({"m1": [Line(0, 0, Action.REENTER)]})
    assert traced(three_modules, "m2", "text", ["x"]).outcome.kind == "CallDepthExceeded"
    three_modules.set_scene()
    assert three_modules.call("m2", "text", ["x"]).outcome.value == exact("x")


@pytest.mark.parametrize("function", [0, 1, before(0)])
def test_a_time_limit_stops_a_traced_call(three_modules: BothEngines, function: int) -> None:
    three_modules.do(lambda service: service.prepare("m2", "text"))  # takes time, too
    three_modules.set_scene({"m0": [Line(function, 1, Action.RUN_FOR_EVER)]})
    seen = traced(three_modules, "m2", "text", ["x"], timeout=0.05).outcome
    assert seen.kind == "TimeLimitExceeded"
    three_modules.set_scene()
    assert traced(three_modules, "m2", "text", ["x"]).outcome.value == exact('"x"')


def test_a_log_in_the_middle_of_a_call_is_logged_once(three_modules: BothEngines) -> None:
    three_modules.set_scene({"m1": [Line(before(0), 1, Action.LOG, 65536, 4)]})
    assert len(traced(three_modules, "m2", "text", ["logged"]).logged) == 1

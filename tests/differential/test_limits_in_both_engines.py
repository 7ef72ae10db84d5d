"""Traps, time, memory and the depth of calls."""

import pytest

from runtime import ServiceConfig
from tests.differential.both_engines import BothEngines, chain, exact
from tests.differential.scenarios import TEXT_AND_OCTET
from tests.support.chains import echo_module
from tests.support.recording import DATA, PAGE, Action, Line, after, before


@pytest.mark.parametrize("function", ["text", "octet"])
def test_a_chain_of_64_calls_works_and_one_more_fails_alike(function: str) -> None:
    given = "deep" if function == "text" else 7
    with chain(TEXT_AND_OCTET, 68, most_pages=4) as both:
        assert both.call("m64", function, [given]).outcome.value == exact(given)
        seen = both.call("m65", function, [given]).outcome
        assert seen.kind == "CallDepthExceeded"
        assert both.call("m66", function, [given]).outcome.kind == "CallDepthExceeded"
        assert both.call("m64", function, [given]).outcome.value == exact(given)


@pytest.mark.parametrize("reentering", [*range(6), before(2), after(2)])
def test_a_module_may_call_another_from_within_its_own_abi(
    three_modules: BothEngines, reentering: int
) -> None:
    texts = ["kept while", "", "another call is under way " * 3]
    data = dict.fromkeys(three_modules.recorders, b"text of the other call, long enough to harm")
    for name in ("m1", "m2"):
        for calls in ([1], [2], [3], [1, 2, 3], [1, 2, 3, 4, 5, 6]):
            for length in (0, 40):
                script = [Line(reentering, n, Action.REENTER, DATA, length) for n in calls]
                three_modules.set_scene({name: script}, data)
                three_modules.call("m2", "many", ["first", texts, "third"])
                three_modules.set_scene({name: script}, data)
                three_modules.call("m2", "text", ["only"])
    three_modules.set_scene()
    seen = three_modules.call("m2", "many", ["first", texts, "third"])
    assert seen.outcome.value == exact(texts)


def test_a_module_that_always_calls_again_is_stopped_alike(three_modules: BothEngines) -> None:
    three_modules.set_scene({"m1": [Line(0, 0, Action.REENTER)]})
    assert three_modules.call("m2", "text", ["x"]).outcome.kind == "CallDepthExceeded"
    three_modules.set_scene()
    assert three_modules.call("m2", "text", ["x"]).outcome.value == exact("x")


TRAPS = [Action.TRAP, Action.DIVIDE, Action.OVERFLOW, Action.READ_OUTSIDE]
PLACES = [*range(6), before(0), after(0)]


@pytest.mark.parametrize("name", ["m0", "m1", "m2"])
@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_anywhere_is_told_alike(three_modules: BothEngines, trap: Action, name: str) -> None:
    for function in PLACES:
        for call in (1, 2):
            three_modules.set_scene({name: [Line(function, call, trap)]})
            three_modules.call("m2", "text", ["some text"])
            three_modules.call("m2", "octet", [1])
            three_modules.set_scene()
            assert three_modules.call("m2", "text", ["x"]).outcome.value == exact("x")


def test_a_trap_below_many_modules_shows_the_same_innermost_frames() -> None:
    with chain(TEXT_AND_OCTET, 24, most_pages=4) as both:
        for function in (0, 3, before(0)):
            both.set_scene({"m0": [Line(function, 1, Action.TRAP)]})
            seen = both.call("m23", "text", ["x"]).outcome
            assert seen.kind == "Trap"


@pytest.mark.parametrize("function", [0, 1, before(0)])
def test_a_time_limit_stops_a_call_alike(three_modules: BothEngines, function: int) -> None:
    three_modules.do(lambda service: service.prepare("m2", "text"))  # takes time, too
    for name in ("m0", "m2"):
        three_modules.set_scene({name: [Line(function, 1, Action.RUN_FOR_EVER)]})
        seen = three_modules.call("m2", "text", ["x"], timeout=0.02).outcome
        assert seen.kind == "TimeLimitExceeded"
        three_modules.set_scene()
        assert three_modules.call("m2", "text", ["x"]).outcome.value == exact("x")


@pytest.mark.parametrize("limit", [8 * PAGE, 9 * PAGE, 12 * PAGE])
def test_the_services_memory_limit_counts_the_same(limit: int) -> None:
    config = ServiceConfig(total_memory_limit=limit)
    with BothEngines(config) as both:
        both.load("m0", echo_module(TEXT_AND_OCTET, most_pages=1000), TEXT_AND_OCTET)
        both.load(
            "m1", echo_module(TEXT_AND_OCTET, passes_to="m0", most_pages=1000), TEXT_AND_OCTET
        )
        both.call("m1", "text", ["x" * 1000])
        both.call("m1", "text", ["x" * 3 * PAGE])
        both.set_scene({"m0": [Line(0, 1, Action.GROW, 100), Line(0, 1, Action.TRAP)]})
        seen = both.call("m1", "text", ["x"]).outcome
        assert seen.kind == "MemoryLimitExceeded"
        both.set_scene({"m0": [Line(0, 1, Action.GROW, 100)]})
        both.call("m1", "text", ["x"])
        both.set_scene()
        both.call("m1", "text", ["x"])


def test_a_memory_at_its_own_limit_is_told_alike() -> None:
    with chain(TEXT_AND_OCTET, 2, most_pages=5) as both:
        both.set_scene()
        both.call("m1", "text", ["x" * PAGE])
        assert both.call("m1", "text", ["x" * 5 * PAGE]).outcome.kind == "Trap"
        both.set_scene()
        assert both.call("m1", "text", ["x"]).outcome.value == exact("x")


def test_growth_while_values_are_lowered_does_no_harm(three_modules: BothEngines) -> None:
    for name in ("m0", "m1", "m2"):
        for call in (1, 2):
            three_modules.set_scene({name: [Line(0, call, Action.GROW, 3)]})
            seen = three_modules.call("m2", "text", ["text"]).outcome
            assert seen.value == exact("text")

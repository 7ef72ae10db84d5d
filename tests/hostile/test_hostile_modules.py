"""Whatever hostile modules try: one clear error, the same of both engines, and calls go on."""

import json
import re
from collections.abc import Iterator, Mapping

import pytest

from runtime import Engine, JsonValue, MarineError, Service
from tests.hostile.cases import ALL_WAYS, CALLS, HOSTILE, LOADS, RESULT, Attempt, Call

LONGEST = 20.0
"""Seconds for a call that needs no limit: one that hangs fails, and does not hang the tests."""

_OFFSETS = re.compile(r" at 0x[0-9a-f]+")
"""In a function of a single instruction the engine gives the next one's, where it had to ask just
before whether the code may go on."""


@pytest.fixture(scope="module")
def services() -> Iterator[Mapping[Engine, Service]]:
    config = HOSTILE / "Config.toml"
    with (
        Service.from_config(config, engine=Engine.INTERP, timeout=LONGEST) as interp,
        Service.from_config(config, engine=Engine.FUSED, timeout=LONGEST) as fused,
    ):
        yield {Engine.INTERP: interp, Engine.FUSED: fused}


def _call(service: Service, call: Call, timeout: float | None = None) -> JsonValue:
    module, function, arguments = call
    return service.call_json(module, function, arguments, timeout=timeout)


def _attempt(service: Service, attempt: Attempt) -> tuple[str, str, str | None]:
    """The kind and message of the error, and which module it says to be torn; or the result."""
    try:
        if attempt.call[1]:
            return RESULT, json.dumps(_call(service, attempt.call, attempt.timeout)), None
        service.timeout = attempt.timeout or LONGEST
        service.load(attempt.call[0], HOSTILE / "artifacts" / f"{attempt.call[0]}.wasm")
    except MarineError as error:
        return error.kind, _OFFSETS.sub("", str(error)), error.torn_module
    finally:
        service.timeout = LONGEST
    return RESULT, list(service.modules)[-1], None


def _still_answers(service: Service, attempt: Attempt, kind: str) -> None:
    """Other modules, and the module itself, where there is one, work as before."""
    _call(service, ("allocator", "behave", [0]))
    assert _call(service, ("partner", "add", [1, 2])) == 3
    if attempt.call[1] or kind == RESULT:
        assert _call(service, (attempt.call[0], "answer", [])) == 42
    assert service.call("ring_c", "say", ["good text"]) == "good text"


@pytest.mark.parametrize("attempt", [*CALLS, *LOADS], ids=lambda attempt: attempt.name)
def test_an_attempt_ends_alike_in_both_engines_and_the_next_calls_are_answered(
    services: Mapping[Engine, Service], attempt: Attempt
) -> None:
    seen = []
    for service in services.values():
        for call in attempt.before:
            _call(service, call)
        seen.append(_attempt(service, attempt))
        _still_answers(service, attempt, seen[-1][0])
    assert seen[0] == seen[1] or attempt.or_torn is not None
    for kind, message, torn in seen:
        assert kind == attempt.kind
        if kind == RESULT:
            assert (message,) == attempt.parts
        for part in attempt.parts:
            assert part in message
        offer = "was stopped midway, its state may be inconsistent: reload it "
        assert torn in (attempt.torn, attempt.or_torn or attempt.torn)
        if torn is None:
            assert offer not in message
        else:
            assert message.endswith(f"module {torn!r} {offer}to start it anew")


def test_what_a_torn_module_is_left_with_is_gone_when_it_was_reloaded(
    services: Mapping[Engine, Service],
) -> None:
    for service in services.values():
        service.reload("allocator")
        service.call("allocator", "behave", [ALL_WAYS.index("overlapping")])
        service.call("allocator", "take_text", ["!"])
        assert service.call("allocator", "give_text") == "!hat was there"
        service.reload("allocator")
        assert service.call("allocator", "give_text") == "what was there"

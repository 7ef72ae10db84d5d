"""Where the time of a call goes: each stage alone, and what is left of the whole call."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import repeat

from runtime import Engine, Service
from runtime.glue.packing import prepare_packing
from runtime.glue.staging import SLOTS
from runtime.glue.unpacking import prepare_unpacking
from runtime.json_values import json_text, quick_json
from tests.benchmarks.cases import CallCase, Quantity
from tests.benchmarks.measuring import Operation, Sampler, median_time, run_rounds
from tests.benchmarks.own_engines import call_operation
from tests.benchmarks.table import quantity_text

_JSON_IN = "JSON in"
_ARGUMENTS = "arguments converted"
_RUN = "adapters and raw calls"
_PACKED = "  arguments packed"
_IN_WASM = "  written, raw call"
_UNPACKED = "  result unpacked"
_RESULT = "result converted"
_JSON_OUT = "JSON out"
_REST = "the rest"
_WHOLE = "whole call"
_ROWS = (
    _JSON_IN,
    _ARGUMENTS,
    _RUN,
    _PACKED,
    _IN_WASM,
    _UNPACKED,
    _RESULT,
    _JSON_OUT,
    _REST,
    _WHOLE,
)


@dataclass(frozen=True)
class Stages:
    """The parts of a call, each ready to be run on its own with what it gets of those before.

    Attributes:
        of_call: by name, in order; the call does little else.
        of_run: what Python does in the stage that runs the adapters, where they are fused.
    """

    of_call: Mapping[str, Callable[[], object]]
    of_run: Mapping[str, Callable[[], object]]


def stages_of(service: Service, case: CallCase) -> Stages:
    """Takes a call apart, after making it once."""
    service.call_text(case.module, case.function, case.arguments)
    prepared = service._parts.calls.prepared[case.module, case.function]
    run = prepared.run
    assert run is not None  # since the call
    arguments = quick_json(case.arguments)
    values = prepared.accept(arguments)
    result = run(values)
    to_json = prepared.to_json
    converted = to_json(result)
    of_call: dict[str, Callable[[], object]] = {
        _JSON_IN: lambda: quick_json(case.arguments),
        _ARGUMENTS: lambda: prepared.accept(arguments),
        _RUN: lambda: run(values),
        _RESULT: lambda: to_json(result),
        _JSON_OUT: lambda: json_text(converted),
    }
    fusion = service._parts.fusion
    of_run: dict[str, Callable[[], object]] = {}
    if fusion.engine is Engine.FUSED and case.function not in fusion.unfused(prepared.home).exports:
        signature = prepared.function.signature
        pack = prepare_packing([each.type for each in signature.parameters], SLOTS)
        of_run[_PACKED] = lambda: pack(values)
        if signature.result is not None:
            unpack, staging = prepare_unpacking(signature.result), fusion._staging()
            # No stage overwrites the result that the last run left there.
            of_run[_UNPACKED] = lambda: unpack(staging.current, SLOTS)
    return Stages(of_call, of_run)


def profile(case: CallCase, seconds: float) -> list[str]:
    """Measure the stages of a call with each engine.

    Args:
        case: the call.
        seconds: about how long all of it may take.

    Returns:
        A table, line by line.
    """
    lines = [case.name]
    for engine in (Engine.INTERP, Engine.FUSED):
        with Service(case.config, engine=engine) as service:
            times = _times(service, case, seconds / 2)
        whole = times[_WHOLE]
        lines.append(f"  {engine.value}")
        lines += [
            f"    {name:<24}{quantity_text(taken, Quantity.SECONDS):>10}{taken / whole:>7.0%}"
            for name, taken in times.items()
        ]
    return lines


def _times(service: Service, case: CallCase, seconds: float) -> dict[str, float]:
    """The median seconds of each stage, in the table's order; the indented are parts of another."""
    stages = stages_of(service, case)
    operations = {
        _WHOLE: call_operation(service, case),
        **{name: _operation(run) for name, run in {**stages.of_call, **stages.of_run}.items()},
    }
    samplers = {
        name: Sampler(partial(median_time, operation)) for name, operation in operations.items()
    }
    rounds = run_rounds(samplers, seconds)
    times = {name: statistics.median(samples) for name, samples in rounds.items()}
    times[_REST] = times[_WHOLE] - sum(times[name] for name in stages.of_call)
    if stages.of_run:
        times[_IN_WASM] = times[_RUN] - sum(times[name] for name in stages.of_run)
    return {name: times[name] for name in _ROWS if name in times}


def _operation(run: Callable[[], object]) -> Operation:
    def operation(count: int) -> float:
        start = time.perf_counter()
        for _ in repeat(None, count):
            run()
        return time.perf_counter() - start

    return operation

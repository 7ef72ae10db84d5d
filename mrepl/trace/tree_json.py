"""A trace as JSON."""

from collections.abc import Iterable, Sequence

from mrepl.trace.selection import event_count
from runtime import (
    Activity,
    AdapterEvent,
    Event,
    HostEvent,
    InstructionEvent,
    JsonValue,
    Trace,
    WasmEvent,
    parse_json,
    signature_text,
    type_text,
)
from runtime.interface.types import InterfaceValue

_MOST_MEMBERS = 1_000
_MEMBERS_OF_CUT = 100


def trace_json(trace: Trace[str], trees: Sequence[AdapterEvent], depth: int | None) -> JsonValue:
    """A trace with the trees that are wanted of it.

    Args:
        trace: the trace.
        trees: some of its adapter's runs.
        depth: how many levels of calls are shown of each; None for all.
    """
    times: dict[str, JsonValue] = {}
    for module in dict.fromkeys(module for module, _ in trace.times):
        times[module] = {
            activity.value: trace.times.get((module, activity), 0) for activity in Activity
        }
    return {
        "result": None if trace.result is None else parse_json(trace.result),
        "elapsed_ns": trace.elapsed_ns,
        "times_ns": times,
        "omitted": trace.omitted,
        "trees": [_event_json(tree, depth) for tree in trees],
    }


def _event_json(event: Event, depth: int | None) -> dict[str, JsonValue]:
    json = _own_json(event)
    json["elapsed_ns"] = event.elapsed_ns
    if event.error is not None:
        json["error"] = event.error
    is_call = not isinstance(event, InstructionEvent)
    if is_call and depth == 0 and (event.children or event.omitted):
        json["folded"] = event_count(event.children) + event.omitted
        return json
    if event.omitted:
        json["omitted"] = event.omitted
    below = depth - 1 if is_call and depth is not None else depth
    json["children"] = [_event_json(child, below) for child in event.children]
    return json


def _own_json(event: Event) -> dict[str, JsonValue]:
    match event:
        case AdapterEvent():
            return {
                "kind": "import adapter" if event.is_import else "export adapter",
                "name": event.name,
                "signature": signature_text(event.function.rpartition(".")[2], event.signature),
                "arguments": _values_json(event.arguments),
                "results": None if event.results is None else _values_json(event.results),
            }
        case InstructionEvent():
            return {
                "kind": "instruction",
                "number": event.number,
                "text": event.instruction.text,
                "stack": _values_json(event.stack),
                "stack_size": event.stack_size,
            }
        case WasmEvent():
            return {
                "kind": "wasm",
                "module": event.module,
                "function": event.function,
                "signature": str(event.signature),
                "arguments": _values_json(event.arguments),
                "result": None if event.result is None else _value_json(event.result),
            }
        case HostEvent():
            result = "" if event.result_type is None else f" -> {type_text(event.result_type)}"
            return {
                "kind": "host",
                "module": event.module,
                "name": event.name,
                "signature": f"({', '.join(map(type_text, event.parameters))}){result}",
                "arguments": None if event.arguments is None else _values_json(event.arguments),
                "result": None if event.result is None else _value_json(event.result),
            }


def _values_json(values: Iterable[InterfaceValue]) -> list[JsonValue]:
    return [_value_json(value) for value in values]


def _value_json(value: InterfaceValue) -> JsonValue:
    """The value, records as arrays; the beginning and the length of a long one."""
    if isinstance(value, str | bytes | list | tuple) and len(value) > _MOST_MEMBERS:
        return {"cut": _value_json(value[:_MEMBERS_OF_CUT]), "length": len(value)}
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, list | tuple):
        return _values_json(value)
    if isinstance(value, float) and value - value != 0:  # infinities and NaN
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")
    return value

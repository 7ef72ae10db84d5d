"""What the words of a `bench` command ask for."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mrepl.bench.experiment import Experiment, Step
from mrepl.bench.exports import EXPORTS
from mrepl.bench.limit import parse_limit
from mrepl.bench.opponent import read_opponent
from mrepl.bench.sampling import FEWEST_SAMPLES, Plan
from mrepl.bench.scan import Scan, fill_in, parse_scan, without_placeholders
from mrepl.bench.timed_call import TimedCall
from mrepl.command import Arguments
from mrepl.json_references import resolve_references
from mrepl.session import Session
from mrepl.text.escaping import escape_line
from mrepl.typed_numbers import seconds, whole_number
from mrepl.typed_path import typed_path
from mrepl.usage import UsageError
from runtime import suggestion


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is to be written: its path, and the name of its format."""

    format: str
    path: Path


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be done.

    Attributes:
        experiment: what is to be measured.
        exports: the files to write.
        limit: nanoseconds above which a median is a failure, if any.
    """

    experiment: Experiment
    exports: tuple[Export, ...]
    limit: float | None


def read_request(session: Session, arguments: Arguments) -> Request:
    """The request of a command's arguments.

    Raises:
        UsageError: they make no sense.
        MarineError: there is no such function.
    """
    service = session.service
    service.prepare(arguments["module"], arguments["func"])
    call = TimedCall(
        arguments["module"],
        arguments["func"],
        arguments.get("args") or "[]",
        arguments.get("call_params"),
        service.engine,
    )
    calls: tuple[TimedCall, ...] = (call,)
    names: tuple[str, ...] = (str(call),)
    opponent = arguments.option("--vs")
    if opponent is not None:
        other = read_opponent(opponent, call, service)
        service.prepare(other.module, other.function)
        calls, names = (call, other), _names(call, other)
    scan_text = arguments.option("--scan")
    scan = None if scan_text is None else parse_scan(scan_text)
    return Request(
        Experiment(
            _steps(calls, scan, session.last_result),
            names,
            _plan(arguments),
            None if scan is None else scan.name,
        ),
        _exports(arguments),
        _limit(arguments),
    )


def _names(call: TimedCall, other: TimedCall) -> tuple[str, str]:
    if call.engine is not other.engine:
        return call.engine.value, other.engine.value
    if str(call) == str(other):
        return str(call), "the other call"
    return str(call), str(other)


def _steps(
    calls: tuple[TimedCall, ...], scan: Scan | None, last_result: str | None
) -> tuple[Step, ...]:
    def step(calls: tuple[TimedCall, ...], value: str | None) -> Step:
        resolve = partial(resolve_references, last_result=last_result)
        return Step(tuple(call.with_texts(resolve) for call in calls), value)

    if scan is None:
        for call in calls:
            call.with_texts(without_placeholders)
        return (step(calls, None),)
    steps = []
    for value in scan.values:
        fill = partial(fill_in, name=scan.name, value=value)
        filled = tuple(call.with_texts(fill) for call in calls)
        if filled == calls:
            raise UsageError(
                f"--scan: {scan.name} is not in the arguments (there can be: "
                f"{{{scan.name}}}, {{string:{scan.name}}}, {{bytes:{scan.name}}})"
            )
        steps.append(step(filled, value))
    return tuple(steps)


def _plan(arguments: Arguments) -> Plan:
    samples, budget = arguments.option("-n"), arguments.option("--time")
    warm_up = arguments.option("--warmup")
    return Plan(
        samples=None if samples is None else _count("-n", samples, FEWEST_SAMPLES),
        seconds=None if budget is None else _seconds(budget),
        warm_up=None if warm_up is None else _count("--warmup", warm_up, 0),
    )


def _count(option: str, text: str, least: int) -> int:
    count = whole_number(text, least)
    if count is None:
        raise UsageError(f"{option}: '{escape_line(text)}' is no whole number from {least} on")
    return count


def _seconds(text: str) -> float:
    budget = seconds(text)
    if budget is None:
        raise UsageError(f"--time: '{escape_line(text)}' is no number of seconds above 0")
    return budget


def _limit(arguments: Arguments) -> float | None:
    text = arguments.option("--fail-above")
    return None if text is None else parse_limit(text)


def _exports(arguments: Arguments) -> tuple[Export, ...]:
    given = arguments.options.get("--export", ())
    return tuple(map(_export, given[::2], given[1::2]))


def _export(name: str, path: str) -> Export:
    if name not in EXPORTS:
        raise UsageError(
            f"--export: no format '{escape_line(name)}'{suggestion(name, list(EXPORTS))} "
            f"(there are: {', '.join(EXPORTS)})"
        )
    return Export(name, typed_path(path))

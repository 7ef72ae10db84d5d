"""What the words of a `bench` command ask for."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from mrepl.bench.durations import parse_limit
from mrepl.bench.experiment import Experiment, Step
from mrepl.bench.exports import EXPORTS
from mrepl.bench.opponent import read_opponent
from mrepl.bench.sampling import FEWEST_SAMPLES, Plan
from mrepl.bench.scan import Scan, fill_in, parse_scan
from mrepl.bench.timed_call import TimedCall
from mrepl.command import Arguments
from mrepl.escaping import escape_line
from mrepl.json_references import resolve_references
from mrepl.session import Session
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
        export: the file to write, if any.
        limit: nanoseconds above which a median is a failure, if any.
    """

    experiment: Experiment
    export: Export | None
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
            call.engine,
            _plan(arguments),
            None if scan is None else scan.name,
        ),
        _export(arguments),
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
    if scan is None:
        return (Step(tuple(_resolved(call, last_result) for call in calls)),)
    steps = []
    for value in scan.values:
        filled = tuple(_filled_in(call, scan.name, value) for call in calls)
        if filled == calls:
            raise UsageError(
                f"--scan: {scan.name} is not in the arguments (there can be: "
                f"{{{scan.name}}}, {{string:{scan.name}}}, {{bytes:{scan.name}}})"
            )
        steps.append(Step(tuple(_resolved(call, last_result) for call in filled), value))
    return tuple(steps)


def _filled_in(call: TimedCall, name: str, value: str) -> TimedCall:
    parameters = call.call_parameters
    return replace(
        call,
        arguments=fill_in(call.arguments, name, value),
        call_parameters=None if parameters is None else fill_in(parameters, name, value),
    )


def _resolved(call: TimedCall, last_result: str | None) -> TimedCall:
    parameters = call.call_parameters
    return replace(
        call,
        arguments=resolve_references(call.arguments, last_result),
        call_parameters=(
            None if parameters is None else resolve_references(parameters, last_result)
        ),
    )


def _plan(arguments: Arguments) -> Plan:
    samples, seconds = arguments.option("-n"), arguments.option("--time")
    warm_up = arguments.option("--warmup")
    return Plan(
        samples=None if samples is None else _count("-n", samples, FEWEST_SAMPLES),
        seconds=None if seconds is None else _seconds(seconds),
        warm_up=None if warm_up is None else _count("--warmup", warm_up, 0),
    )


_MOST_DIGITS = 9


def _count(option: str, text: str, least: int) -> int:
    digits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not (digits and int(text) >= least):
        raise UsageError(f"{option}: '{escape_line(text)}' is no whole number from {least} on")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError(f"--time: '{escape_line(text)}' is no number of seconds above 0")
    return seconds


def _limit(arguments: Arguments) -> float | None:
    text = arguments.option("--fail-above")
    return None if text is None else parse_limit(text)


def _export(arguments: Arguments) -> Export | None:
    given = arguments.options.get("--export")
    if given is None:
        return None
    name, path = given
    if name not in EXPORTS:
        raise UsageError(
            f"--export: no format '{escape_line(name)}'{suggestion(name, list(EXPORTS))} "
            f"(there are: {', '.join(EXPORTS)})"
        )
    return Export(name, Path(path).expanduser())

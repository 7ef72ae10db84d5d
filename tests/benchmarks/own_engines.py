"""Our own two engines, measured in this process; new processes where a case asks for them."""

import json
import math
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import cast

from runtime import Engine, Service
from tests.benchmarks.cases import (
    CallCase,
    Case,
    ImportCase,
    LoadCase,
    LoopCase,
    Process,
    PythonCase,
    Quantity,
    StartCase,
)
from tests.benchmarks.measuring import Operation, Sampler, median_time, sampler_of_loop
from tests.support.paths import PROJECT

LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True)
class OwnEngine:
    """A contestant: one of our engines."""

    engine: Engine

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.engine.value

    def sampler(self, case: Case) -> Sampler:
        """Make a case ready; every case can be run."""
        match case:
            case CallCase():
                return self._sampler_of_call(case)
            case PythonCase():
                return self._sampler_of_python(case)
            case LoopCase():
                return sampler_of_loop(case, self)
            case LoadCase(process=Process.SAME):
                return Sampler(partial(median_time, load_operation(case, self.engine)))
            case LoadCase():
                return Sampler(lambda _seconds: _load_in_new_process(case, self.engine))
            case StartCase():
                return Sampler(lambda _seconds: _start(case, self.engine))
            case ImportCase():
                return Sampler(partial(_import, case))

    def _sampler_of_call(self, case: CallCase) -> Sampler:
        service = Service(case.config, engine=self.engine)
        return Sampler(
            sample=partial(median_time, call_operation(service, case)),
            result=json.loads(service.call_text(case.module, case.function, case.arguments)),
            close=service.close,
        )

    def _sampler_of_python(self, case: PythonCase) -> Sampler:
        service = Service(case.config, engine=self.engine)
        operation = (_raw_operation if case.raw else _python_operation)(service, case)
        return Sampler(partial(median_time, operation), close=service.close)


def _python_operation(service: Service, case: PythonCase) -> Operation:
    """The case's call as users write it: each looks the function up."""
    names = {"service": service, "arguments": case.arguments, "repeat": repeat}
    loop = "for _ in repeat(None, count): "
    call = f"service.modules.{case.config.modules[-1].name}.{case.function}(*arguments)"
    exec(f"def calls(count):\n {loop}{call}", names)
    calls = cast("Callable[[int], None]", names["calls"])

    def operation(count: int) -> float:
        start = time.perf_counter()
        calls(count)
        return time.perf_counter() - start

    return operation


def _raw_operation(service: Service, case: PythonCase) -> Operation:
    prepared = service._parts.calls.prepare(case.config.modules[-1].name, case.function)
    run = service._parts.calls.found_run(prepared)
    values = prepared.values(case.arguments, from_json=False)

    def operation(count: int) -> float:
        start = time.perf_counter()
        for _ in repeat(None, count):
            run(values)
        return time.perf_counter() - start

    return operation


def call_operation(service: Service, case: CallCase) -> Operation:
    """The case's call from JSON text to JSON text, to be timed."""
    call = service.call_text
    module, function, arguments = case.module, case.function, case.arguments

    def operation(count: int) -> float:
        start = time.perf_counter()
        for _ in repeat(None, count):
            call(module, function, arguments)
        return time.perf_counter() - start

    return operation


def load_operation(case: LoadCase, engine: Engine) -> Operation:
    """The case's load, to be timed; closing the service is not counted."""

    def operation(count: int) -> float:
        taken = 0.0
        for _ in range(count):
            start = time.perf_counter()
            service = Service(case.config, engine=engine)
            if case.prepared is not None:
                service.prepare(case.config.modules[-1].name, case.prepared)
            taken += time.perf_counter() - start
            service.close()
        return taken

    return operation


def _load_in_new_process(case: LoadCase, engine: Engine) -> float:
    """Seconds to load it there, once the runtime is imported."""
    command = [sys.executable, "-m", "tests.benchmarks.new_process"]
    request = pickle.dumps((case, engine))
    if case.process is Process.NEW:
        return float(_output_of(command, request, {}))
    with tempfile.TemporaryDirectory() as empty:
        # Where caches lie: wasmtime's follows these on Linux and macOS, so do ours.
        return float(_output_of(command, request, {"HOME": empty, "XDG_CACHE_HOME": empty}))


def _start(case: StartCase, engine: Engine) -> float:
    mrepl = [sys.executable, "-m", "mrepl", "--engine", engine.value, *case.arguments]
    figures = _launched(mrepl)
    return figures["seconds" if case.quantity is Quantity.SECONDS else "peak_bytes"]


def _import(case: ImportCase, seconds: float) -> float:
    """The quickest of several runs, by turns with those of nothing: the rest is the machine's."""
    end = time.perf_counter() + seconds
    importing = nothing = math.inf
    while importing == math.inf or time.perf_counter() < end:
        importing = min(importing, _launched([sys.executable, "-c", case.statement])["seconds"])
        nothing = min(nothing, _launched([sys.executable, "-c", "pass"])["seconds"])
    return importing - nothing


def _launched(command: list[str]) -> dict[str, float]:
    # Isolated and without site-packages the launcher is small: the system counts the memory of the
    # process that starts another as the other's, until that has become a program of its own.
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER)]
    return cast("dict[str, float]", json.loads(_output_of([*launcher, *command], b"", {})))


def _output_of(command: list[str], stdin: bytes, variables: Mapping[str, str]) -> bytes:
    return subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, **variables},
        check=True,
    ).stdout

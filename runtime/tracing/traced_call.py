"""Runs one call of a service so that it is recorded."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from runtime.adapters.engines import Engine
from runtime.calls import Calls
from runtime.errors import MarineError
from runtime.exclusive_use import ExclusiveUse
from runtime.fusion import Fusion
from runtime.interface.types import InterfaceValue
from runtime.json_values import PythonValue
from runtime.keyboard_interrupts import keyboard_interrupts_deferred
from runtime.linked_module import Run
from runtime.loaded_modules import LoadedModules
from runtime.observation import Observation
from runtime.prepared_call import PreparedCall
from runtime.tracing.observer import TraceObserver
from runtime.tracing.recorder import Recorder
from runtime.tracing.tree import AdapterEvent, Result, Trace


class Tracing:
    """Traces calls of one service."""

    def __init__(
        self,
        loaded: LoadedModules,
        calls: Calls,
        fusion: Fusion,
        observation: Observation,
        use: ExclusiveUse,
        interrupt: Callable[[], object],
    ) -> None:
        """Trace calls of a service.

        Args:
            loaded: its modules.
            calls: makes its calls.
            fusion: leads calls to the engine of the moment.
            observation: whether its calls are observed.
            use: who may use it.
            interrupt: asks the call that runs to end.
        """
        self._loaded = loaded
        self._calls = calls
        self._fusion = fusion
        self._observation = observation
        self._use = use
        self._interrupt = interrupt

    def call(
        self,
        prepared: PreparedCall,
        values: tuple[InterfaceValue, ...],
        call_parameters: PythonValue,
        timeout: float | None,
        as_wanted: Callable[[InterfaceValue | None], Result],
    ) -> Trace[Result]:
        """Make a call, when it is its turn, by the interpreter.

        Args:
            prepared: the function, for this call alone.
            values: the arguments.
            call_parameters: as callers give them, or None.
            timeout: seconds in place of the service's own limit, or None.
            as_wanted: makes of the result what the caller wants.

        Raises:
            MarineError: the call failed before its adapter began to run.
        """
        with self._use.uninterrupted(), self._interpreted():
            self._calls.check_loaded(prepared)
            self._ready(prepared)  # no time of the limit is for this
        recorder = Recorder()
        prepared.run = self._recorded_run(prepared, recorder)
        result: Result | None = None
        error: MarineError | None = None
        try:
            value = self._calls.run(prepared, values, call_parameters, timeout)
            result = as_wanted(value)
        except MarineError as failure:
            error = failure
        root = recorder.events[0] if recorder.events else None
        if not isinstance(root, AdapterEvent):
            raise error or TypeError("a call without an adapter")
        return Trace(root, result, error, recorder.times)

    def _recorded_run(self, prepared: PreparedCall, recorder: Recorder) -> Run:
        def run(values: Sequence[InterfaceValue]) -> InterfaceValue | None:
            with keyboard_interrupts_deferred(self._interrupt), self._interpreted():
                self._calls.check_loaded(prepared)
                interpreted = self._ready(prepared)
                self._observation.observer = TraceObserver(recorder)
                try:
                    return interpreted(values)
                finally:
                    self._observation.observer = None

        return run

    def _ready(self, prepared: PreparedCall) -> Run:
        run = self._fusion.run(prepared.home, prepared.function)
        self._fusion.prepare_imports(prepared.home)
        return run

    @contextmanager
    def _interpreted(self) -> Iterator[None]:
        """A context in which the interpreter runs everything; then all is as before."""
        engine = self._fusion.engine
        if engine is Engine.INTERP:
            yield
            return
        try:
            self._lead_to(Engine.INTERP)
            yield
        finally:
            self._lead_to(engine)

    def _lead_to(self, engine: Engine) -> None:
        self._fusion.engine = engine
        for linked in self._loaded:
            self._fusion.ask_again(linked)

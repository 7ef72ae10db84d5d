"""Calls of one service's public functions, one at a time."""

from contextlib import suppress
from weakref import WeakSet

from runtime.description import statistics_of
from runtime.engine.module_binary import PAGE_SIZE
from runtime.engine.store import ServiceStore
from runtime.errors import CallError, MarineError, Trap
from runtime.exclusive_use import ExclusiveUse, too_few_frames
from runtime.fusion import Fusion
from runtime.host.call_parameters import CallParameters, call_parameters_from_json
from runtime.interface.types import InterfaceValue
from runtime.json_values import PythonValue, described
from runtime.linked_module import Run
from runtime.loaded_modules import LoadedModules, error_of_names
from runtime.prepared_call import PreparedCall, prepare_call
from runtime.shown_names import shown_name
from runtime.torn_state import add_torn_note

_NO_CALL_PARAMETERS = CallParameters()


def checked_timeout(seconds: float | None) -> float | None:
    """A time limit that a caller gave for a call.

    Raises:
        CallError: it is no number of seconds above 0.
    """
    if seconds is None:
        return None
    limit = seconds_above_0(seconds)
    if limit is None:
        raise CallError(
            f"a time limit must be a number of seconds above 0, got {described(seconds)}"
        )
    return limit


def seconds_above_0(given: object) -> float | None:
    """The number of seconds that was given, or None where it is no number above 0."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        with suppress(OverflowError):  # an integer may be larger than any float
            seconds = float(given)
            if seconds > 0:
                return seconds
    return None


class Calls:
    """Makes the calls.

    Attributes:
        prepared: the functions that were called before, by module and name.
        parameters: of the call under way; the modules' start has none.
        timeout: seconds for calls without a limit of their own, or None.
    """

    def __init__(
        self,
        loaded: LoadedModules,
        store: ServiceStore,
        use: ExclusiveUse,
        fusion: Fusion,
        *,
        timeout: float | None,
    ) -> None:
        """Make the calls of a service.

        Args:
            loaded: its modules.
            store: its store.
            use: who may use it.
            fusion: leads calls to the engine of the moment.
            timeout: seconds for calls without a limit of their own, or None.
        """
        self.prepared: dict[tuple[str, str], PreparedCall] = {}
        self.parameters = _NO_CALL_PARAMETERS
        self._loaded = loaded
        self._store = store
        self._interruption = store.interruption
        self._for_call = use.for_call
        self._fusion = fusion
        self.timeout = timeout
        self._has_memory_limit = store.pool is not None
        self._with_run: WeakSet[PreparedCall] = WeakSet()

    def find(self, module: str, function: str) -> PreparedCall:
        """A function, prepared now if it was not before.

        Raises:
            NoSuchModule: there is no such module.
            NoSuchFunction: it has no such function.
        """
        try:
            found = self.prepared.get((module, function))
        except TypeError as error:  # one of them does not hash
            raise error_of_names(module, function) or error from None
        return found or self.prepare(module, function)

    def prepare(self, module: str, function: str) -> PreparedCall:
        """Prepare the calls of a function, what the engine does aside.

        Raises:
            NoSuchModule: there is no such module.
            NoSuchFunction: it has no such function.
        """
        prepared = prepare_call(self._loaded.find(module), self._loaded.function(module, function))
        self.prepared[module, function] = prepared
        return prepared

    def forget(self) -> None:
        """Modules or the engine have changed: calls, those that wait for their turn too, ask again.

        Who calls it has the service for itself.
        """
        for prepared in self._with_run:
            prepared.run = None
        self._with_run.clear()
        self.prepared.clear()

    def run(
        self,
        prepared: PreparedCall,
        values: tuple[InterfaceValue, ...],
        call_parameters: PythonValue,
        timeout: float | None,
    ) -> InterfaceValue | None:
        """Make a call, when it is its turn.

        Args:
            prepared: the function.
            values: the arguments.
            call_parameters: as callers give them, or None.
            timeout: seconds in place of the service's own limit, or None.

        Raises:
            CallError: it gave no result.
            MemoryLimitExceeded: it failed after growths past the service's memory limit.
        """
        limit = self.timeout if timeout is None else checked_timeout(timeout)
        parameters = None if call_parameters is None else call_parameters_from_json(call_parameters)
        interruption = self._interruption
        with self._for_call():
            rejected = self._store.rejected if self._has_memory_limit else 0
            try:
                if parameters is not None:
                    self.parameters = parameters
                interruption.begin(limit)
                run = prepared.run or self.found_run(prepared)
                return run(values)
            except MarineError as error:
                if self._has_memory_limit and self._store.rejected > rejected:
                    out_of_memory = self._store.out_of_memory(
                        error.message,
                        rejected,
                        module=prepared.home.name,
                        function=prepared.function.name,
                    )
                    out_of_memory.torn_module = error.torn_module
                    add_torn_note(out_of_memory, self._loaded.by_name)
                    raise out_of_memory from error
                if isinstance(error, Trap):
                    error.message += self._memory_notes()
                add_torn_note(error, self._loaded.by_name)
                raise
            except RecursionError as error:
                raise too_few_frames() from error
            finally:
                self.parameters = _NO_CALL_PARAMETERS
                interruption.end()

    def check_loaded(self, prepared: PreparedCall) -> None:
        """Make sure that a call that waited for its turn is still one of a loaded module.

        Raises:
            CallError: the module was loaded anew meanwhile, or is gone.
        """
        module, name = prepared.home.name, prepared.function.name
        if self._loaded.function(module, name) is not prepared.function:
            # It may have been prepared while the new one took its place.
            self.prepared.pop((module, name), None)
            raise CallError(
                f"module {module!r} was loaded anew while this call waited, or since its function "
                f"{shown_name(name)} was taken from `service.modules`: take it from there again, "
                "and call again",
                module=module,
                function=name,
            )

    def found_run(self, prepared: PreparedCall) -> Run:
        """What runs a function by the engine of the moment; who asks has the service for itself.

        Raises:
            CallError: its module was loaded anew meanwhile, or is gone.
        """
        self.check_loaded(prepared)
        prepared.run = self._fusion.run(prepared.home, prepared.function)
        self._with_run.add(prepared)
        return prepared.run

    def _memory_notes(self) -> str:
        """Says which modules' memory cannot grow any more, a likely cause of a trap."""
        return "".join(
            f"\n  the memory of module {each.name!r} is at its limit of "
            f"{each.max_memory_bytes} bytes"
            for each in map(statistics_of, self._loaded)
            if each.max_memory_bytes is not None
            and each.memory_bytes > each.max_memory_bytes - PAGE_SIZE
        )

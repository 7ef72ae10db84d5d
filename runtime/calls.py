"""Calls of one service's public functions, one at a time."""

from runtime.description import statistics_of
from runtime.engine.module_binary import PAGE_SIZE
from runtime.engine.store import ServiceStore
from runtime.errors import CallError, MarineError, Trap
from runtime.exclusive_use import ExclusiveUse, too_few_frames
from runtime.fusion import Fusion
from runtime.host.call_parameters import CallParameters, call_parameters_from_json
from runtime.interface.types import InterfaceValue
from runtime.json_values import PythonValue
from runtime.linked_module import Run
from runtime.loaded_modules import LoadedModules
from runtime.prepared_call import PreparedCall, prepare_call

_NO_CALL_PARAMETERS = CallParameters()


def checked_timeout(seconds: float | None) -> float | None:
    """A time limit that a caller gave.

    Raises:
        CallError: it is no number of seconds above 0.
    """
    if seconds is not None and not seconds > 0:
        raise CallError(f"a time limit must be a number of seconds above 0, got {seconds!r}")
    return seconds


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
        """Modules or the engine have changed: calls that wait for their turn ask again."""
        for prepared in self.prepared.values():
            prepared.run = None
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
        parameters = (
            _NO_CALL_PARAMETERS
            if call_parameters is None
            else call_parameters_from_json(call_parameters)
        )
        interruption = self._interruption
        with self._for_call():
            self.parameters = parameters
            rejected = self._store.rejected if self._has_memory_limit else 0
            try:
                interruption.begin(limit)
                run = prepared.run or self._found_run(prepared)
                return run(values)
            except MarineError as error:
                if self._has_memory_limit and self._store.rejected > rejected:
                    raise self._store.out_of_memory(
                        error.message,
                        rejected,
                        module=prepared.home.name,
                        function=prepared.function.name,
                    ) from error
                if isinstance(error, Trap):
                    error.message += self._memory_notes()
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
            raise CallError(
                f"module {module!r} was loaded anew while this call of it waited: call again",
                module=module,
                function=name,
            )

    def _found_run(self, prepared: PreparedCall) -> Run:
        self.check_loaded(prepared)
        prepared.run = self._fusion.run(prepared.home, prepared.function)
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

"""A module whose raw calls are recorded."""

from runtime.adapters.interpreter import Adapter
from runtime.adapters.lower import Allocate
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw import RawCall
from runtime.engine.raw_values import Number
from runtime.interface.validated import CoreSignature, ImportedFunction
from runtime.linked_module import LinkedModule, bound_allocate
from runtime.tracing.recorder import Recorder
from runtime.tracing.tree import Activity, WasmEvent


class ObservedHome:
    """The home of adapters and of host functions' callers, as `LinkedModule` is."""

    def __init__(self, home: LinkedModule, recorder: Recorder) -> None:
        self._home = home
        self._recorder = recorder

    @property
    def name(self) -> str:
        """The module's name."""
        return self._home.name

    @property
    def memory(self) -> LinearMemory:
        """The module's memory 0."""
        return self._home.memory

    @property
    def allocate(self) -> Allocate:
        """The module's `allocate`, whatever number of parameters it has."""
        return bound_allocate(self._home, self.raw_export)

    def raw_export(self, name: str, signature: CoreSignature) -> RawCall:
        """The call of an exported Wasm function, which records itself."""
        call = self._home.raw_export(name, signature)
        module, recorder = self._home.name, self._recorder
        time = recorder.time_of(module, Activity.WASM)

        begin, end = recorder.begin, recorder.end

        def recorded(*arguments: Number) -> Number | None:
            result: Number | None = None
            opened = begin(time)
            try:
                result = call(*arguments)
            except BaseException as error:
                recorder.fail(opened, error)
                raise
            finally:
                end(opened)
                if opened.is_kept:
                    recorder.keep(
                        WasmEvent(
                            module=module,
                            function=name,
                            signature=signature,
                            arguments=arguments,
                            result=result,
                            elapsed_ns=opened.elapsed_ns,
                            error=opened.error,
                            children=tuple(opened.children),
                            omitted=opened.omitted,
                        )
                    )
                recorder.resume()
            return result

        return recorded

    def require_running(self) -> None:
        """Make sure that the call under way is not to end.

        Raises:
            Interrupted: it is.
        """
        self._home.require_running()

    def imported(self, function: ImportedFunction) -> Adapter:
        """The export adapter of another module's function."""
        return self._home.imported(function)

    def require_loaded(self, function: ImportedFunction) -> None:
        """Make sure that the module which has the function was not unloaded.

        Raises:
            NoSuchModule: it was.
        """
        self._home.require_loaded(function)

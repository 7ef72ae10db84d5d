"""The fused engine of one service: makes glue for its modules and leads their imports to it.

Glue is made when a module is first called, or prepared: what is not used costs nothing at load. So
what writes glue and passes values to it is imported then: 4 ms.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from runtime.adapters.engines import Engine
from runtime.call_state import DEEPEST_CALL, CallState, call_too_deep
from runtime.engine import python_stack
from runtime.engine.compilation import CompiledModule
from runtime.engine.store import Extern, Function, ServiceStore
from runtime.errors import AdapterError, ModuleError
from runtime.exclusive_use import too_few_frames
from runtime.glue.faults import Fault, Place, raise_fault
from runtime.glue.fusible import Fusibility
from runtime.glue.module_interface import GlueText, Wanted, entry_name, export_name, import_name
from runtime.glue.stub import BOUND, TARGETS, stub_text
from runtime.interface.types import InterfaceValue, Scalar
from runtime.interface.validated import (
    ALLOCATE_TYPES,
    CoreSignature,
    ImportAdapter,
    ImportedFunction,
)
from runtime.linked_module import (
    BoundImport,
    Glue,
    LinkedModule,
    PublicFunction,
    Run,
    Unfused,
    exporters_first,
)

if TYPE_CHECKING:
    from runtime.staging_memory import StagingMemory

_NOTHING = CoreSignature((), ())
_FAULT = CoreSignature((Scalar.I32, Scalar.I32, Scalar.I64, Scalar.I64), ())

_texts: WeakKeyDictionary[CompiledModule, dict[Unfused, GlueText]] = WeakKeyDictionary()
"""Glue that was written before; services share compiled modules."""


class Fusion:
    """Makes the glue of one service's modules.

    Attributes:
        engine: what imports lead to from now on.
        staging: the staging memory; None as long as none was needed.
    """

    def __init__(self, store: ServiceStore, calls: CallState, engine: Engine) -> None:
        self.engine = engine
        self._store = store
        self._calls = calls
        self.staging: StagingMemory | None = None

    def stub(self, home: LinkedModule) -> list[Function]:
        """What a module imports in place of other modules' functions: one for each import."""
        adapters = [each.adapter for each in home.imports]
        fill = self._store.host_function(_NOTHING, lambda: self.lead_imports(home))
        home.stub = self._store.instantiate_own(stub_text(home.name, adapters), [fill])
        return [
            cast("Function", self._store.export(home.stub, str(number)))
            for number in range(len(adapters))
        ]

    def lead_imports(self, home: LinkedModule) -> None:
        """Lead a module's imports to what is to run them, until `ask_again`."""
        if home.stub is None:
            return
        # While its start section runs there is no instance for glue to call.
        fuse = self.engine is Engine.FUSED and home.is_instantiated
        if fuse:
            self._make_glue(home)
        targets = [self._target(home, each, fuse=fuse) for each in home.imports]
        self._store.fill_table(home.stub, TARGETS, targets)
        if home.is_instantiated:
            self._store.set_global(home.stub, BOUND, 1)

    def ask_again(self, home: LinkedModule) -> None:
        """Ask at the next call where a module's imports lead."""
        if home.stub is not None:
            self._store.set_global(home.stub, BOUND, 0)

    def unloaded(self, gone: LinkedModule, others: Sequence[LinkedModule]) -> None:
        """A module was unloaded: those that can reach it need other glue."""
        for other in others:
            if gone in exporters_first(other):
                other.glue = other.unfused = None
                self.ask_again(other)

    def run(self, home: LinkedModule, function: PublicFunction) -> Run:
        """What runs a public function, by the engine of the moment."""
        if self.engine is Engine.FUSED:
            self._make_glue(home)
            if home.glue is not None and function.name not in self.unfused(home).exports:
                return self._fused_run(home, home.glue, function)
        return self._interpreted_run(function)

    def prepare_imports(self, home: LinkedModule) -> None:
        """Make everything ready that calls of a module can lead to."""
        for module in exporters_first(home):
            self.lead_imports(module)
            for bound in module.imports:
                if self.engine is Engine.INTERP or bound.key in self.unfused(module).imports:
                    bound.interpreted.prepare()

    def unfused(self, home: LinkedModule) -> Unfused:
        """The functions that the interpreter runs, and why."""
        if home.unfused is None:  # statistics ask of every module, each with all its imports
            for module in exporters_first(home):
                if module.unfused is None:
                    module.unfused = _unfused(module)
        return cast("Unfused", home.unfused)

    def text(self, home: LinkedModule) -> GlueText:
        """The text of a module's glue."""
        unfused = self.unfused(home)
        known = _texts.setdefault(home.module.compiled, {})
        if unfused not in known:
            known[unfused] = _written(home, unfused)
        return known[unfused]

    def _target(self, home: LinkedModule, bound: BoundImport, *, fuse: bool) -> Function:
        if fuse and home.glue is not None and bound.key not in self.unfused(home).imports:
            name = import_name(bound.adapter)
            return cast("Function", self._store.export(home.glue.instance, name))
        if bound.host_function is None:
            bound.host_function = self._store.host_function(bound.adapter.raw, bound.call)
        return bound.host_function

    def _make_glue(self, home: LinkedModule) -> None:
        """Make the glue of a module, and before it that of the modules it can call."""
        if home.glue is not None:
            return
        modules = exporters_first(home)
        for module in modules:
            if module.glue is None and not module.unloaded:
                try:
                    module.glue = self._made_glue(module)
                except ModuleError as refused:
                    self._give_up(module, refused.message, modules)
                stopped = self._store.interruption.error()
                if stopped is not None:
                    stopped.module = module.name
                    stopped.message += (
                        f", before it began: the adapters of module {module.name!r} had to be "
                        "compiled, once"
                    )
                    raise stopped

    def _give_up(self, home: LinkedModule, reason: str, modules: Sequence[LinkedModule]) -> None:
        """The interpreter runs all functions of a module, and what calls them."""
        for module in modules:
            if module.glue is None:
                module.unfused = None
        home.unfused = Unfused(
            dict.fromkeys(home.functions, reason), {each.key: reason for each in home.imports}
        )

    def _made_glue(self, home: LinkedModule) -> Glue:
        text = self.text(home)
        names = [each.name for each in text.raw_calls]
        first = self._calls.number_raw_calls(home.name, names)
        imports = [self._provided(each, home, text, first) for each in text.wanted]
        imports += (self._store.export(home.instance, name) for name in names)
        imports += (self._export_adapter(home, each) for each in text.imported)
        return Glue(self._store.instantiate_own(text.text, imports))

    def _provided(
        self, wanted: Wanted, home: LinkedModule, text: GlueText, first_raw_call: int
    ) -> Extern:
        match wanted:
            case Wanted.MEMORY:
                return self._store.export(self._staging().instance, "memory")
            case Wanted.RESERVE:
                return self._store.export(self._staging().instance, "reserve")
            case Wanted.IS_UTF8:
                return self._store.export(self._staging().instance, "is_utf8")
            case Wanted.FAULT:
                return self._store.host_function(_FAULT, self._fault(home, text.places))
            case Wanted.FIRST_RAW_CALL:
                return self._store.constant(first_raw_call)
            case Wanted.GUEST_MEMORY:
                return self._store.export(home.instance, "memory")

    def _export_adapter(self, home: LinkedModule, target: ImportedFunction) -> Function:
        glue = cast("Glue", home.imports_from[target.namespace].glue)  # made before
        return cast("Function", self._store.export(glue.instance, export_name(target.name)))

    def _fused_run(self, home: LinkedModule, glue: Glue, function: PublicFunction) -> Run:
        if function.name not in glue.runs:
            from runtime.fused_run import fused_run  # noqa: PLC0415 - as said at the top

            enter = self._store.prepare_entry(
                glue.instance, entry_name(function.name), module=home.name, shown=function.name
            )
            glue.runs[function.name] = fused_run(
                home.name,
                function.name,
                function.signature,
                self._staging(),
                enter,
                lambda: self._require_running(home, function),
            )
        return glue.runs[function.name]

    def _require_running(self, home: LinkedModule, function: PublicFunction) -> None:
        """Make sure that a call is not to end, whose Wasm code has ended: nothing is torn."""
        stopped = self._store.interruption.error()
        if stopped is not None:
            stopped.module, stopped.function = home.name, function.name
            raise stopped

    def _interpreted_run(self, function: PublicFunction) -> Run:
        adapter, reset = function.adapter, self._calls.reset
        adapter.prepare()

        def run(values: Sequence[InterfaceValue]) -> InterfaceValue | None:
            if not python_stack.has_room():
                raise too_few_frames()
            reset()
            results = adapter.run(values)
            return results[0] if results else None

        return run

    def _staging(self) -> "StagingMemory":
        if self.staging is None:
            from runtime.staging_memory import make_staging  # noqa: PLC0415 - as said at the top

            staging = make_staging(self._store)
            self._calls.keep_in(staging.view)
            self._store.current.running = self._calls.running
            self.staging = staging  # last: a signal handler may raise before
        return self.staging

    def _fault(
        self, home: LinkedModule, places: tuple[Place, ...]
    ) -> Callable[[int, int, int, int], None]:
        def fault(number: int, kind: int, first: int, second: int) -> None:
            place = places[number]
            if place.instruction is None:
                imported = cast("ImportAdapter", place.adapter)  # only these count how deep
                raise call_too_deep(home.name, imported.namespace, imported.name)
            try:
                raise_fault(home, place, place.instruction, Fault(kind), first, second)
            except AdapterError as error:
                if error.torn_module is None and self._calls.depth:  # as in the interpreter
                    error.torn_module = error.module
                raise

        return fault


def _unfused(home: LinkedModule) -> Unfused:
    """The functions that cannot be fused; those of the modules it can call are known."""

    def why_not(target: ImportedFunction) -> str | None:
        exporter = home.imports_from[target.namespace]
        if exporter.unloaded:
            return f"module {exporter.name} was unloaded"
        return cast("Unfused", exporter.unfused).exports.get(target.name)

    fusibility = Fusibility(why_not)
    exports = {
        each.name: fusibility.reason_not_to_fuse(each.signature, each.instructions)
        for each in home.module.interface.exports
    }
    imports = {
        each.key: fusibility.reason_not_to_fuse(each.adapter.signature, each.adapter.instructions)
        for each in home.imports
    }
    return Unfused(
        {name: reason for name, reason in exports.items() if reason is not None},
        {key: reason for key, reason in imports.items() if reason is not None},
    )


def _written(home: LinkedModule, unfused: Unfused) -> GlueText:
    from runtime.glue.module_text import glue_text  # noqa: PLC0415 - as said at the top

    allocate = home.module.compiled.functions.get("allocate")
    imports = {each.key: each.adapter for each in home.imports}  # one may stand there twice
    return glue_text(
        home.name,
        [each for each in home.module.interface.exports if each.name not in unfused.exports],
        [adapter for key, adapter in imports.items() if key not in unfused.imports],
        allocate=allocate if allocate in ALLOCATE_TYPES else None,
        has_memory=home.module.compiled.has_memory,
        deepest_call=DEEPEST_CALL,
    )

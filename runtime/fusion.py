"""The fused engine of one service: makes glue for its modules and binds their imports to it.

Glue is made when a module is first called, or prepared: what is not used costs nothing at load.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, cast
from weakref import WeakKeyDictionary

from runtime.adapters.engines import Engine
from runtime.call_state import DEEPEST_CALL, CallState
from runtime.engine import python_stack
from runtime.engine.compilation import CompiledModule
from runtime.engine.module_binary import PAGE_SIZE
from runtime.engine.raw import MemoryView, RawCall
from runtime.engine.store import Function, Instance, ServiceStore
from runtime.errors import AdapterError, CallDepthExceeded
from runtime.exclusive_use import too_few_frames
from runtime.glue.faults import Fault, Place, raise_fault
from runtime.glue.fusible import reason_not_to_fuse
from runtime.glue.module_text import (
    GlueModule,
    entry_name,
    export_name,
    glue_module,
    import_name,
)
from runtime.glue.packing import prepare_packing
from runtime.glue.staging import FIRST_FREE, NEXT_FREE, SLOTS, STAGING_MODULE
from runtime.glue.stub import BOUND, TARGETS, stub_text
from runtime.glue.unpacking import prepare_unpacking
from runtime.interface.types import InterfaceValue, Scalar
from runtime.interface.validated import ALLOCATE_TYPES, CoreSignature, ImportedFunction
from runtime.linked_module import BoundImport, Glue, LinkedModule, PublicFunction, Run

_NOTHING = CoreSignature((), ())
_RESERVE = CoreSignature((Scalar.I64,), (Scalar.I32,))
_FAULT = CoreSignature((Scalar.I32, Scalar.I32, Scalar.I64, Scalar.I64), ())

_SHORT = PAGE_SIZE - SLOTS
"""Packed arguments of less bytes always fit into staging."""

_TOO_LARGE = "the value is too large for this machine's memory"


_next_free = cast("Callable[[MemoryView, int], tuple[int]]", struct.Struct("<I").unpack_from)


@dataclass(slots=True)
class _Staging:
    """The staging memory.

    Attributes:
        instance: of the module that has it.
        view: gives all of it as it is now.
        current: all of it as it was lately; it may have grown since, but never moves.
        reserve: its function of this name.
    """

    instance: Instance
    view: Callable[[], MemoryView]
    current: MemoryView
    reserve: RawCall


_written: WeakKeyDictionary[CompiledModule, dict[frozenset[str], GlueModule]] = WeakKeyDictionary()
"""Glue that was written before, by what the interpreter runs; services share compiled modules."""


class Fusion:
    """Makes the glue of one service's modules.

    Attributes:
        engine: what imports are bound to from now on.
    """

    def __init__(self, store: ServiceStore, calls: CallState, engine: Engine) -> None:
        self.engine = engine
        self._store = store
        self._calls = calls
        self._kept_staging: _Staging | None = None

    def stub(self, home: LinkedModule) -> list[Function]:
        """What a module imports in place of other modules' functions: one for each bound import."""
        adapters = [each.adapter for each in home.imports]
        bind = self._store.host_function(_NOTHING, lambda: self.bind(home))
        home.stub = self._store.instantiate_own(stub_text(home.name, adapters), [bind])
        return [
            cast("Function", self._store.export(home.stub, str(number)))
            for number in range(len(adapters))
        ]

    def bind(self, home: LinkedModule) -> None:
        """Lead a module's imports to the engine that is to run them, until `unbind`."""
        if home.stub is None:
            return
        is_final = home.is_instantiated  # its start section calls what needs no glue at most
        targets = [self._target(home, each, fuse=is_final) for each in home.imports]
        self._store.fill_table(home.stub, TARGETS, targets)
        if is_final:
            self._store.set_global(home.stub, BOUND, 1)

    def unbind(self, home: LinkedModule) -> None:
        """Ask again at the next call where a module's imports lead."""
        if home.stub is not None:
            self._store.set_global(home.stub, BOUND, 0)

    def forget(self, home: LinkedModule) -> None:
        """A module was unloaded that this one, or one that it calls, may call: ask all again."""
        home.glue = home.interpreted = None
        self.unbind(home)

    def _target(self, home: LinkedModule, bound: BoundImport, *, fuse: bool) -> Function:
        if fuse and self.engine is Engine.FUSED:
            glue = self.glue(home)
            if bound.name not in glue.interpreted:
                return cast(
                    "Function", self._store.export(glue.instance, import_name(bound.adapter))
                )
        if bound.host_function is None:
            bound.host_function = self._store.host_function(bound.adapter.raw, bound.call)
        return bound.host_function

    def glue(self, home: LinkedModule) -> Glue:
        """The glue of a module, which is made at first; it must be instantiated."""
        if home.glue is None:
            home.glue = self._make(home)
        return home.glue

    def run(self, home: LinkedModule, function: PublicFunction) -> Run:
        """What runs a public function, by the engine of the moment."""
        if self.engine is Engine.FUSED:
            glue = self.glue(home)
            if function.name not in glue.interpreted:
                run = glue.runs.get(function.name)
                if run is None:
                    run = glue.runs[function.name] = self._fused_run(home, glue, function)
                return run
        adapter, reset = function.adapter, self._calls.reset
        adapter.prepare()

        def run_interpreted(values: Sequence[InterfaceValue]) -> InterfaceValue | None:
            if not python_stack.has_room():
                raise too_few_frames()
            reset()
            results = adapter.run(values)
            return results[0] if results else None

        return run_interpreted

    def prepare_imports(self, home: LinkedModule) -> None:
        """Bind everything that calls of a module can lead to."""
        self.bind(home)
        for bound in home.imports:
            if self.engine is Engine.INTERP or bound.name in self.interpreted(home):
                bound.interpreted.prepare()
        for exporter in home.imports_from.values():
            self.prepare_imports(exporter)

    def interpreted(self, home: LinkedModule) -> dict[str, str]:
        """The functions whose adapters cannot be fused, with the reason."""
        if home.interpreted is None:
            reasons: dict[str, str] = {}
            for function in home.functions.values():
                reason = reason_not_to_fuse(
                    function.signature,
                    function.adapter.instructions,
                    lambda target: self._reason_of(home, target),
                )
                if reason is not None:
                    reasons[function.name] = reason
            for bound in home.imports:
                reason = reason_not_to_fuse(
                    bound.adapter.signature,
                    bound.adapter.instructions,
                    lambda target: self._reason_of(home, target),
                )
                if reason is not None:
                    reasons[bound.name] = reason
            home.interpreted = reasons
        return home.interpreted

    def _reason_of(self, home: LinkedModule, target: ImportedFunction) -> str | None:
        exporter = home.imports_from[target.namespace]
        if exporter.unloaded:
            return f"module {exporter.name} was unloaded"
        return self.interpreted(exporter).get(target.name)

    def _make(self, home: LinkedModule) -> Glue:
        written = self.written(home)
        staging = self._staging()
        names = [each.name for each in written.raw_calls]
        first = self._calls.number_raw_calls(home.name, names)
        imports = [
            *(
                self._store.export(staging.instance, each)
                for each in ("memory", "reserve", "is_utf8")
            ),
            self._store.host_function(_FAULT, self._fault(home, written.places)),
            self._store.constant(first),
        ]
        if home.module.compiled.has_memory:
            imports.append(self._store.export(home.instance, "memory"))
        imports += (self._store.export(home.instance, name) for name in names)
        for target in written.imported:
            glue = self.glue(home.imports_from[target.namespace])
            imports.append(self._store.export(glue.instance, export_name(target.name)))
        instance = self._store.instantiate_own(written.text, imports)
        return Glue(instance, written.text, self.interpreted(home))

    def written(self, home: LinkedModule) -> GlueModule:
        """The text of a module's glue."""
        reasons = self.interpreted(home)
        known = _written.setdefault(home.module.compiled, {})
        key = frozenset(reasons)
        if key not in known:
            known[key] = self._write(home, reasons)
        return known[key]

    @staticmethod
    def _write(home: LinkedModule, reasons: Mapping[str, str]) -> GlueModule:
        allocate = home.module.compiled.functions.get("allocate")
        adapters = {each.name: each.adapter for each in home.imports}  # one may stand there twice
        return glue_module(
            home.name,
            [each for each in home.module.interface.exports if each.name not in reasons],
            [adapter for name, adapter in adapters.items() if name not in reasons],
            allocate=allocate if allocate in ALLOCATE_TYPES else None,
            has_memory=home.module.compiled.has_memory,
            deepest_call=DEEPEST_CALL,
        )

    def _staging(self) -> _Staging:
        if self._kept_staging is None:
            instance = self._store.instantiate_own(STAGING_MODULE, [])
            view = self._store.memory_view(instance)
            reserve = self._store.prepare(instance, "reserve", _RESERVE, module="staging")
            self._kept_staging = _Staging(instance, view, view(), reserve)
            self._calls.keep_in(view)
            self._store.running = self._calls.running
        return self._kept_staging

    def _fault(
        self, home: LinkedModule, places: tuple[Place, ...]
    ) -> Callable[[int, int, int, int], None]:
        imports = {each.name: each for each in home.imports}

        def fault(place: int, kind: int, first: int, second: int) -> None:
            where = places[place]

            def too_deep() -> NoReturn:
                bound = imports[where.function]
                raise CallDepthExceeded(
                    f"import adapter {home.name}.{bound.name}: modules call each other more than "
                    f"{DEEPEST_CALL} levels deep",
                    module=bound.exporter.name,
                    function=bound.adapter.name,
                )

            raise_fault(home, where, Fault(kind), first, second, too_deep)

        return fault

    def _fused_run(self, home: LinkedModule, glue: Glue, function: PublicFunction) -> Run:
        """Writes arguments into staging, makes one raw call, reads the result there."""
        signature = function.signature
        pack = prepare_packing([each.type for each in signature.parameters], SLOTS)
        enter = self._store.prepare_entry(
            glue.instance, entry_name(function.name), module=home.name, shown=function.name
        )
        staging = self._staging()
        write_pieces = self._write_pieces
        unpack = None if signature.result is None else prepare_unpacking(signature.result)
        if unpack is None and not signature.parameters:

            def run_without_values(_values: Sequence[InterfaceValue]) -> None:
                enter(FIRST_FREE)

            return run_without_values

        def run(values: Sequence[InterfaceValue]) -> InterfaceValue | None:
            try:
                packed = pack(values)
                if type(packed) is bytes and len(packed) < _SHORT:
                    end = SLOTS + len(packed)
                    staging.current[SLOTS:end] = packed
                else:
                    end = write_pieces(packed)
                enter((end + 31) & -16)
                if unpack is None:
                    return None
                current = staging.current
                # All of the result lies below what is free.
                if _next_free(current, NEXT_FREE)[0] > len(current):
                    current = staging.current = staging.view()
                return unpack(current, SLOTS)
            except (MemoryError, OverflowError):
                raise AdapterError(
                    f"{home.name}.{function.name}: {_TOO_LARGE}",
                    module=home.name,
                    function=function.name,
                ) from None

        return run

    def _write_pieces(self, packed: bytes | list[bytes]) -> int:
        """Write packed arguments of any size; gives the address of their end."""
        pieces = [packed] if isinstance(packed, bytes) else packed
        staging = self._staging()
        end = SLOTS + sum(map(len, pieces))
        if end > len(staging.current):
            self._calls.reset()
            if not staging.reserve(end - FIRST_FREE + 16):
                raise MemoryError
            staging.current = staging.view()
        at = SLOTS
        for piece in pieces:
            staging.current[at : at + len(piece)] = piece
            at += len(piece)
        return end

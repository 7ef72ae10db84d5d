"""One store a service: where its instances live, and the one place that calls into them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache, partial
from typing import TypeAlias, cast

import wasmtime

from runtime.engine.compilation import CompiledModule, compile_module, compile_own
from runtime.engine.engine_store import EngineStore, make_engine_store
from runtime.engine.engines import limited_engine, shared_engine
from runtime.engine.failures import first_line, marine_error, start_error
from runtime.engine.interruption import Interruption
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.memory_pool import MemoryPool, report_as_uncaught
from runtime.engine.raw import MemoryView, RawCall, RawStore
from runtime.engine.raw_values import Number
from runtime.engine.wasi.settings import WasiSettings
from runtime.engine.wasi.store_wasi import StoreWasi
from runtime.errors import (
    Interrupted,
    MarineError,
    MemoryLimitExceeded,
    ModuleError,
)
from runtime.interface.validated import CoreSignature
from runtime.shown_names import shown_name

Function: TypeAlias = wasmtime.Func
"""A Wasm function of a store."""

_KEPT_MODULES = 64
"""Of an engine of the store's own; all stores share what the shared engine compiles."""

Instance: TypeAlias = wasmtime.Instance
"""An instance of a module in a store."""

Extern: TypeAlias = wasmtime.Func | wasmtime.Global | wasmtime.Memory | wasmtime.Table
"""What instances import and export."""


class ServiceStore:
    """A wasmtime store with interruption, a memory limit and WASI for each module.

    Attributes:
        current: where instances live; `Renewal` puts another in its place.
        interruption: stops running calls.
        pool: counts the memory of all modules, or None where there is no limit.
    """

    def __init__(
        self,
        *,
        memory_limit: int | None,
        wasi: Mapping[str, WasiSettings],
        interruption: Interruption | None = None,
    ) -> None:
        """Make an empty store.

        Args:
            memory_limit: bytes for all memories together, or None for no limit.
            wasi: what each module of the service will see; directories cannot be added later.
            interruption: stops its calls, and no other store's; by default its own.

        Raises:
            ConfigError: what a module shall see cannot be had, or the interruption is another's.
        """
        self.pool = None if memory_limit is None else MemoryPool(memory_limit)
        self._engine = shared_engine() if self.pool is None else limited_engine(self.pool)
        self._compile: Callable[..., CompiledModule] = partial(compile_module, self._engine)
        self._compile_own: Callable[[str], wasmtime.Module] = partial(compile_own, self._engine)
        if self.pool is not None:
            # A store keeps all code it has run: it shall not be given the same again and again.
            self._compile = lru_cache(_KEPT_MODULES)(self._compile)
            self._compile_own = lru_cache(_KEPT_MODULES)(self._compile_own)
        self._settings = dict(wasi)
        self.interruption = interruption or Interruption()
        self.interruption.attach(self._engine.increment_epoch)
        try:
            self.current = self.new()
        except BaseException:
            self.interruption.close()  # it may be used for the next attempt
            raise
        if self.pool is not None:
            self.pool.report = self._raised_in_pool

    def new(self) -> EngineStore:
        """Another store like `current`.

        Raises:
            ConfigError: what a module shall see cannot be had, or not any more.
        """
        return make_engine_store(
            self._engine,
            self.pool,
            may_continue=self.interruption.may_continue,
            wasi=self._settings,
        )

    @property
    def _store(self) -> wasmtime.Store:
        return self.current.store

    @property
    def _raw(self) -> RawStore:
        return self.current.raw

    @property
    def wasi(self) -> StoreWasi:
        """The modules' own WASI."""
        return self.current.wasi

    def compile(self, wasm: bytes, *, name: str, memory_limit: int | None) -> CompiledModule:
        """Compile a module for this store; see `compile_module`."""
        return self._compile(wasm, name=name, memory_limit=memory_limit)

    def host_function(
        self, signature: CoreSignature, implementation: Callable[..., Number | None]
    ) -> wasmtime.Func:
        """A Wasm function that calls Python; see `RawStore.host_function`."""
        return self._raw.host_function(*_type_names(signature), implementation)

    def instantiate(
        self, compiled: CompiledModule, imports: Sequence[wasmtime.Func], *, module: str
    ) -> wasmtime.Instance:
        """Make an instance; this runs the module's `start` section, if it has one.

        Raises:
            ModuleError: it cannot be instantiated.
            StartError: its `start` section failed.
            MemoryLimitExceeded: the service's limit leaves no room for its memory.
        """
        rejected = self.rejected
        self.current.instances.add()
        try:
            with nullcontext() if self.pool is None else self.pool.giving_back():
                return wasmtime.Instance(self._store, compiled.module, imports)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as failure:
            error, cause = self._instantiation_error(failure, rejected, module)
            raise error from cause

    def _instantiation_error(
        self, failure: wasmtime.Trap | wasmtime.WasmtimeError, rejected_before: int, module: str
    ) -> tuple[BaseException, MarineError | None]:
        """What to raise for a failed instantiation, and the cause of that, if it has one."""
        raised = self._raw.take_raised()
        if raised is not None and not isinstance(raised, MarineError):
            return raised, None
        what = f"module {module!r} cannot be instantiated"
        is_refusal = isinstance(failure, wasmtime.WasmtimeError) and self.rejected > rejected_before
        if raised is None and is_refusal and self.interruption.error() is None:
            return self.out_of_memory(what, rejected_before, module=module), None
        cause = self._translated(failure, module, "start section") if raised is None else raised
        has_run = isinstance(failure, wasmtime.Trap) and bool(failure.frames)
        if raised is not None or isinstance(cause, Interrupted) or has_run:
            return start_error("the start section", cause, module=module), cause
        reason = (
            "a data or element segment lies outside its memory or table"
            if isinstance(failure, wasmtime.Trap)
            else first_line(str(failure))
        )
        return ModuleError(f"{what}: {reason}", module=module), None

    def instantiate_own(self, text: str, imports: Sequence[Extern]) -> wasmtime.Instance:
        """Make an instance of a module of the runtime's own; no memory limit counts it.

        Args:
            text: the module, in WebAssembly's text form.
            imports: of this store, in the module's order.

        Raises:
            ModuleError: the engine refuses it: it is too large, or no address space is left.
        """
        try:
            module = self._compile_own(text)
            with nullcontext() if self.pool is None else self.pool.uncounted():
                instance = wasmtime.Instance(self._store, module, imports)
        except wasmtime.WasmtimeError as error:
            self.raise_from_signal_handler()
            reason = first_line(str(error))
            raise ModuleError(f"a module of the runtime's own: {reason}") from None
        self.raise_from_signal_handler()
        return instance

    def raise_from_signal_handler(self) -> None:
        """Raise what a signal handler raised while the pool made memory, before the next call does.

        Raises:
            BaseException: whatever it raised.
        """
        raised = self._raw.take_raised()
        if raised is not None:
            raise raised

    def export(self, instance: wasmtime.Instance, name: str) -> Extern:
        """What an instance exports under a name; there is such an export."""
        found = self._raw.export(instance, name)
        if found is None:
            raise TypeError(f"the instance exports no {name}")
        return cast("Extern", found)

    def constant(self, number: int) -> wasmtime.Global:
        """A global that is an i32, for a module of the runtime's own to import."""
        return wasmtime.Global(
            self._store,
            wasmtime.GlobalType(wasmtime.ValType.i32(), mutable=False),
            wasmtime.Val.i32(number),
        )

    def set_global(self, instance: wasmtime.Instance, name: str, number: int) -> None:
        """Set a mutable i32 that an instance exports."""
        found = self.export(instance, name)
        if not isinstance(found, wasmtime.Global):
            raise TypeError(f"the instance exports no global {name}")
        found.set_value(self._store, wasmtime.Val.i32(number))

    def fill_table(
        self, instance: wasmtime.Instance, name: str, functions: Sequence[wasmtime.Func]
    ) -> None:
        """Fill a table that an instance exports, from its first element on."""
        table = self.export(instance, name)
        if not isinstance(table, wasmtime.Table):
            raise TypeError(f"the instance exports no table {name}")
        for index, function in enumerate(functions):
            table.set(self._store, index, function)

    def memory(self, instance: wasmtime.Instance) -> LinearMemory:
        """The memory that the instance exports as `memory`; it has one."""
        return LinearMemory(self._raw, self.exported_memory(instance))

    def vacate(self, memory: LinearMemory) -> None:
        """Give the memory of a module that is gone back; it counts no more."""
        address = memory.vacate()
        if self.pool is not None and address is not None:
            self.pool.count_no_more(address)

    def memory_view(self, instance: wasmtime.Instance) -> Callable[[], MemoryView]:
        """What `LinearMemory` reads through, for memory whose content is trusted."""
        return self._raw.memory(self.exported_memory(instance))

    def memory_address(self, instance: wasmtime.Instance) -> int:
        """The address of the memory that the instance exports as `memory`; it never moves."""
        return self._raw.memory_address(self.exported_memory(instance))

    def exported_memory(self, instance: wasmtime.Instance) -> wasmtime.Memory:
        """Wasmtime's own memory object, for WASI."""
        memory = self._raw.export(instance, "memory")
        if not isinstance(memory, wasmtime.Memory):
            raise TypeError("the instance exports no memory")
        return memory

    def prepare(
        self,
        instance: wasmtime.Instance,
        name: str,
        signature: CoreSignature,
        *,
        module: str,
    ) -> RawCall:
        """The call of an exported function; it raises a CallError where the Wasm code traps.

        Args:
            instance: of this store; it exports the function, with this signature.
            name: the function's.
            signature: the function's.
            module: the module's name, for errors.
        """
        function = self._exported_function(instance, name)
        return self._raw.prepare(
            function,
            *_type_names(signature),
            translate=lambda failure: self._translated(failure, module, name),
        )

    def _exported_function(self, instance: wasmtime.Instance, name: str) -> wasmtime.Func:
        function = self._raw.export(instance, name)
        if not isinstance(function, wasmtime.Func):
            raise TypeError(f"the instance exports no function {name}")
        return function

    def _raised_in_pool(self, raised: BaseException) -> None:
        """Stop the running call for what a signal handler raised while its memory grew."""
        self._raw.fail_later(raised)
        self.interruption.request()

    def prepare_entry(
        self, instance: wasmtime.Instance, name: str, *, module: str, shown: str
    ) -> Callable[[int], None]:
        """As `prepare`, for a function of one i32 without results; see `RawStore.prepare_entry`."""
        function = self._exported_function(instance, name)
        return self._raw.prepare_entry(
            function, lambda failure: self._translated(failure, module, shown)
        )

    def _translated(self, failure: BaseException, module: str, function: str) -> MarineError:
        module, function = self.current.running() or (module, function)
        interrupted = self.interruption.error()
        if interrupted is not None:
            interrupted.module, interrupted.function = module, function
            interrupted.torn_module = module
            return interrupted
        translated = marine_error(
            failure, module=module, function=function, doing=f"{module}.{shown_name(function)}"
        )
        if isinstance(translated, MarineError):
            translated.torn_module = module
            return translated
        raise translated

    @property
    def rejected(self) -> int:
        """How many growths past the memory limit were rejected so far."""
        return 0 if self.pool is None else self.pool.rejected

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the statistics should know about the memory limit."""
        return () if self.pool is None else self.pool.notes

    def out_of_memory(
        self, what: str, rejected_before: int, *, module: str, function: str | None = None
    ) -> MemoryLimitExceeded:
        """The error of a load or call during which growths were rejected."""
        if self.pool is None:
            raise TypeError("the store has no memory limit")
        rejected = self.pool.rejected - rejected_before
        return MemoryLimitExceeded(
            f"out of memory: limit {self.pool.limit} bytes, {rejected} rejected "
            f"growth{'' if rejected == 1 else 's'}: {what}",
            limit=self.pool.limit,
            rejected=rejected,
            module=module,
            function=function,
        )

    def close(self) -> None:
        """Free all instances; nothing of this store may be used afterwards."""
        if self.pool is not None:
            # The engine keeps the pool, and would be kept by it.
            self.pool.report = report_as_uncaught
        self.interruption.close()
        self.current.close()


def _type_names(signature: CoreSignature) -> tuple[list[str], list[str]]:
    return [t.value for t in signature.parameters], [t.value for t in signature.results]

"""How a service is called: by names, through objects, with JSON, awaited, traced."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from runtime.calls import checked_timeout
from runtime.errors import NoSuchModule
from runtime.host.call_parameters import call_parameters_from_json
from runtime.json_values import (
    JsonValue,
    PythonResult,
    PythonValue,
    parse_json,
    quick_json,
)
from runtime.prepared_call import (
    NOT_QUICK,
    PreparedCall,
    parse_call_parameters,
    prepare_call,
)
from runtime.service_options import checked_time_limit
from runtime.service_parts import ServiceParts

if TYPE_CHECKING:
    from runtime.async_calls import AsyncCalls
    from runtime.bound_modules.bound_module import BoundModule
    from runtime.bound_modules.modules import Modules
    from runtime.tracing.traced_call import Tracing
    from runtime.tracing.tree import Trace


class ServiceCalls:
    """The part of a service's interface that makes calls."""

    _async_calls: "AsyncCalls | None" = None  # until one is awaited

    def __init__(self, parts: ServiceParts) -> None:
        """Args: parts: the service's."""
        self._parts = parts
        self._find = parts.calls.find
        self._run = parts.calls.run

    @cached_property
    def modules(self) -> "Modules":
        """The modules that are loaded now: `service.modules.greeting.greeting("John")`.

        See `BoundModule` for what functions take and give. Every function raises the errors of
        `call`; an attribute that is no module, no function and no record raises an `AttributeError`
        that is a `NoSuchModule` or `NoSuchFunction` too.
        """
        return self.modules_with()

    def modules_with(
        self,
        *,
        call_parameters: PythonValue = None,
        timeout: float | None = None,
        records: Mapping[str, Mapping[str, type]] | None = None,
    ) -> "Modules":
        """As `modules`, with options for every call.

        Args:
            call_parameters: as for `call`; they are read now.
            timeout: as for `call`.
            records: dataclasses of the caller's own for records of results, by the module's name
                and then by the record's attribute of its module. They have the fields of the
                record, annotated with the types that the made dataclasses have.

        Raises:
            ArgumentsError: the call parameters do not fit.
            CallError: the time limit is none; or `records` is of another form, or there is no such
                record, or its dataclass does not fit it.
            NoSuchModule: there is no module of a name in `records`.
        """
        # Programs that make no use of it need not wait for its import.
        from runtime.bound_modules.call_options import CallOptions  # noqa: PLC0415
        from runtime.bound_modules.modules import Modules  # noqa: PLC0415
        from runtime.bound_modules.own_records import own_records  # noqa: PLC0415

        options = CallOptions(
            None if call_parameters is None else call_parameters_from_json(call_parameters),
            checked_timeout(timeout),
            own_records(records),
        )
        modules = Modules(self._parts.loaded, self._parts.calls, options)
        for name in options.records:
            modules[name]  # checks them
        return modules

    @property
    def facade(self) -> "BoundModule":
        """The last module, which is what the service is for.

        Raises:
            NoSuchModule: no module is loaded.
        """
        names = tuple(self.modules)
        if not names:
            raise NoSuchModule("the service has no facade: no module is loaded")
        return self.modules[names[-1]]

    @property
    def timeout(self) -> float | None:
        """Seconds that each call and each module's start may take; None for no limit.

        What is set holds from the next call or load on.

        Raises:
            ConfigError: what is set is no number of seconds above 0.
        """
        return self._parts.calls.timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        limit = checked_time_limit("timeout", seconds)
        with self._parts.use.uninterrupted():
            self._parts.calls.timeout = limit

    def call(
        self,
        module: str,
        function: str,
        arguments: PythonValue = None,
        *,
        call_parameters: PythonValue = None,
        timeout: float | None = None,
    ) -> PythonResult:
        """Call a public function with Python values.

        Args:
            module: the module's name.
            function: the function's name.
            arguments: a list or tuple of positions, a dict of names, the one argument itself, or
                None (spec marine-runtime.md, "Calls").
            call_parameters: what `get_call_parameters` tells the modules; see `CallParameters`.
            timeout: seconds, above 0, in place of the service's own limit. They count from the
                call's turn on: other calls of the service come first.

        Returns:
            The result: records as dicts, byte arrays as bytes; None where there is none.

        Raises:
            CallError: the call gave no result; the service answers the next one.
            MemoryLimitExceeded: it failed after growths past the service's memory limit.
        """
        prepared = self._find(module, function)
        values = prepared.values(arguments, from_json=False)
        return prepared.to_python(self._run(prepared, values, call_parameters, timeout))

    async def call_async(
        self,
        module: str,
        function: str,
        arguments: PythonValue = None,
        *,
        call_parameters: PythonValue = None,
        timeout: float | None = None,
    ) -> PythonResult:
        """Await the call of a public function; it runs on a thread of the service, one for all.

        Calls are made in the order in which they are asked for. One that nobody awaits any more,
        as after `task.cancel()` or in `asyncio.timeout`, does not begin, or is stopped as
        `interrupt` does; other calls go on. Host functions see the context variables of who asked.
        The arguments are read when the call's turn comes.

        Args:
            module: as for `call`.
            function: as for `call`.
            arguments: as for `call`.
            call_parameters: as for `call`.
            timeout: as for `call`.

        Returns:
            As `call`.

        Raises:
            CallError: as for `call`.
            MemoryLimitExceeded: as for `call`.
            ServiceClosed: the service was closed before the call's turn came.
        """
        self._parts.use.check_outside()  # a host function would wait for its own end
        return await self._require_async_calls().call(
            module, function, arguments, call_parameters=call_parameters, timeout=timeout
        )

    def call_json(
        self,
        module: str,
        function: str,
        arguments: JsonValue = None,
        *,
        call_parameters: JsonValue = None,
        timeout: float | None = None,
    ) -> JsonValue:
        """Call a public function with JSON values; as `call`, but byte arrays are lists of numbers.

        Raises:
            CallError: as for `call`.
            MemoryLimitExceeded: as for `call`.
        """
        prepared = self._find(module, function)
        values = prepared.values(arguments, from_json=True)
        return prepared.to_json(self._run(prepared, values, call_parameters, timeout))

    def call_text(
        self,
        module: str,
        function: str,
        arguments: str = "[]",
        *,
        call_parameters: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Call a public function with a JSON text, for a JSON text without white space.

        It is the quickest way where JSON is what there is. Arguments, parameters and results are
        otherwise those of `call_json`.

        Raises:
            CallError: as for `call`; ArgumentsError also where a text is no JSON.
            MemoryLimitExceeded: as for `call`.
        """
        prepared = self._find(module, function)
        parameters = None if call_parameters is None else parse_call_parameters(call_parameters)
        try:
            values = prepared.accept(quick_json(arguments))
        except NOT_QUICK:
            values = prepared.values(parse_json(arguments), from_json=True)
        return prepared.result_text(self._run(prepared, values, parameters, timeout))

    def trace(
        self,
        module: str,
        function: str,
        arguments: PythonValue = None,
        *,
        call_parameters: PythonValue = None,
        timeout: float | None = None,
    ) -> "Trace[PythonResult]":
        """Call a public function as `call` does, and record what it does, step by step.

        The interpreter runs the call whatever the engine is, which afterwards is as before. What
        Wasm code does between its calls is not seen, and calls of WASI count as Wasm code.

        Returns:
            The steps, with the call's result or with the error that it ended with.

        Raises:
            CallError: the call did not begin: there is no such function, or arguments do not fit.
        """
        prepared = self._to_trace(module, function)
        values = prepared.values(arguments, from_json=False)
        return self._tracing.call(prepared, values, call_parameters, timeout, prepared.to_python)

    def trace_text(
        self,
        module: str,
        function: str,
        arguments: str = "[]",
        *,
        call_parameters: str | None = None,
        timeout: float | None = None,
    ) -> "Trace[str]":
        """As `trace`, with JSON texts as `call_text` takes and gives them.

        Raises:
            CallError: as for `trace`; ArgumentsError also where a text is no JSON.
        """
        prepared = self._to_trace(module, function)
        parameters = None if call_parameters is None else parse_call_parameters(call_parameters)
        values = prepared.values(parse_json(arguments), from_json=True)
        return self._tracing.call(prepared, values, parameters, timeout, prepared.result_text)

    def prepare(self, module: str, function: str) -> None:
        """Make the first call of a function as quick as later ones; calls do it by themselves.

        Raises:
            NoSuchModule: there is no such module.
            NoSuchFunction: it has no such function.
        """
        with self._parts.use.uninterrupted():
            prepared = self._parts.calls.prepare(module, function)
            self._parts.calls.found_run(prepared)
            self._parts.fusion.prepare_imports(prepared.home)

    def _to_trace(self, module: str, function: str) -> PreparedCall:
        """A function, prepared for one call that is traced."""
        return prepare_call(
            self._parts.loaded.find(module), self._parts.loaded.function(module, function)
        )

    @cached_property
    def _tracing(self) -> "Tracing":
        """What traces calls."""
        # It takes 2 ms to import, and few programs trace.
        from runtime.tracing.traced_call import Tracing  # noqa: PLC0415

        return Tracing(
            self._parts.loaded,
            self._parts.calls,
            self._parts.fusion,
            self._parts.observation,
            self._parts.use,
            self._parts.store.interruption.request,
        )

    def _require_async_calls(self) -> "AsyncCalls":
        """What makes the awaited calls, now that there is one."""
        made = self._async_calls
        if made is None:
            from runtime.async_calls import AsyncCalls  # noqa: PLC0415 - 3 ms, and few await

            # Threads that come here at once all get what one of them made.
            made = vars(self).setdefault(
                "_async_calls", AsyncCalls(self._parts.calls, self._parts.store.interruption)
            )
        if self._parts.loaded.is_closed:  # maybe just now: `close` has not seen what was made
            made.finish()
        return made

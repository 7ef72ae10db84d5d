"""Linking a module's imports of the host with the functions that the host offers to it."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from runtime.call_state import DEEPEST_CALL, CallState, deeper_than_python
from runtime.engine import python_stack
from runtime.engine.compilation import CoreImport
from runtime.engine.raw_values import Number
from runtime.engine.store import Function
from runtime.errors import CallDepthExceeded, LinkError
from runtime.host.binding import SET_RESULT, bind
from runtime.host.function import HostFunction, lies_in_memory, raw_signature
from runtime.host.missing_function import missing_function
from runtime.interface.types import RecordType
from runtime.interface.validated import ALLOCATE_TYPES
from runtime.linked_module import LinkedModule
from runtime.shown_names import shown_name

OfferedFunctions: TypeAlias = Mapping[tuple[str, str], HostFunction]
"""What the host offers to one module, by namespace and name."""


def bind_host_function(
    entry: CoreImport, home: LinkedModule, host_functions: OfferedFunctions, calls: CallState
) -> Function:
    """The Wasm function for an import of the host.

    Args:
        entry: the import.
        home: the module that has it.
        host_functions: what the host offers to it.
        calls: the service's.

    Raises:
        LinkError: the host offers no such function, or one with another signature, or the module
            lacks the exports that its values take.
    """
    place = f"module {home.name!r} imports {entry.namespace}.{shown_name(entry.name)}"
    function = host_functions.get((entry.namespace, entry.name))
    if function is None:
        known = [name for namespace, name in host_functions if namespace == entry.namespace]
        raise LinkError(f"{place}, {missing_function(entry.name, known)}", module=home.name)
    signature = raw_signature(function)
    if entry.signature != signature:
        # Only this message needs what reads annotations: 4 ms.
        from runtime.host.import_difference import import_difference  # noqa: PLC0415

        raise LinkError(
            f"{place} as {entry.signature or entry.kind}, but the host's "
            f"{import_difference(entry.signature, function)}",
            module=home.name,
        )
    _check_exports_for(function, home, place)
    call = bind(function, home, namespace=entry.namespace, observation=home.observation)
    if function.result is not None and lies_in_memory(function.result):
        call = _calling_the_guest(call, function.name, home, calls)
    return home.store.host_function(signature, call)


def _calling_the_guest(
    call: Callable[..., Number | None], function: str, home: LinkedModule, calls: CallState
) -> Callable[..., Number | None]:
    """A host function that itself calls the module: its `allocate`, for the result.

    That may call the host function again, and so without end. The module that is called at the
    deepest level may call it once.
    """
    place = f"{home.name} calls host function {shown_name(function)}"

    def call_and_restore(*arguments: Number) -> Number | None:
        before = calls.enter()
        try:
            if before[0] > DEEPEST_CALL:
                raise too_deep(
                    f"modules and the host call each other more than {DEEPEST_CALL} levels deep"
                )
            if not python_stack.has_room():
                raise too_deep(deeper_than_python("modules and the host"))
            return call(*arguments)
        finally:
            calls.leave(before)

    def too_deep(reason: str) -> CallDepthExceeded:
        error = CallDepthExceeded(f"{place}: {reason}", module=home.name, function=function)
        error.torn_module = home.name
        return error

    return call_and_restore


def _check_exports_for(function: HostFunction, home: LinkedModule, place: str) -> None:
    """A module that exchanges values with the host in its memory must export what that takes."""
    result = () if function.result is None else (function.result,)
    if not any(map(lies_in_memory, (*function.parameters, *result))):
        return
    if not home.module.compiled.has_memory:
        raise LinkError(
            f"{place}, which takes values in memory, but exports no memory named 'memory'",
            module=home.name,
        )
    if not any(map(lies_in_memory, result)):
        return
    needed = [("allocate", ALLOCATE_TYPES), ("set_result_ptr", (SET_RESULT,))]
    if not isinstance(function.result, RecordType):
        needed.append(("set_result_size", (SET_RESULT,)))
    for name, forms in needed:
        found = home.module.compiled.functions.get(name)
        if found not in forms:
            raise LinkError(
                f"{place}, whose result lies in memory, so it must export {name}{forms[0]}, "
                f"found {'none' if found is None else f'{name}{found}'}",
                module=home.name,
            )

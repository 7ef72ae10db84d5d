"""How the host runs a public function by glue: pack, one raw call, unpack."""

from collections.abc import Callable, Sequence

from runtime.errors import AdapterError
from runtime.glue.packing import prepare_packing
from runtime.glue.representation import is_fixed
from runtime.glue.staging import FIRST_FREE, SLOTS, first_free_after
from runtime.glue.unpacking import prepare_unpacking
from runtime.interface.types import InterfaceValue, Signature
from runtime.linked_module import Run
from runtime.shown_names import shown_name
from runtime.staging_memory import SHORT, StagingMemory


def fused_run(
    module: str,
    function: str,
    signature: Signature,
    staging: StagingMemory,
    enter: Callable[[int], None],
    require_running: Callable[[], None],
) -> Run:
    """What runs a function.

    Args:
        module: the function's module.
        function: its name.
        signature: its types, none of them recursive.
        staging: the service's.
        enter: calls glue's entry with the first free address of staging, an i32.
        require_running: raises where the call is to end.
    """
    if signature.result is None and not signature.parameters:

        def run_without_values(_values: Sequence[InterfaceValue]) -> None:
            enter(FIRST_FREE)

        return run_without_values

    pack = prepare_packing([each.type for each in signature.parameters], SLOTS)
    unpack = None
    if signature.result is not None:
        unpack = prepare_unpacking(signature.result, require_running)
    result_is_in_its_slot = signature.result is None or is_fixed(signature.result)

    def run(values: Sequence[InterfaceValue]) -> InterfaceValue | None:
        try:
            packed = pack(values)
            if type(packed) is bytes and len(packed) < SHORT:
                end = SLOTS + len(packed)
                staging.current[SLOTS:end] = packed
            else:
                end = staging.write(packed)
            enter(first_free_after(end))
            if unpack is None:
                return None
            current = staging.current if result_is_in_its_slot else staging.after_call()
            return unpack(current, SLOTS)
        except (MemoryError, OverflowError):
            raise AdapterError(
                f"{module}.{shown_name(function)}: the value is too large for this machine's "
                "memory",
                module=module,
                function=function,
            ) from None
        finally:
            if staging.is_large:
                staging.shrink()

    return run

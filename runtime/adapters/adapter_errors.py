"""The errors of adapters: which value could not be lifted or lowered, and where."""

from runtime.errors import AdapterError
from runtime.interface.validated import ResolvedInstruction
from runtime.shown_names import shown_name

FAILURES = (AdapterError, RecursionError, MemoryError)
"""What instructions raise where values are bad, in place of which an adapter says where it was."""


def as_adapter_error(failure: Exception) -> AdapterError:
    """What is wrong with a value, where it cannot be lifted or lowered.

    Args:
        failure: what was raised, one of `FAILURES`; an AdapterError comes back itself.
    """
    match failure:
        case AdapterError():
            return failure
        case RecursionError():
            return AdapterError(
                "the value is nested more deeply than Python's recursion limit allows"
            )
        case _:
            return AdapterError("the value is too large for this machine's memory")


def instruction_failed(
    module: str,
    function: str,
    instruction: ResolvedInstruction,
    number: int,
    reason: str,
    *,
    is_import: bool,
) -> AdapterError:
    """The error of an instruction, in either engine.

    Args:
        module: whose adapter it is.
        function: which adapter; an import adapter's with its namespace.
        instruction: what failed.
        number: its place in the adapter, from 0.
        reason: what was wrong.
        is_import: whether it is an import adapter.
    """
    side = "import" if is_import else "export"
    error = AdapterError(
        f"{side} adapter {module}.{shown_name(function)}, instruction {number} "
        f"({instruction.text}): {reason}",
        instruction=instruction.text,
        module=module,
        function=function,
    )
    if is_import:
        error.torn_module = module
    return error

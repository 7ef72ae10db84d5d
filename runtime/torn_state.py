"""What is told of a module that was stopped in the middle of its work.

WebAssembly code that traps or is interrupted does not clean up: locks stay locked, an allocator's
lists may be half changed, and the same holds for all modules that were waiting for it. Calls of
these modules are still made, as most of them work; only loading them anew makes sure.
"""

from collections.abc import Mapping

from runtime.errors import MarineError
from runtime.linked_module import LinkedModule
from runtime.torn_note import torn_note


def add_torn_note(error: MarineError, loaded: Mapping[str, LinkedModule]) -> None:
    """Say in an error's message whose state may be inconsistent since, and what makes it sound.

    Reloading a module reloads those that import it, and so all that were waiting for it.

    Args:
        error: nothing is said where it has no `torn_module`.
        loaded: the service's modules, by name.
    """
    name = error.torn_module
    if name is None:
        return
    linked = loaded.get(name)
    has_file = linked is not None and linked.module.file is not None
    error.message += torn_note(name, has_file=has_file)

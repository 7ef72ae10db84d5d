"""Counting instances, as they take address space until their store is freed.

Each takes 4 GiB, or 8 GiB where the module has WASI, of the 128 TiB that a process has on most
systems. Of a module that is gone the store keeps that, and some 20 KB of memory; the rest is given
back when it goes (`LinearMemory.vacate`). Only where there is no memory limit, and a module's start
section fails, its memory stays as it is.
"""

import threading

from runtime.errors import ModuleError
from runtime.forking import hold_during_fork

MOST_INSTANCES = 12_000
"""In a process, where some are of modules that are gone: they take up to 96 TiB."""

_lock = threading.Lock()
hold_during_fork(_lock)
_in_process = 0


class InstanceCount:
    """How many instances modules have had in one store."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, more: int = 1) -> None:
        """There are so many more."""
        global _in_process  # noqa: PLW0603 - all services of a process share its address space
        with _lock:
            self.count += more
            _in_process += more

    def forget(self) -> None:
        """The store is freed."""
        self.add(-self.count)

    def check_room(self, module: str, *, loaded: int) -> None:
        """Make sure that modules which are gone do not keep another one from its address space.

        Args:
            module: the one that is to be loaded.
            loaded: how many modules the store's service has.

        Raises:
            ModuleError: it may not be loaded, as too many are gone.
        """
        gone = self.count - loaded
        if gone > 0 and _in_process >= MOST_INSTANCES:
            raise ModuleError(
                f"module {module!r} cannot be loaded: {gone:,} modules of this service were "
                "unloaded or loaded anew beside others that stayed, and keep their address space "
                "until it is closed; this process has too little left: close the service and "
                "create a new one",
                module=module,
            )

"""Freeing what modules leave behind that were unloaded or loaded anew.

The engine frees instances only together with their store, as any of them may hold functions of any
other. So a service takes a new store whenever no module must survive that: when none is left, and
when all are loaded anew. Beside modules that stay, gone ones are counted (`instance_count.py`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runtime.call_state import CallState
from runtime.engine.engine_store import EngineStore
from runtime.engine.raw import MemoryView
from runtime.engine.store import ServiceStore
from runtime.errors import ConfigError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.fusion import Fusion

if TYPE_CHECKING:
    from runtime.staging_memory import StagingMemory


@frozen_dataclass
class _BelongsTogether:
    """A store and what is in it, but for modules and prepared calls."""

    store: EngineStore
    staging: "StagingMemory | None" = None
    staging_of_calls: Callable[[], MemoryView] | None = None


class Renewal:
    """Gives one service a new store; who calls it has the service for itself."""

    def __init__(self, store: ServiceStore, call_state: CallState, fusion: Fusion) -> None:
        """Args: the service's."""
        self._store = store
        self._call_state = call_state
        self._fusion = fusion
        self._is_decided = False

    @contextmanager
    def new_store(self) -> Iterator[None]:
        """A context in which the service has a new, empty store.

        There is none where the directories that modules see are not those any more that the old one
        has open; then all stays as it is.

        What belongs to the old one stays as it is; only `LinkedModule.unload` may use it. Whether
        the new store stays is open until `decide`: what is raised before brings the old one back.
        The other one is freed, with all instances in it.
        """
        found = self._found_store()
        if found is None:
            yield
            return
        old = self._present()
        self._is_decided = False
        try:
            self._exchange(_BelongsTogether(found))
            yield
        except BaseException:
            # Where a signal handler raises after the decision, modules of both may be about.
            if not self._is_decided:
                self._exchange(old)
                found.close()
            raise
        old.store.close()

    def decide(self) -> None:
        """The new store stays, if there is one."""
        self._is_decided = True

    def free_all(self) -> None:
        """Free all instances, if there are any: the service has no modules and prepared calls."""
        if not self._store.current.instances.count:
            return
        with self.new_store():
            self.decide()

    def _found_store(self) -> EngineStore | None:
        try:
            new = self._store.new()
        except ConfigError:  # a directory is gone, or the process has too many files open
            return None
        if new.wasi.sees_the_same(self._store.current.wasi):
            return new
        new.close()
        return None

    def _present(self) -> _BelongsTogether:
        return _BelongsTogether(self._store.current, self._fusion.staging, self._call_state.staging)

    def _exchange(self, new: _BelongsTogether) -> None:
        # No signal handler comes between these assignments.
        self._store.current = new.store
        self._fusion.staging = new.staging
        self._call_state.staging = new.staging_of_calls

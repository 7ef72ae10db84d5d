"""An exact limit for all linear memories of a service together.

Wasmtime's own limits hold for each memory by itself. A pool provides the memories' pages instead
and counts them (spec engine.md, «An exact memory limit for the whole service»): address space is
reserved for each memory as the engine would, pages become usable when the memory grows, and growth
past the limit is refused.

The pool's Python code runs inside the engine, where no exception may leave it: the process would be
aborted. Signal handlers that raise, as Ctrl-C does, must not run meanwhile. Python runs them on the
main thread only: call Wasm on another one, or inside
`runtime.keyboard_interrupts.keyboard_interrupts_deferred`.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

import wasmtime

from runtime.engine import address_space
from runtime.engine.raw import set_memory_creator
from runtime.errors import MemoryLimitExceeded

EXACT = address_space.AVAILABLE
"""Whether this system allows an exact limit."""

_INEXACT_NOTE = (
    "this system allows no exact memory limit: the limit holds for each module's memory by itself, "
    "and rejected growths are not counted"
)


class MemoryPool:
    """The memory that the modules of one service may have together.

    Attributes:
        limit: in bytes.
        used: bytes that the modules' memories have now.
        peak: the most they have had at once.
        rejected: how often a memory was refused, at its growth or from the start.
    """

    def __init__(self, limit: int) -> None:
        """Args: limit: in bytes, 0 or more."""
        self.limit = limit
        self.used = 0
        self.peak = 0
        self.rejected = 0
        self._lock = threading.Lock()
        self._thread = threading.local()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers must know; nothing where the limit is exact."""
        return () if EXACT else (_INEXACT_NOTE,)

    @contextlib.contextmanager
    def uncounted(self) -> Iterator[None]:
        """A context in which this thread makes memories beside the limit, now and when they grow.

        For the runtime's own memories, which the service's modules do not see.
        """
        before = getattr(self._thread, "uncounted", False)
        self._thread.uncounted = True
        try:
            yield
        finally:
            self._thread.uncounted = before

    def create_memory(self, minimum: int, reserved: int, guard: int) -> "_Memory":
        """Make a memory for the engine.

        Args:
            minimum: bytes it has from the start.
            reserved: bytes it will want to grow to without moving.
            guard: bytes behind these that must never become usable.

        Raises:
            MemoryLimitExceeded: the limit leaves no room for its first bytes.
            OSError: the system has no address space or memory for it.
        """
        counted = not getattr(self._thread, "uncounted", False)
        return _Memory(self if counted else None, minimum, max(reserved, minimum), guard)

    def take(self, size: int) -> None:
        """Count bytes as used.

        Raises:
            MemoryLimitExceeded: there are not so many left; the refusal is counted.
        """
        with self._lock:
            if self.used + size > self.limit:
                self.rejected += 1
                raise MemoryLimitExceeded(
                    f"out of memory: {size} bytes wanted, {self.used} of {self.limit} are used",
                    limit=self.limit,
                    rejected=self.rejected,
                )
            self.used += size
            self.peak = max(self.peak, self.used)

    def give_back(self, size: int) -> None:
        """Count bytes as free again."""
        with self._lock:
            self.used -= size


def pooled_engine(
    configure: Callable[[wasmtime.Config], None], pool: MemoryPool
) -> wasmtime.Engine:
    """An engine whose memories all come from the pool.

    Where the system allows no exact limit (`EXACT`), memories are the engine's own, and each store
    needs `Store.set_limits`.

    Args:
        configure: sets everything else; `memory_init_cow` must stay off.
        pool: its memories' limit. The engine keeps it as long as it needs it.
    """
    config = wasmtime.Config()
    configure(config)
    if EXACT:
        # Copy-on-write images are mapped into the engine's own memories; asked to map one into a
        # memory of ours, wasmtime aborts the process.
        config.memory_init_cow = False
        set_memory_creator(config, pool.create_memory)
    return wasmtime.Engine(config)


class _Memory:
    """One linear memory: address space, of which the first `size` bytes are usable.

    Attributes:
        address: of its first byte; it never changes.
        size: bytes it has now.
        capacity: bytes it can grow to.
    """

    def __init__(self, pool: MemoryPool | None, minimum: int, capacity: int, guard: int) -> None:
        self._pool = pool
        self._span = capacity + guard
        self.capacity = capacity
        self.size = 0
        self.address = address_space.reserve(self._span)
        try:
            self.grow(minimum)
        except (MemoryLimitExceeded, OSError):
            address_space.release(self.address, self._span)
            raise

    def grow(self, size: int) -> None:
        """Make it larger.

        Args:
            size: bytes it shall have, at least as many as now.

        Raises:
            MemoryLimitExceeded: the pool's limit does not allow it.
            OSError: the system has no memory for it, or the reserved address space ends before.
        """
        if size > self.capacity:
            raise OSError(f"{size} bytes wanted, address space is reserved for {self.capacity}")
        more = size - self.size
        if self._pool is not None:
            self._pool.take(more)
        try:
            address_space.make_usable(self.address + self.size, more)
        except OSError:
            if self._pool is not None:
                self._pool.give_back(more)
            raise
        self.size = size

    def free(self) -> None:
        """Give everything back; the memory must not be used afterwards."""
        address_space.release(self.address, self._span)
        if self._pool is not None:
            self._pool.give_back(self.size)

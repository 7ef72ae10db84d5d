"""An exact limit for all linear memories of a service together.

Wasmtime's own limits hold for each memory by itself. A pool provides the memories' pages instead
and counts them (spec engine.md, «An exact memory limit for the whole service»): address space is
reserved for each memory as the engine would, pages become usable when the memory grows, and growth
past the limit is refused.

The pool's Python code runs inside the engine, where signal handlers may interrupt it on the main
thread: what it does can be done again from the start (see `host_memory.py`), and its numbers change
together, in assignments that no handler can come between.
"""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

import wasmtime

from runtime.engine import address_space
from runtime.engine.host_memory import Report, set_memory_creator
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
        report: takes what a signal handler raised while the pool's code ran inside the engine; by
            default Python's hook for exceptions that nobody catches.
    """

    def __init__(self, limit: int) -> None:
        """Args: limit: in bytes, 0 or more."""
        self.limit = limit
        self.used = 0
        self.peak = 0
        self.rejected = 0
        self.report: Report = report_as_uncaught
        self._lock = threading.Lock()
        self._thread = threading.local()
        self._in_use: dict[int, _Memory] = {}  # by address

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

    @contextlib.contextmanager
    def giving_back(self) -> Iterator[None]:
        """A context in which a module is instantiated; where that fails, its memory is given back.

        The engine keeps it until the store is freed, as other instances might have functions of the
        failed one in their tables. Here none has: modules share no tables.
        """
        known = frozenset(self._in_use)
        try:
            yield
        except BaseException:
            for address in self._in_use.keys() - known:
                memory = self._in_use[address]
                if address_space.vacate(address, memory.size):
                    self.count(memory, 0)
            raise

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
        memory = _Memory(self if counted else None, minimum, max(reserved, minimum), guard)
        if counted:
            self._in_use[memory.address] = memory
        return memory

    def count_no_more(self, address: int) -> None:
        """The memory at an address is not used any more: it counts no more."""
        memory = self._in_use.get(address)
        if memory is not None:
            self.count(memory, 0)

    def forget(self, address: int) -> None:
        """The address becomes free."""
        self._in_use.pop(address, None)

    def pass_on(self, raised: BaseException) -> None:
        """Call `report` as it is then: for the engine, which is made before there is a store."""
        self.report(raised)

    def count(self, memory: "_Memory", size: int) -> None:
        """Count so many bytes as used by a memory, in place of those that were counted before.

        Raises:
            MemoryLimitExceeded: there are not so many left; the refusal is counted.
        """
        with self._lock:
            used = self.used + size - memory.counted
            if size > memory.counted and used > self.limit:
                refused = MemoryLimitExceeded(
                    f"out of memory: {size - memory.counted} bytes wanted, {self.used} of "
                    f"{self.limit} are used",
                    limit=self.limit,
                    rejected=self.rejected + 1,
                )
                self.rejected += 1
                raise refused
            peak = max(self.peak, used)
            self.used, self.peak, memory.counted = used, peak, size


def report_as_uncaught(raised: BaseException) -> None:
    """Pass an exception to Python's hook for those that nobody catches."""
    sys.excepthook(type(raised), raised, raised.__traceback__)


def pooled_config(configure: Callable[[wasmtime.Config], None]) -> wasmtime.Config:
    """The settings of `pooled_engine`, but for the pool: what is compiled with them runs there."""
    config = wasmtime.Config()
    configure(config)
    if EXACT:
        # Copy-on-write images are mapped into the engine's own memories; asked to map one into a
        # memory of ours, wasmtime aborts the process.
        config.memory_init_cow = False
    return config


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
    config = pooled_config(configure)
    if EXACT:
        set_memory_creator(config, pool.create_memory, pool.pass_on)
    return wasmtime.Engine(config)


class _Memory:
    """One linear memory: address space, of which the first `size` bytes are usable.

    Attributes:
        address: of its first byte; it never changes.
        size: bytes it has now.
        capacity: bytes it can grow to.
        counted: bytes that the pool counts as its.
    """

    def __init__(self, pool: MemoryPool | None, minimum: int, capacity: int, guard: int) -> None:
        self._pool = pool
        self._span = capacity + guard
        self.capacity = capacity
        self.size = 0
        self.counted = 0
        self.address = address_space.reserve(self._span)
        try:
            self.grow(minimum)
        except BaseException:
            self.free()
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
        self._count(size)
        try:
            address_space.make_usable(self.address + self.size, size - self.size)
        except OSError:
            self._count(self.size)
            raise
        self.size = size

    def free(self) -> None:
        """Give everything back; the memory must not be used afterwards."""
        if self._pool is not None:
            self._pool.forget(self.address)
        span, self._span = self._span, 0
        if span:  # else it was given back before a signal handler interrupted the rest
            address_space.release(self.address, span)
        self._count(0)

    def _count(self, size: int) -> None:
        if self._pool is not None:
            self._pool.count(self, size)

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
        in_use: the modules' memories, by address.
        rejected: how often a memory was refused, at its growth or from the start.
        report: takes what a signal handler raised while the pool's code ran inside the engine; by
            default Python's hook for exceptions that nobody catches.
    """

    def __init__(self, limit: int) -> None:
        """Args: limit: in bytes, 0 or more."""
        self.limit = limit
        self.used = 0
        self.in_use: dict[int, _Memory] = {}
        self.rejected = 0
        self.report: Report = report_as_uncaught
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

    @contextlib.contextmanager
    def giving_back(self) -> Iterator[None]:
        """A context in which a module is instantiated; where that fails, its memory is given back.

        The engine keeps it until the store is freed, as other instances might have functions of the
        failed one in their tables. Here none has: modules share no tables.
        """
        known = frozenset(self.in_use)
        try:
            yield
        except BaseException:
            for address in self.in_use.keys() - known:
                memory = self.in_use[address]
                if address_space.vacate(address, memory.size):
                    self.count(memory, 0)
            raise

    def create_memory(self, capacity: int, guard: int) -> "_Memory":
        """Make a memory for the engine, which has nothing until it grows.

        Args:
            capacity: bytes it can grow to without moving.
            guard: bytes behind these that must never become usable.
        """
        counted = not getattr(self._thread, "uncounted", False)
        return _Memory(self if counted else None, capacity, guard)

    def count_no_more(self, address: int) -> None:
        """The memory at an address is not used any more: it counts no more."""
        memory = self.in_use.get(address)
        if memory is not None:
            self.count(memory, 0)

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
            self.used, memory.counted = used, size


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
        address: of its first byte; 0 where it has none, as before it first grows.
        size: bytes it has now.
        capacity: bytes it can grow to.
        counted: bytes that the pool counts as its.
    """

    def __init__(self, pool: MemoryPool | None, capacity: int, guard: int) -> None:
        self._pool = pool
        self._span = capacity + guard
        self.capacity = capacity
        self.size = 0
        self.counted = 0
        self.address = 0
        self._place: list[int] = []  # the address, even before an interrupted `_reserve` goes on

    def grow(self, size: int) -> None:
        """Make it larger; the first time its address space is reserved.

        Args:
            size: bytes it shall have, at least as many as now.

        Raises:
            MemoryLimitExceeded: the pool's limit does not allow it.
            MemoryError: the system has no memory or address space for it, or what is reserved ends
                before.
        """
        if size > self.capacity:
            raise MemoryError(f"{size} bytes wanted, address space is reserved for {self.capacity}")
        self._count(size)
        try:
            if not self.address:
                self._reserve()
            address_space.make_usable(self.address + self.size, size - self.size)
        except MemoryError:
            self._count(self.size)
            raise
        self.size = size

    def _reserve(self) -> None:
        if not self._place:
            address_space.reserve(self._span, self._place)
        [address] = self._place
        if self._pool is not None:
            self._pool.in_use[address] = self
        self.address = address

    def free(self) -> None:
        """Give everything back that it has."""
        if self._pool is not None:
            self._pool.in_use.pop(self.address, None)
        self.size = 0
        place, self._place, self.address = self._place, [], 0
        if place:  # else it was given back before a signal handler interrupted the rest
            address_space.release(place[0], self._span)
        self._count(0)

    def _count(self, size: int) -> None:
        if self._pool is not None:
            self._pool.count(self, size)

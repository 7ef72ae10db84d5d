"""The thread that runs whole commands while the main thread watches for Ctrl-C.

Python runs signal handlers on the main thread only, and not while that thread is inside Wasm
(spec hazards.md, "Ctrl-C"); deep recursion through Wasm, Python and JSON needs a large stack
("small thread stacks").
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Generic, TypeVar

_STACK_SIZE = 64 * 2**20
_GLANCE = 0.1
"""Seconds between two looks at what else there is to do while work runs.

A signal that comes just before a wait begins does not end that wait, and work that is just about to
begin may miss that it is to end."""

T = TypeVar("T")


class Worker:
    """One thread with a large stack; only the main thread gives it work, one piece at a time.

    Attributes:
        interrupted: whether Ctrl-C was pressed during the last piece of work.
    """

    def __init__(self) -> None:
        self.interrupted = False
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        before = threading.stack_size(_STACK_SIZE)
        try:
            # A daemon, so that work that cannot be stopped does not keep the process alive.
            threading.Thread(target=self._serve, name="worker", daemon=True).start()
        finally:
            threading.stack_size(before)

    def run(
        self,
        work: Callable[[], T],
        *,
        stop: Callable[[], None],
        on_interrupt: Callable[[int], None],
        tick: Callable[[], None],
    ) -> T:
        """Runs the work on the thread and waits for its end, whatever Ctrl-C does meanwhile.

        Args:
            work: what to run.
            stop: asks the work to end; called at the first Ctrl-C, and again and again from then
                on until the work has ended.
            on_interrupt: called at each Ctrl-C, with how many there were.
            tick: called ten times a second while the work runs.

        Returns:
            What the work returns; what it raises is raised here.
        """
        events: SimpleQueue[_Outcome[T] | None] = SimpleQueue()  # None: Ctrl-C was pressed
        self.interrupted = False
        count = 0
        with self._interrupts_go_to(events):
            self._work.put(lambda: events.put(_Outcome(work)))
            while True:
                try:
                    event = events.get(timeout=_GLANCE)
                except Empty:
                    tick()
                    if count:
                        stop()
                    continue
                if event is not None:
                    return event.value()
                count += 1
                stop()
                on_interrupt(count)

    def stop(self) -> None:
        """Ends the thread after the work it has."""
        self._work.put(None)

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            work()

    @contextmanager
    def _interrupts_go_to(self, events: "SimpleQueue[_Outcome[T] | None]") -> Iterator[None]:
        before = signal.getsignal(signal.SIGINT)
        if before is signal.SIG_IGN:  # started in the background, where Ctrl-C is not for us
            yield
            return

        def interrupt(_signal: int, _frame: FrameType | None) -> None:
            self.interrupted = True
            events.put(None)

        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


class _Outcome(Generic[T]):
    """What a piece of work returned or raised."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._error: BaseException | None = None
        try:
            self._value = work()
        except BaseException as error:  # noqa: BLE001 - it is raised again on the main thread
            self._error = error

    def value(self) -> T:
        if self._error is not None:
            raise self._error
        return self._value

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from mrepl.process.worker import Worker

T = TypeVar("T")


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.stop()


class _Ctrl:
    """What a worker does at Ctrl-C."""

    def __init__(self) -> None:
        self.stops = 0
        self.presses: list[tuple[int, int]] = []
        self.changed = threading.Condition()

    def stop(self) -> None:
        with self.changed:
            self.stops += 1
            self.changed.notify_all()

    def on_interrupt(self, count: int) -> None:
        with self.changed:
            self.presses.append((count, threading.get_ident()))
            self.changed.notify_all()


def _run(worker: Worker, work: Callable[[], T], ctrl: _Ctrl | None = None) -> T:
    ctrl = ctrl or _Ctrl()
    return worker.run(work, stop=ctrl.stop, on_interrupt=ctrl.on_interrupt, tick=lambda: None)


def _press_ctrl_c() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def test_work_runs_on_one_other_thread_and_gives_its_result(worker: Worker) -> None:
    threads = [_run(worker, threading.get_ident) for _ in range(3)]
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()
    assert not worker.interrupted


def test_what_work_raises_is_raised_here(worker: Worker) -> None:
    with pytest.raises(ZeroDivisionError):
        _run(worker, lambda: 1 // 0)
    assert _run(worker, lambda: "next") == "next"


def test_work_may_recurse_deeply(worker: Worker) -> None:
    def depth(levels: int) -> int:
        return 0 if levels == 0 else 1 + max(map(depth, [levels - 1]))

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        assert _run(worker, lambda: depth(2_000)) == 2_000
    finally:
        sys.setrecursionlimit(before)


def test_ctrl_c_reaches_the_main_thread_and_the_result_is_not_lost(worker: Worker) -> None:
    ctrl = _Ctrl()

    def press_twice() -> str:
        for presses in (1, 2):
            _press_ctrl_c()
            with ctrl.changed:
                assert ctrl.changed.wait_for(lambda: len(ctrl.presses) == presses, 30)  # noqa: B023
        return "result"

    assert _run(worker, press_twice, ctrl) == "result"
    assert ctrl.presses == [(1, threading.get_ident()), (2, threading.get_ident())]
    assert worker.interrupted
    assert _run(worker, lambda: "next") == "next"
    assert not worker.interrupted


def test_work_that_missed_the_stop_is_told_again(worker: Worker) -> None:
    ctrl = _Ctrl()

    def press_once() -> str:
        _press_ctrl_c()
        with ctrl.changed:
            assert ctrl.changed.wait_for(lambda: ctrl.stops >= 3, 30)
        return "result"

    assert _run(worker, press_once, ctrl) == "result"
    assert len(ctrl.presses) == 1


def test_nobody_is_stopped_without_ctrl_c(worker: Worker) -> None:
    ctrl = _Ctrl()
    _run(worker, lambda: None, ctrl)
    assert (ctrl.stops, ctrl.presses) == (0, [])


def test_afterwards_ctrl_c_means_what_it_meant_before(worker: Worker) -> None:
    before = signal.getsignal(signal.SIGINT)
    _run(worker, lambda: None)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_signal_that_the_parent_ignores_stays_ignored(worker: Worker) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _run(worker, _press_ctrl_c)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not worker.interrupted

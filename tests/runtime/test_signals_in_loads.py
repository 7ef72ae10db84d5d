"""What a signal handler raises during a load leaves nothing in between, whenever it comes."""

import sys
from itertools import count
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import pytest

from runtime import Service, ServiceConfig
from runtime.engine import memory_pool
from tests.support.versions import asking, counting

MODULE_SIZE = 4 * 65_536


class Raised(TimeoutError):
    """Raised as by the handler of a timer; it is an OSError, but no refusal of the system's."""


class Raising:
    """A context that raises at one of the moments in which Python runs signal handlers.

    These are the beginnings of functions and the ends of calls of functions in C.

    Args:
        function: in which, or in what it calls, it raises.
        moment: which one in there, counted from 1.
    """

    def __init__(self, function: str, moment: int) -> None:
        self._function = function
        self._left = moment

    def _see(self, frame: FrameType, event: str, _argument: object) -> None:
        if event not in {"call", "c_return"}:
            return
        caller: FrameType | None = frame
        while caller is not None and caller.f_code.co_name != self._function:
            caller = caller.f_back
        if caller is not None:
            self._left -= 1
            if self._left == 0:
                sys.setprofile(None)
                raise Raised

    def __enter__(self) -> Self:
        sys.setprofile(self._see)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        sys.setprofile(None)

    @property
    def was_past_the_end(self) -> bool:
        """Whether there was no such moment."""
        return self._left > 0


@pytest.mark.skipif(not memory_pool.EXACT, reason="this system allows no exact memory limit")
def test_memory_counts_once_or_not_at_all_wherever_its_making_is_interrupted() -> None:
    with Service(ServiceConfig(total_memory_limit=2 * MODULE_SIZE)) as service:
        for moment in count(1):
            interrupted = Raising("_new_memory", moment)
            try:
                with interrupted:
                    service.load("m", counting(moment))
            except Raised:
                service.load("m", counting(moment))
            service.load("other", counting(0))
            assert service.call("m", "version") == moment
            service.unload("m")
            service.unload("other")
            if interrupted.was_past_the_end:
                break
    assert moment > 10


@pytest.mark.parametrize("stays", [True, False], ids=["a part", "all"])
def test_modules_come_anew_together_wherever_the_last_step_is_interrupted(
    tmp_path: Path, stays: bool
) -> None:
    paths = [tmp_path / f"{name}.wasm" for name in ("source", "relay")]
    paths[0].write_bytes(counting(0))
    paths[1].write_bytes(asking("source"))
    # There is room for the old ones and the new ones once, and so for none that was lost.
    limit = (4 + stays) * MODULE_SIZE
    with Service(ServiceConfig(total_memory_limit=limit), modules=paths) as service:
        if stays:
            service.load("stays", counting(1))
        for moment in count(1):
            paths[0].write_bytes(counting(moment))
            interrupted = Raising("_take_over", moment)
            try:
                with interrupted:
                    service.reload()
            except Raised:
                assert not service.changed_modules()
            assert service.call("source", "version") == moment
            assert service.call("relay", "version") == moment
            if interrupted.was_past_the_end:
                break
    assert moment > 10

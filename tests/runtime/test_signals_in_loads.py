"""What a signal handler raises during a load leaves nothing in between, whenever it comes."""

import dis
import gc
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Self

import pytest

from runtime import Service, ServiceConfig
from runtime.engine import memory_pool
from tests.support.usage import STATUS, usage
from tests.support.versions import asking, counting

if TYPE_CHECKING:
    from _typeshed import TraceFunction

MODULE_SIZE = 4 * 65_536

GIBIBYTE_IN_MIB = 1024


_CALLS = {"CALL", "CALL_FUNCTION_EX", "CALL_KW"}
"""Instructions that call a function."""


class Raised(TimeoutError):
    """Raised as by the handler of a timer; it is an OSError, but no refusal of the system's."""


class Raising:
    """A context that raises at one of the moments in which Python runs signal handlers.

    These are the beginnings of functions and the ends of calls. `sys.setprofile` would not tell of
    the calls of `ctypes`, so every instruction is looked at.

    Args:
        function: in which, or in what it calls, it raises.
        moment: which one in there, counted from 1.
    """

    def __init__(self, function: str, moment: int) -> None:
        self._function = function
        self._left = moment
        self._calling: set[FrameType] = set()

    def _see(self, frame: FrameType, event: str, _argument: object) -> "TraceFunction | None":
        if event == "call":
            if not self._is_inside(frame):
                return None
            frame.f_trace_opcodes = True
            self._pass_moment()
        elif event == "opcode":
            if frame in self._calling:
                self._calling.discard(frame)
                self._pass_moment()
            if dis.opname[frame.f_code.co_code[frame.f_lasti]] in _CALLS:
                self._calling.add(frame)
        return self._see

    def _is_inside(self, frame: FrameType | None) -> bool:
        while frame is not None and frame.f_code.co_name != self._function:
            frame = frame.f_back
        return frame is not None

    def _pass_moment(self) -> None:
        self._left -= 1
        if self._left == 0:
            sys.settrace(None)
            raise Raised

    def __enter__(self) -> Self:
        self._outer = sys.gettrace()
        gc.disable()  # what is raised in the finalizers that it calls is lost
        sys.settrace(self._see)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        sys.settrace(self._outer)
        gc.enable()

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


@pytest.mark.skipif(
    not (memory_pool.EXACT and STATUS.exists()), reason="Linux tells of a process's address space"
)
def test_no_address_space_is_lost_wherever_the_making_of_a_memory_is_interrupted() -> None:
    def load(moment: int) -> bool:
        interrupted = Raising("_new_memory", moment)
        config = ServiceConfig(total_memory_limit=2 * MODULE_SIZE)
        with Service(config) as service, suppress(Raised), interrupted:
            service.load("m", counting(moment))
        return interrupted.was_past_the_end

    load(0)
    before = usage()
    for moment in count(1):
        if load(moment):
            break
    assert moment > 10
    # Each memory has at least 4 GiB of it.
    assert (usage() - before).address_space < GIBIBYTE_IN_MIB


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

"""Running a process of the host within bounds of time and output, its whole group with it.

POSIX only: a process and its descendants are one process group in a session of their own, so that
they can be killed together and get no signals from the terminal. A descendant that leaves the group
is found by its environment, on Linux (`descendants.py`); one that is not found escapes the killing,
never the bounds on our waiting.
"""

import atexit
import contextlib
import math
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from runtime.engine.interruption import StopRequest
from runtime.forking import hold_during_fork
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.descendants import RUN_VARIABLE, kill_descendants
from runtime.host.guard import guarded
from runtime.keyboard_interrupts import keyboard_interrupts_deferred

_CHUNK_BYTES = 64 * 1024

_SHORTEST_PAUSE = 0.000_5
_LONGEST_PAUSE = 0.04
"""Seconds between two looks at the process while it prints nothing; they double from the shortest
to the longest. Output ends a pause at once."""

_LAST_OUTPUT_SECONDS = 0.5
"""How long descendants may go on printing once the process itself has ended."""

_GUARDED_AFTER = 0.1
"""Seconds after which a process is worth a guard, which takes about as long as starting it did."""

_KILL_SECONDS = 2.0
"""How long to wait for a killed process: the system can hold one back, for a dead disk say."""


class Stop(Enum):
    """Why a process was killed."""

    TIME = "time"
    OUTPUT = "output"
    CANCELLED = "cancelled"


@frozen_dataclass
class ProcessOutcome:
    """How a process ended.

    Attributes:
        status: its exit status; minus the signal's number if one killed it; None if it could not
            be killed and may still run.
        stop: the bound at which it was killed, if it was.
        stdout: what it printed on standard output, up to the bound.
        stderr: what it printed on standard error, up to the bound.
    """

    status: int | None
    stop: Stop | None
    stdout: bytes
    stderr: bytes


_running: dict[subprocess.Popen[bytes], str] = {}
"""The processes under way, and the value of `RUN_VARIABLE` that each was given."""
_running_lock = threading.RLock()  # re-entrant, for a signal handler that ends all processes
hold_during_fork(_running_lock)


def run_bounded_process(
    command: Sequence[bytes],
    *,
    environment: Mapping[str, str],
    seconds: float | None,
    output_bytes: int,
    cancelled: StopRequest,
) -> ProcessOutcome:
    """Run a command, without a shell and with nothing to read, until it and its output end.

    Whatever happens, no process of its group is left at the return: background processes that it
    started and left behind are killed too, half a second after its own end at the latest. The
    process ends with this one, at the latest, if it has run for a tenth of a second.

    Args:
        command: the executable's absolute path and its arguments.
        environment: all its environment variables, besides `RUN_VARIABLE`.
        seconds: kill it after this time; None for no limit.
        output_bytes: kill it when it has printed more than this, on both streams together.
        cancelled: kill it when this is set, noticed within 50 ms.

    Raises:
        OSError: when the system cannot start it, or would not tell its status.
        ValueError: when a part of the command contains a NUL.
    """
    with contextlib.ExitStack() as ending:
        with keyboard_interrupts_deferred():  # inside Popen it would lose a process just started
            process = _start(command, environment)
            ending.callback(_end, process)
        assert process.stdout is not None  # Popen was given a PIPE: this is for the type only
        assert process.stderr is not None
        stdout, stderr = bytearray(), bytearray()
        outputs = {process.stdout.fileno(): stdout, process.stderr.fileno(): stderr}
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        stop = _read_until_end(
            process,
            outputs,
            deadline,
            output_bytes,
            cancelled,
            guard=lambda: ending.enter_context(guarded(process.pid, _running[process])),
        )
    return ProcessOutcome(process.returncode, stop, bytes(stdout), bytes(stderr))


def end_all_processes() -> None:
    """Kill all processes under way, in whatever thread; also done when Python exits."""
    with _running_lock:
        for process in tuple(_running):
            _kill(process)


atexit.register(end_all_processes)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_running.clear)  # they are the other process's


def _start(command: Sequence[bytes], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:  # Popen would tell 0 for every status
        raise ChildProcessError("this process ignores SIGCHLD, which hides the status of others")
    run = os.urandom(16).hex()
    with _running_lock:  # so that no process starts unseen by `end_all_processes`
        process = subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, RUN_VARIABLE: run},
            start_new_session=True,
        )
        _running[process] = run
    return process


def _read_until_end(
    process: subprocess.Popen[bytes],
    outputs: Mapping[int, bytearray],
    deadline: float,
    room: int,
    cancelled: StopRequest,
    *,
    guard: Callable[[], None],
) -> Stop | None:
    """Collect the output by descriptor until the process ends, or has to be killed: then why.

    If it takes long, the guard is called, once.
    """
    reading_ends = math.inf
    guarded_from = time.monotonic() + _GUARDED_AFTER
    pause = _SHORTEST_PAUSE
    with selectors.DefaultSelector() as selector:
        for descriptor in outputs:
            selector.register(descriptor, selectors.EVENT_READ)
        while True:
            ready = selector.select(pause)
            pause = _SHORTEST_PAUSE if ready else min(2 * pause, _LONGEST_PAUSE)
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK_BYTES)
                if not chunk:
                    selector.unregister(key.fd)
                outputs[key.fd].extend(chunk[:room])
                if len(chunk) > room:
                    return Stop.OUTPUT
                room -= len(chunk)
            now = time.monotonic()
            if process.poll() is not None:
                reading_ends = min(reading_ends, now + _LAST_OUTPUT_SECONDS)
                if not selector.get_map() or now >= reading_ends or cancelled.is_set():
                    return None
            elif cancelled.is_set():
                return Stop.CANCELLED
            elif now >= deadline:
                return Stop.TIME
            elif now >= guarded_from:
                guard()
                guarded_from = math.inf


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    with contextlib.suppress(subprocess.TimeoutExpired):  # then `returncode` stays None
        process.wait(_KILL_SECONDS)
    if process.returncode is not None:  # else `end_all_processes` tries again
        with _running_lock:
            _running.pop(process, None)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill its group, and its descendants outside of that."""
    # The group's id is free for others once its last process is gone, but the system gives it out
    # again only after all other ids: not in the moment between that and the end of the run.
    #
    # No such group: nothing is left of it. No permission: nothing is left but ended processes
    # (macOS), or those of another user, and `_end` sees that the process goes on.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    run = _running.get(process)
    if run is not None:
        kill_descendants(process.pid, run, seconds=_KILL_SECONDS)

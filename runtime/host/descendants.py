"""Finding the descendants of a process that left its process group (`setsid`, daemons).

On Linux only, where `/proc` shows the environment that each process of the same user was started
with: the descendants have inherited a variable with a value of their own. What starts its own
descendants with another environment is not found.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

RUN_VARIABLE = "MARINE_RUN"
"""The environment variable that tells the runs of mounted binaries apart."""

_PROCESSES = Path("/proc")
_PAUSE = 0.001  # seconds, for killed processes to go


def kill_descendants(first: int, run: str, *, seconds: float) -> None:
    """Kill all processes that were started with a value of `RUN_VARIABLE`, until there is none.

    One that is gone before it is looked at may have started another, as one in a chain does where
    each starts the next and ends: so they are looked for again. So is one in the midst of `execve`,
    whose environment cannot be read for that moment.

    Args:
        first: the process that was given the value: the others are younger.
        run: the value.
        seconds: how long to try at most; processes may start others meanwhile.
    """
    deadline = time.monotonic() + seconds
    mark = f"{RUN_VARIABLE}={run}".encode()
    others: set[int] = set()
    while True:
        killed = missed = False
        for process in reversed(_younger(first)):  # the newest of a chain is the one that lives
            if process in others:
                continue
            environment = _environment(process)
            if mark in environment:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
                killed = True
                continue
            missed = missed or not environment
            if environment or _has_none(process):
                others.add(process)
        if not (killed or missed) or time.monotonic() >= deadline:
            return
        if killed:
            time.sleep(_PAUSE)


def _younger(first: int) -> list[int]:
    """The ids of processes that were started after another one; the system counts them up.

    Past the highest it begins again at the lowest, but hardly comes around during one run.
    """
    try:
        last = int((_PROCESSES / "loadavg").read_bytes().split()[-1])
        if last == first:  # most binaries start no others, and this is all it takes then
            return []
        names = os.listdir(_PROCESSES)  # noqa: PTH208 - a tenth of the time
    except (OSError, ValueError, IndexError):  # not Linux
        return []
    numbers = sorted(int(name) for name in names if name.isdecimal())
    if last > first:
        return [number for number in numbers if first < number <= last]
    return [number for number in numbers if number > first or number <= last]


def _environment(process: int) -> list[bytes]:
    """Empty for processes that have ended, for those of other users, and during `execve`."""
    try:
        environment = (_PROCESSES / str(process) / "environ").read_bytes()
    except OSError:
        return []
    return environment.split(b"\0") if environment else []


def _has_none(process: int) -> bool:
    """Whether a process whose environment was found empty has none that could be read later.

    It has ended, is the system's own or another user's, or was started with an empty one.
    """
    directory = _PROCESSES / str(process)
    try:
        (directory / "exe").readlink()
        # Where the environment lies in memory, after a name in brackets; 0 during `execve`.
        start, end = (directory / "stat").read_bytes().rpartition(b")")[2].split()[47:49]
    except (OSError, ValueError):
        return True
    return start == end != b"0"

"""Ending processes when this one dies without a chance to end them itself.

A process that is killed (`SIGKILL`, or a signal that it does not handle) runs no code any more. So
a shell waits on a pipe that only this process holds: the system closes it, however the process
ends. The system's own means, `PR_SET_PDEATHSIG`, would end the process with the thread that started
it, and has to be set between fork and exec, where Python code is not safe.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.host.descendants import RUN_VARIABLE
from runtime.keyboard_interrupts import keyboard_interrupts_deferred

_GUARD = """
read -r _
kill -s KILL -- "-$1"
looks=0
without=0
while [ $looks -lt 1000 ] && [ $without -lt 10 ]; do
    looks=$((looks + 1))
    without=$((without + 1))
    for environment in $(grep -ls "$2" /proc/[0-9]*/environ); do
        without=0
        process=${environment#/proc/}
        kill -s KILL "${process%/environ}"
    done
done
"""
"""Kills a group, and on Linux what has a mark in its environment: until ten looks in a row find
nothing, since a process can start another unseen, and has no environment while it is in `execve`.
"""


@contextmanager
def guarded(group: int, run: str) -> Iterator[None]:
    """A context during which a process and its descendants are killed when this process dies.

    It takes a millisecond or two. Where no shell can be started, it does nothing.

    Args:
        group: the id of a process group that this process started.
        run: the value of `RUN_VARIABLE` that its processes were given.
    """
    guard: subprocess.Popen[bytes] | None = None
    try:
        with keyboard_interrupts_deferred():  # inside Popen it would lose a process just started
            guard = _start(group, run)
        yield
    finally:
        if guard is not None:
            guard.kill()  # before its pipe closes: the group may be gone by now, its id another's
            guard.wait()
            assert guard.stdin is not None  # Popen was given a PIPE: this is for the type only
            guard.stdin.close()


def _start(group: int, run: str) -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "sh", str(group), f"{RUN_VARIABLE}={run}"],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except OSError:  # no process or descriptor is left, say
        return None

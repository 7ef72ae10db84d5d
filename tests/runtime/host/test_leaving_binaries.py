"""Nothing that a mounted binary starts outlives it, and it does not outlive this process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.host import bounded_process, descendants, guard
from runtime.host.mounted_binary import KILLED
from runtime.host.mounted_binary_limits import MountedBinaryLimits
from tests.support.binaries import Lifeline, run, script

LINUX = sys.platform == "linux"

DAEMON = """
import os, sys, time
lifeline = os.open(sys.argv[1], os.O_WRONLY)
ready, telling = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for stream in (0, 1, 2):
            os.close(stream)
        os.write(telling, b"x")
        time.sleep(600)
    os._exit(0)
os.read(ready, 1)
"""
"""Leaves a daemon as the books tell: in a session of its own, without the streams or a parent."""

SELF_EXECUTING = """
import os, sys, time
lifeline = os.open(sys.argv[1], os.O_WRONLY)
os.set_inheritable(lifeline, True)
ready, telling = os.pipe()
if os.fork() == 0:
    os.setsid()
    for stream in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    os.execv(sys.argv[2], [sys.argv[2], "3000"])
os.close(telling)
os.read(ready, 1)
"""
"""Leaves a daemon that is in `execve` most of the time: what it becomes is `self_executing`."""

SESSION = """
import contextlib, sys, threading
from pathlib import Path
from runtime.host import bounded_process
from runtime.host.mounted_binary import MountedBinaryLimits, run_mounted_binary

guarded = bounded_process.guarded

@contextlib.contextmanager
def told(group, run):
    with guarded(group, run):
        print("guarded", flush=True)
        yield

bounded_process.guarded = told
limits = MountedBinaryLimits(seconds=None)
run_mounted_binary(Path(sys.argv[1]), sys.argv[2:], limits=limits, cancelled=threading.Event())
"""
"""Runs a binary, and says so when it is guarded."""


@pytest.mark.skipif(not LINUX, reason="/proc shows the daemon")
def test_a_daemon_ends_with_the_binary_that_started_it(tmp_path: Path, lifeline: Lifeline) -> None:
    path = script(tmp_path, DAEMON + "print('done')", sys.executable)
    assert run(path, [str(lifeline.path)]) == (0, "", b"done\n", b"")
    lifeline.wait_for(b"")


@pytest.mark.skipif(not LINUX, reason="/proc shows the daemon")
def test_a_daemon_ends_with_the_time_limit_of_the_binary(
    tmp_path: Path, lifeline: Lifeline
) -> None:
    started = "os.write(lifeline, b'started'); time.sleep(600)"
    path = script(tmp_path, DAEMON + started, sys.executable)
    code, error, _, _ = run(path, [str(lifeline.path)], limits=MountedBinaryLimits(seconds=3.0))
    assert (code, error) == (KILLED, f"{path}: killed: it ran longer than its limit of 3 s")
    lifeline.wait_for(b"started")
    lifeline.wait_for(b"")


@pytest.fixture
def self_executing(tmp_path: Path) -> Path:
    """A script that starts itself again and again, some seconds long, and then waits."""
    path = tmp_path / "self_executing"
    path.write_text('#!/bin/sh\n[ $1 = 0 ] || exec "$0" $(($1 - 1))\nsleep 600\n')
    path.chmod(0o755)
    return path


@pytest.mark.skipif(not LINUX, reason="/proc shows the daemon")
def test_a_daemon_that_executes_itself_ends_with_the_binary(
    tmp_path: Path, lifeline: Lifeline, self_executing: Path
) -> None:
    path = script(tmp_path, SELF_EXECUTING, sys.executable)
    for _ in range(20):  # who looks once only misses it in every fourth run or so
        assert run(path, [str(lifeline.path), str(self_executing)]) == (0, "", b"", b"")
        lifeline.wait_for(b"")


@pytest.mark.skipif(not LINUX, reason="/proc shows the process")
def test_a_process_without_an_environment_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = []
    look = descendants._environment

    def noted_look(process: int) -> list[bytes]:
        looked_at.append(process)
        return look(process)

    monkeypatch.setattr(descendants, "_environment", noted_look)
    waiting = ["/bin/sh", "-c", "echo; read line"]
    with subprocess.Popen(
        waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"  # it is past `execve`
        descendants.kill_descendants(os.getpid(), "mark", seconds=30)
        process.communicate(b"go\n", timeout=30)
    assert looked_at.count(process.pid) == 1


@pytest.mark.skipif(not LINUX, reason="/proc shows the process")
def test_processes_with_another_mark_are_left_alone() -> None:
    sleeping = ["/bin/sh", "-c", "read line"]
    for environment in ({descendants.RUN_VARIABLE: "another"}, {}):
        with subprocess.Popen(sleeping, stdin=subprocess.PIPE, env=environment) as other:
            descendants.kill_descendants(os.getpid(), "mark", seconds=0)
            other.communicate(b"go\n", timeout=30)
        assert other.returncode == 0


@pytest.mark.skipif(not LINUX, reason="/proc shows the processes")
@pytest.mark.parametrize("first", [0, 2**40])
def test_marked_processes_are_found_where_the_numbers_begin_again(first: int) -> None:
    """As if the binary had the lowest number of all, and the highest."""
    environment = {descendants.RUN_VARIABLE: "mark"}
    command = ["/bin/sh", "-c", "read line"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as other:
        descendants.kill_descendants(first, "mark", seconds=30)
    assert other.returncode == -signal.SIGKILL


@pytest.mark.skipif(not LINUX, reason="/proc shows the processes")
def test_a_process_that_starts_another_and_ends_before_it_is_looked_at_is_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a chain of processes that each start the next one."""
    environment = {descendants.RUN_VARIABLE: "mark"}
    command = ["/bin/sh", "-c", "read line"]
    chain = [subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)]
    look = descendants._environment

    def look_too_late(process: int) -> list[bytes]:
        if process == chain[-1].pid and len(chain) < 5:
            chain.append(subprocess.Popen(command, stdin=subprocess.PIPE, env=environment))
            chain[-2].communicate(b"end\n", timeout=30)
        return look(process)

    monkeypatch.setattr(descendants, "_environment", look_too_late)
    try:
        descendants.kill_descendants(os.getpid(), "mark", seconds=30)
        assert chain[-1].wait(30) == -signal.SIGKILL
    finally:
        chain[-1].kill()
        chain[-1].communicate()
    assert len(chain) == 5


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_binary_ends_with_a_session_that_is_killed(
    tmp_path: Path, lifeline: Lifeline, number: signal.Signals
) -> None:
    path = script(tmp_path, f"exec 3>'{lifeline.path}'; trap '' TERM HUP; sleep 600; sleep 600")
    _end_session(path, number)
    lifeline.wait_for(b"")


@pytest.mark.skipif(not LINUX, reason="/proc shows the daemon")
def test_a_daemon_ends_with_a_session_that_is_killed(tmp_path: Path, lifeline: Lifeline) -> None:
    path = script(tmp_path, DAEMON + "time.sleep(600)", sys.executable)
    _end_session(path, signal.SIGKILL, os.fspath(lifeline.path))
    lifeline.wait_for(b"")


@pytest.mark.skipif(not LINUX, reason="/proc shows the daemon")
def test_a_daemon_that_executes_itself_ends_with_a_session_that_is_killed(
    tmp_path: Path, lifeline: Lifeline, self_executing: Path
) -> None:
    path = script(tmp_path, SELF_EXECUTING + "time.sleep(600)", sys.executable)
    for _ in range(6):
        _end_session(path, signal.SIGKILL, os.fspath(lifeline.path), os.fspath(self_executing))
        lifeline.wait_for(b"")


def _end_session(path: Path, number: signal.Signals, *arguments: str) -> None:
    """Run a binary in a session, and end the latter with a signal once the binary is guarded."""
    with subprocess.Popen(
        [sys.executable, "-c", SESSION, path, *arguments],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"guarded\n"
        process.send_signal(number)
        try:
            assert process.wait(30) == -number
        finally:
            process.kill()  # else the end of `with` would wait for it


def test_a_guarded_run_leaves_no_process_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards = []
    start = guard._start

    def kept_start(group: int, run: str) -> subprocess.Popen[bytes] | None:
        guards.append(start(group, run))
        return guards[-1]

    monkeypatch.setattr(bounded_process, "_GUARDED_AFTER", 0.0)
    monkeypatch.setattr(guard, "_start", kept_start)
    assert run(script(tmp_path, "sleep 0.1; echo done"))[2] == b"done\n"
    assert [each and each.returncode for each in guards] == [-signal.SIGKILL]


def test_both_streams_may_be_flooded_at_once(tmp_path: Path) -> None:
    path = script(tmp_path, "yes & yes >&2")
    limits = MountedBinaryLimits(output_bytes=1_000_000)
    code, error, stdout, stderr = run(path, limits=limits)
    assert code == KILLED
    assert error.endswith("killed: it printed more than its limit of 1000000 bytes")
    assert len(stdout) + len(stderr) == 1_000_000


def test_a_huge_list_of_arguments_is_refused(tmp_path: Path) -> None:
    code, error, _, _ = run(script(tmp_path, ""), ["x"] * 2_000_000)
    assert (code, error) == (
        100_001,
        f"{tmp_path}/binary: cannot be started: Argument list too long",
    )


def test_it_runs_in_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(script(tmp_path, "pwd -P"))[2].decode() == f"{tmp_path.resolve()}\n"

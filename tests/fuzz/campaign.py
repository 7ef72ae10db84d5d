"""Fuzzes targets, each for a time in processes of its own, and tells what came of it."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from tests.fuzz.findings import keep_finding
from tests.fuzz.state_file import read_state
from tests.support.paths import PROJECT

_PROGRESS = re.compile(r"^#\d+\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/", re.MULTILINE)

_GRACE = 150
"""Seconds after which a process that should have ended is killed: its own bound for a hang, and
some more."""

_MOST_RESTARTS = 20


@dataclass(frozen=True)
class Fuzzed:
    """What came of one target.

    Attributes:
        target: its name.
        seconds: how long it was fuzzed.
        executions: how many inputs were checked.
        edges: branches of the runtime that were reached.
        features: what libFuzzer counts besides: how often, and with which values.
        corpus: inputs that reach something that no other does.
        findings: files of inputs that failed.
        trouble: why it ended before its time, if it did.
    """

    target: str
    seconds: float
    executions: int
    edges: int
    features: int
    corpus: int
    findings: tuple[Path, ...]
    trouble: str | None = None

    def __str__(self) -> str:
        text = (
            f"{self.target:10} {self.seconds:5.0f} s  {self.executions:9,} executions  "
            f"{self.edges:5} edges  {self.features:6} features  {self.corpus:5} in the corpus  "
            f"{len(self.findings)} findings"
        )
        lines = [text, *(f"    {path}" for path in self.findings)]
        return "\n".join([*lines, *([f"    {self.trouble}"] if self.trouble else [])])


@dataclass(frozen=True)
class Directories:
    """Where things are written.

    Attributes:
        work: logs, and the corpus, from which a later run goes on.
        findings: inputs that failed, by target.
    """

    work: Path
    findings: Path


def fuzz_target(
    target: str, seconds: float, directories: Directories, interrupted: Event
) -> Fuzzed:
    """Fuzz a target; a process that ends before its time is a finding, and another goes on.

    Args:
        target: its name.
        seconds: how long.
        directories: where to write.
        interrupted: ends it before its time when set.
    """
    begin = time.monotonic()
    before = set(_files(directories.findings / target))
    corpus = directories.work / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    log = directories.work / f"{target}.log"
    log.write_bytes(b"")
    executions = 0
    trouble = None
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        state = Path(name) / "state"
        for _ in range(_MOST_RESTARTS):
            left = seconds - (time.monotonic() - begin)
            if left < 1:
                break
            state.unlink(missing_ok=True)
            status = _run_worker(
                target, left, corpus, Path(name), directories.findings, log, interrupted
            )
            found = read_state(state)
            executions += found.count
            if interrupted.is_set():
                trouble = "interrupted"
                break
            if status == 0:
                break
            if found.data is None:
                trouble = f"{_ending(status)} before or between inputs; see {log}"
                break
            path = keep_finding(directories.findings, target, found.data)
            with log.open("a") as file:
                file.write(f"\nFINDING {path}: {_ending(status)}\n")
        else:
            trouble = f"ended too often; see {log}"
    taken = time.monotonic() - begin
    progress = _PROGRESS.findall(log.read_text(errors="replace"))
    edges, features, size = map(int, progress[-1]) if progress else (0, 0, 0)
    if not progress and trouble is None:
        trouble = f"it checked nothing; see {log}"
    new = tuple(sorted(set(_files(directories.findings / target)) - before))
    return Fuzzed(target, taken, executions, edges, features, size, new, trouble)


def _files(directory: Path) -> Iterator[Path]:
    return directory.glob("*") if directory.is_dir() else iter(())


def _run_worker(
    target: str,
    seconds: float,
    corpus: Path,
    scratch: Path,
    findings: Path,
    log: Path,
    interrupted: Event,
) -> int:
    """Run one process, and give its exit status; below 0 the signal that ended it."""
    seeds = scratch / "seeds"
    seeds.mkdir(exist_ok=True)
    command = [
        *(
            sys.executable,
            "-m",
            "tests.fuzz.worker",
            target,
            "--seconds",
            str(max(1, int(seconds))),
        ),
        *("--corpus", str(corpus), "--seeds", str(seeds), "--findings", str(findings)),
        *("--state", str(scratch / "state"), "--dictionary", str(scratch / "dictionary")),
    ]
    # Without a home there is no cache on disk, which thousands of modules would fill.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "WASM_LOG"))
    } | {"HOME": "/dev/null", "TMPDIR": str(scratch)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=output, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + seconds + _GRACE
        while process.poll() is None and time.monotonic() < end and not interrupted.wait(0.1):
            pass
        process.kill()
        return process.wait()


def _ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

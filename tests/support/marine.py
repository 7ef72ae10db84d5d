"""`marine`, run in this process or as a program of its own."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from mrepl.marine.cli import main
from tests.support.program import run_process

MARINE = (sys.executable, "-m", "mrepl.marine")


@dataclass(frozen=True)
class Done:
    """What a run of `marine` came to."""

    status: int
    stdout: str
    stderr: str


def marine(*arguments: object, stdin: bytes = b"") -> Done:
    """Runs `marine` in this process: quick, and without a terminal."""
    stdout, stderr = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with redirect_stdout(stdout), redirect_stderr(stderr):
            status = _status([str(argument) for argument in arguments])
    finally:
        sys.stdin = before
    return Done(status, stdout.getvalue(), stderr.getvalue())


def _status(argv: list[str]) -> int:
    try:
        return main(argv)
    except SystemExit as end:
        return int(end.code or 0)


def marine_process(*arguments: object, stdin: str = "") -> Done:
    """Runs `marine` as a program of its own, in the project's directory."""
    done = run_process(*MARINE, *map(str, arguments), stdin=stdin)
    return Done(done.returncode, done.stdout, done.stderr)

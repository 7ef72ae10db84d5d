"""`mrepl` as a program of its own, run without a terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from tests.support.paths import PROJECT

COMMAND = (sys.executable, "-m", "mrepl")
_PATIENCE = 60  # seconds until a run fails; the machine may be busy


# Variables that change what `mrepl`, pytest (`CI` has it print long lines in full) or rich prints.
_CHANGING = frozenset(
    {
        "BUILD_NUMBER",
        "CI",
        "COLUMNS",
        "FORCE_COLOR",
        "LINES",
        "MREPL_HISTORY",
        "MREPL_TRACEBACK",
        "NO_COLOR",
        "PYTEST_ADDOPTS",
        "PY_COLORS",
        "WASM_LOG",
    }
)


def environment(**variables: str) -> dict[str, str]:
    """This process's environment with the variables set, and none that change what is printed."""
    kept = {name: value for name, value in os.environ.items() if name not in _CHANGING}
    return {**kept, "LC_ALL": "C.UTF-8", **variables}


def run_mrepl(
    *arguments: str, stdin: str | bytes = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs `mrepl` in the project's directory to its end.

    Args:
        arguments: the command line.
        stdin: what it reads; bytes need not be UTF-8.
        variables: of the environment.
    """
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        cwd=PROJECT,
        env=environment(**variables),
        timeout=_PATIENCE,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def run_process(
    *command: str, stdin: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs any program in the project's directory to its end.

    Args:
        command: the program and its arguments.
        stdin: what it reads; None for nothing at all, not even an empty pipe.
        variables: of the environment.
    """
    return subprocess.run(
        command,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=environment(**variables),
        timeout=_PATIENCE,
        check=False,
    )


def json_objects(stdout: str) -> Sequence[dict[str, object]]:
    """The objects of an output of `mrepl --json`, one a line."""
    return [json.loads(line) for line in stdout.splitlines()]

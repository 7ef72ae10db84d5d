"""Running an executable for a module: the host functions of `[module.mounted_binaries]`.

Source of the rules: spec marine-runtime.md, "Host imports".
"""

import os
import signal
from pathlib import Path

from runtime.engine.interruption import StopRequest
from runtime.host.bounded_process import (
    ProcessOutcome,
    Stop,
    run_bounded_process,
)
from runtime.host.function import HostFunction
from runtime.host.mounted_binary_limits import MountedBinaryLimits
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceValue,
    RecordType,
    Scalar,
)

MOUNTED_BINARY_RESULT = RecordType(
    "MountedBinaryResult",
    (
        Field("ret_code", Scalar.S32),
        Field("error", Scalar.STRING),
        Field("stdout", Scalar.BYTE_ARRAY),
        Field("stderr", Scalar.BYTE_ARRAY),
    ),
)
"""What a mounted binary gives: its exit status, or one of the codes below with an error."""

KILLED = 100_000
"""`ret_code` of a binary that was killed: by a signal, at a bound or with the call."""

NOT_STARTED = 100_001
"""`ret_code` of a binary that could not be started."""

WRONG_ARGUMENT_COUNT = 100_002
"""`ret_code` of a call with more or fewer arguments than the one, the command."""

COMMAND_IS_NO_ARRAY = 100_003
"""`ret_code` of a call whose argument is no array."""

COMMAND_HOLDS_NO_STRINGS = 100_004
"""`ret_code` of a call whose argument is an array of something else than strings."""

ENVIRONMENT_VARIABLES = frozenset({"PATH", "HOME", "TMPDIR", "TZ", "LANG", "LANGUAGE"})
"""The variables of the host that mounted binaries see, besides those that begin with `LC_`.

All others are kept from them, because any may hold a secret.
"""


def run_mounted_binary(
    path: Path,
    arguments: list[str],
    *,
    limits: MountedBinaryLimits,
    cancelled: StopRequest,
) -> tuple[int, str, bytes, bytes]:
    """Run an executable without a shell, in the current directory, with nothing to read.

    It sees only the `ENVIRONMENT_VARIABLES`, and a variable by which the processes that it leaves
    behind are found: they end with it.

    Args:
        path: the executable; relative to the current directory, never looked up in PATH.
        arguments: its arguments, without its own name.
        limits: its bounds.
        cancelled: kills it when set.

    Returns:
        A value of `MOUNTED_BINARY_RESULT`; nothing is raised. `ret_code` is the exit status, with
        an empty error, or `KILLED` or `NOT_STARTED` with an error that says why. What it printed
        before it was killed is there too.
    """
    name = os.fsencode(path).decode("utf-8", "backslashreplace")
    if cancelled.is_set():
        return NOT_STARTED, f"{name}: not started: the call was interrupted", b"", b""
    try:
        outcome = run_bounded_process(
            [os.fsencode(path.absolute()), *(argument.encode() for argument in arguments)],
            environment=_environment(),
            seconds=limits.seconds,
            output_bytes=limits.output_bytes,
            cancelled=cancelled,
        )
    except (OSError, ValueError) as error:
        return NOT_STARTED, f"{name}: cannot be started: {_reason(path, error)}", b"", b""
    if outcome.stop is None and outcome.status is not None and outcome.status >= 0:
        return outcome.status, "", outcome.stdout, outcome.stderr
    error_text = f"{name}: {_why_killed(outcome, limits)}"
    return KILLED, error_text, outcome.stdout, outcome.stderr


def mounted_binary_function(
    name: str, path: Path, *, limits: MountedBinaryLimits, cancelled: StopRequest
) -> HostFunction:
    """The host function `name(cmd: []string) -> MountedBinaryResult` that runs an executable."""

    def run(*values: InterfaceValue) -> InterfaceValue:
        if len(values) != 1:
            return _refused(WRONG_ARGUMENT_COUNT, name, f"expected 1 argument, got {len(values)}")
        command = values[0]
        if not isinstance(command, list):
            found = type(command).__name__
            return _refused(COMMAND_IS_NO_ARRAY, name, f"expected an array, got {found}")
        arguments = [argument for argument in command if isinstance(argument, str)]
        if len(arguments) != len(command):
            return _refused(COMMAND_HOLDS_NO_STRINGS, name, "expected an array of strings only")
        return run_mounted_binary(path, arguments, limits=limits, cancelled=cancelled)

    return HostFunction(
        name=name,
        parameters=(ArrayType(Scalar.STRING),),
        result=MOUNTED_BINARY_RESULT,
        implementation=run,
    )


def _refused(code: int, name: str, error: str) -> InterfaceValue:
    return code, f"mounted binary {name!r}: {error}", b"", b""


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in ENVIRONMENT_VARIABLES or name.startswith("LC_")
    }


def _reason(path: Path, error: OSError | ValueError) -> str:
    """The system's message, and what it leaves out."""
    # os.path answers False where pathlib raises: for a directory that may not be searched.
    if not isinstance(error, OSError):
        return f"{error} in an argument"
    message = error.strerror or str(error)
    if os.path.isdir(path):  # noqa: PTH112
        return f"{message} (it is a directory)"
    if isinstance(error, FileNotFoundError) and os.path.exists(path):  # noqa: PTH110
        return f"{message} (the interpreter that its first line names)"
    return message


def _why_killed(outcome: ProcessOutcome, limits: MountedBinaryLimits) -> str:
    match outcome.stop:
        case Stop.TIME:
            reason = f"killed: it ran longer than its limit of {limits.seconds:g} s"
        case Stop.OUTPUT:
            reason = f"killed: it printed more than its limit of {limits.output_bytes} bytes"
        case Stop.CANCELLED:
            reason = "killed: the call was interrupted"
        case None:
            number = -(outcome.status or 0)
            reason = f"killed by signal {number} ({signal.strsignal(number) or 'unknown'})"
    if outcome.status is None:
        reason += "; it does not end and may still run"
    return reason

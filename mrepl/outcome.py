"""One command run: what came of it, whatever it was."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter_ns

from mrepl.command import PAGER, Command, Reply
from mrepl.command_line import parse_line
from mrepl.process.internal_errors import internal_error_text
from mrepl.session import Session
from mrepl.usage import UsageError
from runtime import MarineError


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command gave no reply.

    Attributes:
        kind: the error class's name.
        message: what happened, as `--json` gives it.
        text: the same as the shell prints it: `call failed with: …`.
        module: the module concerned, if there is one.
        function: the function concerned, if there is one.
    """

    kind: str
    message: str
    text: str
    module: str | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command line.

    Attributes:
        line: the command line itself.
        result: the command's reply, or why there is none.
        elapsed_ns: how long it took, in nanoseconds.
    """

    line: str
    result: Reply | Failure
    elapsed_ns: int

    @property
    def ok(self) -> bool:
        """Whether the command did what it was to do."""
        return self.error is None

    @property
    def error(self) -> str | None:
        """What went wrong; None where the command did what it was to do."""
        if isinstance(self.result, Failure):
            return self.result.message
        return None if self.result.verdict is None else self.result.verdict.message

    @property
    def ends_session(self) -> bool:
        """Whether the command asks the shell to end."""
        return isinstance(self.result, Reply) and self.result.ends_session


def run_line(line: str, session: Session, commands: Sequence[Command]) -> Outcome:
    """Runs one command line; on the worker's thread.

    Never raises: an unexpected exception, which is a fault of this program, is a failure too.
    """
    start = perf_counter_ns()
    activity = ""
    session.prepared_at = None
    try:
        command, arguments = parse_line(line, commands)
        activity = command.activity
        reply = command.run(session, arguments)
        if arguments.has(PAGER):
            reply = replace(reply, paged=True)
    except UsageError as error:
        failure = Failure("UsageError", str(error), str(error))
    except MarineError as error:
        failure = Failure(
            error.kind,
            error.message,
            f"{activity} failed with: {error}",
            error.module,
            error.function,
        )
    except SystemExit as error:
        failure = _exit_failure(error, activity)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not end the user's session
        failure = internal_failure(error)
    else:
        elapsed_ns = perf_counter_ns() - start if reply.elapsed_ns is None else reply.elapsed_ns
        return Outcome(line, reply, elapsed_ns)
    if session.prepared_at is not None:  # as the time of a call that succeeds
        start = session.prepared_at
    return Outcome(line, failure, perf_counter_ns() - start)


def _exit_failure(error: SystemExit, activity: str) -> Failure:
    """The failure of a command in which a host function called `sys.exit`."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    message = (
        f"a host function asked Python to exit, with {error.code!r}; only its call ends\n"
        f"  at {Path(place.filename).name}, line {place.lineno}"
    )
    return Failure("SystemExit", message, f"{activity} failed with: {message}")


def internal_failure(error: Exception) -> Failure:
    """The failure that an unexpected exception is."""
    text = internal_error_text(error)
    return Failure("InternalError", text, f"internal error: {text}")

"""Where the exceptions that end a program become its exit status."""

import sys
from collections.abc import Callable

from mrepl.process.exit_status import ExitStatus
from mrepl.process.internal_errors import internal_error_text
from mrepl.process.streams import abandon


def exit_status_of(run: Callable[[], int], *, trouble_with_streams: str) -> int:
    """Runs a program.

    Args:
        run: the program; gives its exit status.
        trouble_with_streams: what is said where standard streams fail, before the reason.

    Returns:
        The exit status; that of `ExitStatus` for an exception.

    Raises:
        SystemExit: `run` raised it, and all that it printed is written.
    """
    try:
        return _run_and_flush(run)
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        abandon(sys.stdout)
        return ExitStatus.BROKEN_PIPE
    except OSError as error:  # the disk is full, the terminal has gone, or stdout was closed
        abandon(sys.stdout)
        _tell(f"{trouble_with_streams}: {error}")
        return ExitStatus.INPUT_OUTPUT_FAILED
    except Exception as error:  # noqa: BLE001 - a fault of ours: say so without a traceback
        # While a class is made, Python puts an exception of its own around Ctrl-C's.
        if isinstance(error.__cause__, KeyboardInterrupt):
            return ExitStatus.INTERRUPTED
        _tell(f"internal error: {internal_error_text(error)}")
        return ExitStatus.INTERNAL_ERROR


def _run_and_flush(run: Callable[[], int]) -> int:
    try:
        return run()
    finally:
        sys.stdout.flush()


def _tell(message: str) -> None:
    try:
        sys.stderr.write(f"{message}\n")
        sys.stderr.flush()
    except OSError:  # it was standard error that failed: there is nobody to tell
        abandon(sys.stderr)

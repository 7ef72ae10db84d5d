"""Where the exceptions that end a program become its exit status."""

import sys
from collections.abc import Callable

from mrepl.exit_status import ExitStatus
from mrepl.internal_errors import internal_error_text
from mrepl.streams import abandon_stdout


def exit_status_of(run: Callable[[], int], *, trouble_with_streams: str) -> int:
    """Runs a program.

    Args:
        run: the program; gives its exit status.
        trouble_with_streams: what is said where standard streams fail, before the reason.

    Returns:
        The exit status; that of `ExitStatus` for an exception.
    """
    try:
        return run()
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        abandon_stdout()
        return ExitStatus.BROKEN_PIPE
    except OSError as error:  # the disk is full, or the terminal has gone
        abandon_stdout()
        sys.stderr.write(f"{trouble_with_streams}: {error}\n")
        return ExitStatus.INPUT_OUTPUT_FAILED
    except Exception as error:  # noqa: BLE001 - a fault of ours: say so without a traceback
        sys.stderr.write(f"internal error: {internal_error_text(error)}\n")
        return ExitStatus.INTERNAL_ERROR

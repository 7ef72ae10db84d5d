"""One command of `marine` run: what it cannot do, it says on standard error.

With `--json` it is an object on standard output instead, as in `mrepl --json`.
"""

import argparse
import sys
from collections.abc import Callable

from mrepl.marine.printing import print_error, print_json
from mrepl.process.exit_status import ExitStatus
from mrepl.text.error_json import error_json
from runtime import MarineError

_RECURSION_LIMIT = 5_000  # types may nest 1,024 deep, and in JSON each level takes two


def run_command(run: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Runs a command and gives the exit status.

    Args:
        run: does it; raises MarineError where it cannot.
        options: what the command line says.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(_RECURSION_LIMIT, limit))
    try:
        return run(options)
    except MarineError as error:
        if getattr(options, "json", False):
            shown = error_json(error.kind, error.message, error.module, error.function)
            print_json({"error": shown})
        else:
            print_error(error.message)
        return ExitStatus.COMMAND_FAILED
    finally:
        sys.setrecursionlimit(limit)

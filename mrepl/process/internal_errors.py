"""Faults of this program itself, told without a traceback unless one is asked for."""

import os
import traceback

TRACEBACK_VARIABLE = "MREPL_TRACEBACK"


def internal_error_text(error: BaseException) -> str:
    """One line about the exception; with `MREPL_TRACEBACK` in the environment its traceback."""
    if os.environ.get(TRACEBACK_VARIABLE):
        return "".join(traceback.format_exception(error)).rstrip()
    return (
        f"{type(error).__name__}: {error}; this is a fault of mrepl: "
        f"set {TRACEBACK_VARIABLE}=1 in the environment to see where it is"
    )

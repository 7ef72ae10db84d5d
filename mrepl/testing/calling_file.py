"""Where a call of this package is written."""

import inspect
from pathlib import Path


def directory_of_caller() -> Path:
    """The directory of the file that called the function that calls this."""
    frame = inspect.currentframe()
    called = frame and frame.f_back
    caller = called and called.f_back
    return Path() if caller is None else Path(caller.f_code.co_filename).absolute().parent

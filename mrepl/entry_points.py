"""Where the programs begin and end: Ctrl-C shows no traceback there either.

Importing modules takes most of a short run. Raised there, KeyboardInterrupt may come where Python
cannot raise it, with a traceback, and with a lock held that the imports of other threads then wait
for. The same holds while Python clears up at the end.
"""

from collections.abc import Callable

_INTERRUPTED = 130  # as in `ExitStatus`, which may not be imported yet


def mrepl() -> int:
    """Runs `mrepl` with the command line of the process; gives its exit status."""
    _begin()
    from mrepl.cli import main  # noqa: PLC0415 - see above

    return _run(main)


def marine() -> int:
    """Runs `marine` with the command line of the process; gives its exit status."""
    _begin()
    from mrepl.marine.cli import main  # noqa: PLC0415 - see above

    return _run(main)


def _begin() -> None:
    """Before anything else is imported."""
    _end_quietly()
    _learn_of_children()


def _run(main: Callable[[], int]) -> int:
    """Runs the program, now that it is imported."""
    try:
        _raise_interrupts()
        return main()
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        _end_quietly()


def _learn_of_children() -> None:
    """The exit status of other programs is told, even if what started this one ignored it."""
    import signal  # noqa: PLC0415 - see above

    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _end_quietly() -> None:
    """From here on Ctrl-C ends the process without a word."""
    import signal  # noqa: PLC0415 - see above

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _raise_interrupts() -> None:
    """From here on Ctrl-C raises KeyboardInterrupt again."""
    import signal  # noqa: PLC0415 - see above

    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)

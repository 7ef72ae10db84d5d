"""Where the programs begin and end: Ctrl-C shows no traceback there either.

Python raises KeyboardInterrupt while modules are imported too, which takes most of a short run, and
while it clears up at the end.
"""

_INTERRUPTED = 130  # as in `ExitStatus`, which may not be imported yet


def mrepl() -> int:
    """Runs `mrepl` with the command line of the process; gives its exit status."""
    try:
        from mrepl.cli import main  # noqa: PLC0415 - see above

        return main()
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        _end_quietly()


def marine() -> int:
    """Runs `marine` with the command line of the process; gives its exit status."""
    try:
        from mrepl.marine.cli import main  # noqa: PLC0415 - see above

        return main()
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        _end_quietly()


def _end_quietly() -> None:
    """From here on Ctrl-C ends the process without a word."""
    import signal  # noqa: PLC0415 - see above

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

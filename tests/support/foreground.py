"""Signals as programs find them that a user starts in the foreground."""

import signal


def act_as_in_foreground() -> None:
    """Ctrl-C and a closed terminal end this process and what it starts, however it was started.

    Run in the background or by `nohup`, all of them would ignore these.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

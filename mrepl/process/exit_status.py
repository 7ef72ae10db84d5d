"""How the process ends (spec mrepl.md, "Command line")."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit statuses of `mrepl`."""

    OK = 0
    COMMAND_FAILED = 1  # a command of a script
    NO_SERVICE = 2  # it cannot be created; argparse gives the same for wrong usage
    INTERNAL_ERROR = 70  # as sysexits.h has it, and the next one too
    INPUT_OUTPUT_FAILED = 74
    INTERRUPTED = 130  # as a shell reports what SIGINT ended
    BROKEN_PIPE = 141  # as a shell reports what SIGPIPE ended

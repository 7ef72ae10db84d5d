"""The error of a command that the shell does not understand."""


class UsageError(Exception):
    """Raised when a command line names no command, or does not have the command's form."""

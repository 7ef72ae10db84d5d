"""The Marine REPL: a shell that runs, inspects and times Marine services."""

__version__ = "0.1.0"

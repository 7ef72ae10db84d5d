"""This process's own stdout and stderr, as the place where modules write."""

import os

from runtime.terminal_text import TerminalText


class OwnOutput:
    """Passes on what the modules of a service write: safe for a terminal, else byte for byte."""

    def __init__(self) -> None:
        self._terminal_text = TerminalText()

    def __call__(self, module: str, descriptor: int, data: bytes) -> None:
        """Write what a module wrote to descriptor 1 or 2 to that of this process."""
        if os.isatty(descriptor):
            data = self._terminal_text.of(module, descriptor, data).encode()
        while data:
            data = data[os.write(descriptor, data) :]  # a pipe may take only a part at once

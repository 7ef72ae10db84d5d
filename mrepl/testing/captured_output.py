"""What modules write, as output of the test that called them."""

import codecs
import sys
from collections import defaultdict

from runtime.terminal_text import TerminalText


class CapturedOutput:
    """Writes to `sys.stdout` or `sys.stderr` of the moment, which pytest may have replaced."""

    def __init__(self) -> None:
        self._terminal_text = TerminalText()
        # A character may come in two pieces.
        self._decoders = defaultdict[tuple[str, int], codecs.IncrementalDecoder](
            lambda: codecs.getincrementaldecoder("utf-8")("replace")
        )

    def __call__(self, module: str, descriptor: int, data: bytes) -> None:
        """Write what a module wrote: safe for a terminal, as with `pytest -s`, else as it is.

        Args:
            module: the module's name.
            descriptor: 1 for stdout, 2 for stderr.
            data: what it wrote.
        """
        stream = sys.stdout if descriptor == 1 else sys.stderr
        buffer = getattr(stream, "buffer", None)
        if stream.isatty():
            stream.write(self._terminal_text.of(module, descriptor, data))
            stream.flush()
        elif buffer is None:  # a stream of text only, such as io.StringIO
            stream.write(self._decoders[module, descriptor].decode(data))
        else:
            stream.flush()
            buffer.write(data)
            buffer.flush()

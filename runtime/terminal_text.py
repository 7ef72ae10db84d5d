"""What modules write to their stdout and stderr, for a terminal."""

import codecs
from collections.abc import Iterator

from runtime.escaping import escape_text


class TerminalText:
    """Makes text for a terminal of what modules write, piece by piece."""

    def __init__(self) -> None:
        self._decoders: dict[tuple[str, int], codecs.IncrementalDecoder] = {}

    def of(self, module: str, descriptor: int, data: bytes) -> str:
        r"""What a piece shows: control characters escaped, bytes that are no UTF-8 as `\xff`.

        A character may come in two pieces: it shows with the second.

        Args:
            module: whose it is.
            descriptor: 1 for stdout, 2 for stderr.
            data: the piece.
        """
        decoder = self._decoders.get((module, descriptor))
        if decoder is None:
            decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
            self._decoders[module, descriptor] = decoder
        return escape_text(decoder.decode(data))

    def rest(self) -> Iterator[tuple[int, str]]:
        """What is left of characters that will not come whole: the descriptor and what it shows."""
        for (_, descriptor), decoder in self._decoders.items():
            text = decoder.decode(b"", final=True)
            if text:
                yield descriptor, text

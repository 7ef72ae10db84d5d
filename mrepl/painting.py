"""Marked text for a stream: with colours or without."""

from typing import TextIO

from mrepl.printing import Paint
from mrepl.process.colours import colours_wanted
from mrepl.text.marked_text import Mark, MarkedText, plain_text


def painter(stream: TextIO) -> Paint:
    """What makes text for a stream: in colours where it is a terminal that shows them."""
    return _coloured if colours_wanted(stream) else plain_text


def _coloured(text: MarkedText) -> str:
    if all(span.mark is Mark.PLAIN for span in text):  # as what stands before the first prompt
        return plain_text(text)
    from mrepl.ui.colours import coloured_text  # noqa: PLC0415 - it takes its time to import

    return coloured_text(text)

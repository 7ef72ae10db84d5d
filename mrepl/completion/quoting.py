"""Names and paths as words of a command line, in quotes where they need them."""

import re

_NEEDS_QUOTES = re.compile(r"""[\s"'\\]""")


def quoted(text: str, quote: str, *, is_closed: bool = True) -> str:
    """The word that stands for a text.

    Args:
        text: a name or a path.
        quote: the quote that the word began with, or an empty string.
        is_closed: whether the word ends with its quote; without it more can be typed.
    """
    if not quote and not _NEEDS_QUOTES.search(text):
        return text
    if quote != "'" or "'" in text:
        quote, text = '"', re.sub(r'(["\\])', r"\\\1", text)
    return f"{quote}{text}{quote if is_closed else ''}"

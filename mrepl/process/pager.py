"""Long text, page by page, in the user's own pager."""

import os


def show_pages(text: str) -> None:
    """Shows the text in `$PAGER`, by default `less`, until the user leaves it.

    Args:
        text: may hold the escape sequences of colours.
    """
    import pydoc  # noqa: PLC0415 - it takes its time to import, and is seldom wanted

    os.environ.setdefault("LESS", "-R")  # colours as colours
    pydoc.pager(text)

"""Numbers as they are typed on command lines."""

import math

_MOST_DIGITS = 9


def whole_number(text: str, least: int = 0) -> int | None:
    """The whole number of at most nine digits; None where the text is none, or below `least`."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    number = int(text)
    return number if number >= least else None


def seconds(text: str) -> float | None:
    """The number of seconds above 0; None where the text is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < math.inf else None

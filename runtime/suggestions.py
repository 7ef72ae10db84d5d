"""Near names, for messages about a name that does not exist."""

from collections.abc import Collection, Iterable
from itertools import islice

from runtime.shown_names import shown_name

_MOST_LISTED = 12

_LONGEST = 100
"""Longer names are data that strayed, not misspellings, and comparing them takes long."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: `; did you mean 'greeting'?`, or nothing.

    Args:
        name: the name that does not exist.
        known: the names that do.

    Returns:
        The text, with the nearest name that is near enough, or an empty string.
    """
    by_folded_name = {other.casefold(): other for other in known if len(other) <= _LONGEST}
    if len(name) > _LONGEST:
        return ""
    import difflib  # noqa: PLC0415 - 1 ms, and only messages about a mistake need it

    near = difflib.get_close_matches(name.casefold(), by_folded_name, n=1)
    return f"; did you mean {by_folded_name[near[0]]!r}?" if near else ""


def listing(names: Collection[str]) -> str:
    """The names in a message, or the first of many and how many more there are; or `none`."""
    shown = [shown_name(each) for each in islice(names, _MOST_LISTED)]
    more = len(names) - len(shown)
    return ", ".join([*shown, *([f"and {more} more"] if more else [])]) or "none"

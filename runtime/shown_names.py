"""Names that modules choose, as messages show them: on one line, and not too long."""

from runtime.escaping import escape_name

_LONGEST = 120
"""Characters; interface types allow 255 bytes, and WebAssembly any number."""


def shown_name(name: str) -> str:
    r"""The name as `shown_word`, in quotes where it is empty or has spaces.

    So no name makes a message look as if it were several, or says what the runtime did not, and no
    two names look alike because of what is not seen.
    """
    shown = shown_word(name)
    return shown if shown and " " not in shown else f"'{shown}'"


def shown_word(name: str) -> str:
    r"""The name, cut after 120 characters, with `\u202e` and the like for what is not seen."""
    if len(name) > _LONGEST:
        name = f"{name[:_LONGEST]}…"
    return escape_name(name)

"""Names that modules choose, as messages show them: on one line, and not too long."""

import re

_LONGEST = 120
"""Characters; interface types allow 255 bytes, and WebAssembly any number."""

_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}

_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What Python takes for printable although nothing is drawn for it: Unicode's property
Default_Ignorable_Code_Point has these besides the format characters."""


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
    if name.isprintable() and not _UNSEEN.search(name):
        return name
    return "".join(map(_shown_character, name))


def _shown_character(character: str) -> str:
    if character.isprintable() and not _UNSEEN.match(character):
        return character
    return _SHORT.get(character) or f"\\u{ord(character):04x}"

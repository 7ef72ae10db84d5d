"""Names that modules choose, as messages show them: on one line, and not too long."""

_LONGEST = 120
"""Characters; interface types allow 255 bytes, and WebAssembly any number."""

_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def shown_name(name: str) -> str:
    r"""The name, cut after 120 characters, with `\u202e` and the like for what does not print.

    So no name makes a message look as if it were several, or says what the runtime did not.
    """
    if len(name) > _LONGEST:
        name = f"{name[:_LONGEST]}…"
    return name if name.isprintable() else "".join(map(_shown_character, name))


def _shown_character(character: str) -> str:
    if character.isprintable():
        return character
    return _SHORT.get(character) or f"\\u{ord(character):04x}"

"""The last line of an error's message about a module that was stopped in the middle of its work."""

from runtime.errors import MarineError


def torn_note(module: str, *, has_file: bool) -> str:
    """The line, which says what makes the module sound again."""
    remedy = "reload it to start it anew" if has_file else "load it anew"
    return f"{_beginning(module)}{remedy}"


def text_without_torn_note(error: BaseException) -> str:
    """An error's class and message, for the message of another service's error.

    What to reload there is for who used that service; here no such module is known.
    """
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, MarineError) and error.torn_module is not None:
        text = text.partition(_beginning(error.torn_module))[0]
    return text


def _beginning(module: str) -> str:
    return f"\n  module {module!r} was stopped midway, its state may be inconsistent: "

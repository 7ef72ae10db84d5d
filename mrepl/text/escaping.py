"""What modules and users have chosen made safe to print, as the runtime does."""

from mrepl.text.display_width import clipped
from runtime.escaping import escape_json, escape_line, escape_text

__all__ = ["escape_json", "escape_line", "escape_text", "escape_word"]

_LONGEST_WORD = 60  # columns


def escape_word(text: str, longest: int = _LONGEST_WORD) -> str:
    r"""What the user typed as a message repeats it: as `escape_line`, cut to 60 columns or so."""
    return clipped(escape_line(text[: 4 * longest]), longest)

"""One completion of a line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Completion:
    """Text that may take the place of what has been typed.

    Attributes:
        start: where in the line the text begins that it replaces, up to the cursor.
        text: what it puts there.
        shown: how a menu names it.
        about: what a menu says of it besides.
        back: how many characters before the end of `text` the cursor is to be then.
        selected: how many characters before that place are only there to be typed over.
    """

    start: int
    text: str
    shown: str
    about: str = ""
    back: int = 0
    selected: int = 0

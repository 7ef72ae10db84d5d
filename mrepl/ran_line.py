"""A command line that was run, and what came of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RanLine:
    """A command line of a session.

    Attributes:
        line: as it was typed.
        command: the long name of its command; None where there is none of the name it begins with.
        error: why it failed; None where it did not.
        elapsed_ns: how long it took, in nanoseconds.
    """

    line: str
    command: str | None
    error: str | None
    elapsed_ns: int

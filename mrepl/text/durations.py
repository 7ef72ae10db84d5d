"""Durations as text (spec mrepl.md, "Transcript")."""

_UNITS = ((1_000_000_000, 9, "s"), (1_000_000, 6, "ms"), (1_000, 3, "µs"))


def duration_text(nanoseconds: int) -> str:
    """The duration in the largest unit in which it is at least 1: `170.740194ms`, `1.5s`, `912ns`.

    Exact: up to nine decimals, trailing zeros left out.

    Args:
        nanoseconds: at least 0.
    """
    for size, decimals, unit in _UNITS:
        if nanoseconds >= size:
            whole, rest = divmod(nanoseconds, size)
            fraction = f"{rest:0{decimals}}".rstrip("0")
            return f"{whole}.{fraction}{unit}" if fraction else f"{whole}{unit}"
    return f"{nanoseconds}ns"

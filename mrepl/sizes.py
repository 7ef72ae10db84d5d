"""Sizes in bytes as text (spec marine-runtime.md, "Statistics")."""

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def size_text(size: int) -> str:
    """The size in decimal units with one digit: `1.1 MB`; below 1 KB whole bytes: `512 B`.

    Args:
        size: bytes, at least 0.
    """
    if size < 1000:
        return f"{size} B"
    amount = float(size)
    for unit in _UNITS:
        if round(amount, 1) < 1000 or unit == _UNITS[-1]:
            break
        amount /= 1000
    return f"{amount:.1f} {unit}"

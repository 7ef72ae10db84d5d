"""Sizes in bytes as text (spec marine-runtime.md, "Statistics")."""

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


_EXACT_UNITS = (
    ("PiB", 2**50),
    ("PB", 10**15),
    ("TiB", 2**40),
    ("TB", 10**12),
    ("GiB", 2**30),
    ("GB", 10**9),
    ("MiB", 2**20),
    ("MB", 10**6),
    ("KiB", 2**10),
    ("KB", 10**3),
)


def exact_size_text(size: int) -> str:
    """The size to the byte, in the largest unit that takes two decimals at most for it.

    Configs write limits so.

    Args:
        size: bytes, at least 0.

    Returns:
        `10 MiB` for 10,485,760, `6.25 MiB` for 100 pages of 64 KiB, `10 MB` for 10,000,000.
    """
    for unit, factor in _EXACT_UNITS:
        hundredths, rest = divmod(size * 100, factor)
        if size >= factor and rest == 0:
            decimals = f".{hundredths % 100:02}".rstrip("0").rstrip(".")
            return f"{hundredths // 100}{decimals} {unit}"
    return f"{size} B"


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

"""Sizes of memory as a config writes them (spec marine-runtime.md, "Config.toml")."""

import re

SIZES_ALLOWED = (
    'an integer of bytes, a text such as "10 MiB", "1.5 GB" or "512" '
    '(units B, K or KB, Ki or KiB, M …, G …, T …, P …), or "Infinity"'
)
"""What is allowed, for messages."""

_LARGEST = 2**64 - 1

_TEXT = re.compile(r"(\d{1,30})(?:\.(\d{1,30}))?\s*([a-z]*)", re.IGNORECASE | re.ASCII)


def _units() -> dict[str, int]:
    units = {"": 1, "b": 1}
    for power, letter in enumerate("kmgtp", start=1):
        units[letter] = units[f"{letter}b"] = 1000**power
        units[f"{letter}i"] = units[f"{letter}ib"] = 1024**power
    return units


_UNITS = _units()


def parse_size(value: object) -> int | None:
    """Read a size.

    Args:
        value: an int of bytes; or a number with an optional unit of any case, such as `10 MiB`
            (KB is 1000 bytes, KiB is 1024); or `Infinity`.

    Returns:
        The size in bytes, 0 to 2⁶⁴ - 1, fractions of a byte cut off; None for infinity.

    Raises:
        ValueError: it is none of these; the message says what is wrong without naming the value.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        size = value
    elif isinstance(value, str):
        text = value.strip()
        if text in {"Infinity", "infinity"}:
            return None
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError("not a size")
        whole, fraction, unit = match.groups(default="")
        if unit.lower() not in _UNITS:
            raise ValueError(f"unknown unit {unit!r}")
        size = int(whole + fraction) * _UNITS[unit.lower()] // 10 ** len(fraction)
    else:
        raise ValueError("not a size")
    if not 0 <= size <= _LARGEST:
        raise ValueError("negative" if size < 0 else "more than 2⁶⁴ - 1 bytes")
    return size

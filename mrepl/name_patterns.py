"""Names with `*` for any characters and `?` for any one."""

import re
from collections.abc import Iterable


def is_pattern(text: str) -> bool:
    """Whether the text stands for more than the name that it is."""
    return "*" in text or "?" in text


def matching(pattern: str, names: Iterable[str]) -> list[str]:
    """The names that the pattern stands for, in their order."""
    parts = (
        ".*" if part == "*" else "." if part == "?" else re.escape(part)
        for part in re.split(r"([*?])", pattern)
    )
    expression = re.compile("".join(parts), re.DOTALL)
    return [name for name in names if expression.fullmatch(name)]

"""What reading a config found wrong or odd, each with the key concerned."""

import json
import re
from dataclasses import field

from runtime.frozen_dataclass import frozen_dataclass

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

_LONGEST_SHOWN = 80


@frozen_dataclass
class Findings:
    """Collects what is found while a config is read.

    Attributes:
        problems: what makes the config unusable, a line each.
        warnings: what is odd but does no harm, a line each.
    """

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def problem(self, key: str, text: str) -> None:
        """Note what makes the config unusable.

        Args:
            key: the path of the key, such as `module[1].wasi.mapped_dirs.sites`.
            text: the value, what is wrong with it and what is allowed.
        """
        self.problems.append(f"{key}: {text}")

    def warning(self, key: str, text: str) -> None:
        """Note what is odd; arguments as for `problem`."""
        self.warnings.append(f"{key}: {text}")


def join_key(table: str, name: str) -> str:
    """The path of a key in a table; the top table's path is empty."""
    written = name if _BARE_KEY.fullmatch(name) else quoted(name)
    return f"{table}.{written}" if table else written


def quoted(text: object) -> str:
    """A string or path in quotes, control characters escaped, long ones cut."""
    plain = str(text)
    if len(plain) > _LONGEST_SHOWN and isinstance(text, str):
        plain = plain[:_LONGEST_SHOWN] + "…"
    # repr escapes what cannot be printed; JSON's form of quotes is also TOML's.
    return json.dumps(plain, ensure_ascii=False) if plain.isprintable() else repr(plain)


def described_toml(value: object) -> str:
    """A TOML value for a message: `the integer 5`, `the string "x"`, `an array`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"the integer {value}"
    if isinstance(value, float):
        return f"the float {value}"
    if isinstance(value, str):
        return f"the string {quoted(value)}"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return "a table"
    return f"the date or time {value}"

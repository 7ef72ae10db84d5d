"""The names of `fixtures/hostile-names`, and what none of them may do where it is shown."""

import re
import runpy

from tests.support.paths import FIXTURES

HOSTILE_NAMES = FIXTURES / "hostile-names"
NAMES: dict[str, str] = runpy.run_path(str(HOSTILE_NAMES / "variants.py"))["NAMES"]

ACTS_ON_TERMINALS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]"
)
"""All controls but line feed and tab, what changes the direction of text, odd line ends."""


def assert_harmless(text: str) -> None:
    """No traceback, and nothing that a terminal obeys."""
    assert "Traceback" not in text
    assert "internal error" not in text
    assert ACTS_ON_TERMINALS.search(text) is None

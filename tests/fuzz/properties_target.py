"""The property-based tests that need no fixtures, with the fuzzer's bytes as their examples.

The first byte of an input chooses the test. What else an input means depends on the version of
Hypothesis: a finding belongs into the test itself, as an `@example`.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator
from functools import cache

from tests.fuzz.target import Target

_FILES = (
    "runtime.interface.test_custom_sections",
    "runtime.interface.test_random_sections",
    "runtime.interface.test_sdk_metadata",
    "runtime.interface.text_form.test_text_round_trip",
    "runtime.test_config_sizes",
    "runtime.test_json_values_parsing",
    "runtime.test_json_values_properties",
    "runtime.test_json_values_quick",
    "runtime.test_json_values_text",
    "runtime.test_json_values_dataclasses",
    "runtime.test_python_names",
    "mrepl.test_json_scanner",
    "mrepl.line.test_command_ranges",
    "mrepl.line.test_json_tree",
    "mrepl.text.test_escaping",
    "mrepl.text.test_json_text",
    "mrepl.trace.test_value_text",
)

Property = Callable[[bytes], bytes | None]
"""A test as a function of bytes."""


@cache
def properties() -> tuple[Property, ...]:
    """All tests of the files that Hypothesis can run without pytest."""
    found = []
    for file in _FILES:
        for name, test in sorted(vars(importlib.import_module(f"tests.{file}")).items()):
            is_property = name.startswith("test_") and hasattr(test, "hypothesis")
            if is_property and not inspect.signature(test).parameters:
                found.append(test.hypothesis.fuzz_one_input)
    return tuple(found)


def check(data: bytes) -> None:
    """The test that the first byte chooses holds for the example that the others choose."""
    if data:
        properties()[data[0] % len(properties())](data[1:])


def seeds() -> Iterator[bytes]:
    """Some bytes for each test."""
    for number in range(len(properties())):
        yield bytes([number])
        yield bytes([number, *range(256)])
        yield bytes([number]) + b"\1" * 256


TARGET = Target(check, seeds, longest=2048, seconds=10)

"""What is fuzzed: a check of any bytes, and what helps to find bytes that it fails for.

Nothing of the runtime is imported here: the fuzzer must be there first, to instrument it.
"""

import importlib
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import cast

MEBIBYTE = 1 << 20
GIBIBYTE = 1 << 30

TARGETS = (
    "section",
    "text",
    "validator",
    "config",
    "arguments",
    "metadata",
    "properties",
    "modules",
)
"""Each has a file of its name here, `…_target.py`."""

Mutation = Callable[[bytes, Random], bytes]


@dataclass(frozen=True)
class Target:
    """One part that is fuzzed.

    Attributes:
        check: takes any bytes; whatever it raises is a finding.
        seeds: inputs to begin with.
        dictionary: texts that inputs may hold.
        mutate: changes an input such that much of its structure stays; None where there is none.
        longest: the most bytes of an input.
        seconds: how much of the processor's time an input may take.
        address_space: how many bytes of address space a process that checks may have.
    """

    check: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    dictionary: tuple[bytes, ...] = ()
    mutate: Mutation | None = None
    longest: int = 4096
    seconds: float = 3
    address_space: int = 2 * GIBIBYTE


def find_target(name: str) -> Target:
    """The target of a name in `TARGETS`; imports what it checks."""
    return cast("Target", importlib.import_module(f"tests.fuzz.{name}_target").TARGET)


def bound_memory(target: Target) -> None:
    """Hold this process to the address space of the target."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (target.address_space, hard))


def check(target: Target, data: bytes) -> None:
    """Check an input.

    Raises:
        Exception: what the check raises; for a slow one an AssertionError.
    """
    begin = time.process_time()
    target.check(data)
    taken = time.process_time() - begin
    if taken > target.seconds:
        raise AssertionError(f"it took {taken:.1f} s, more than {target.seconds} s")

"""The two engines that run adapters; they differ in speed only."""

from enum import StrEnum


class Engine(StrEnum):
    """What runs adapters (spec performance.md, "Two engines, one meaning").

    FUSED compiles them to WebAssembly, so that no Python runs in a call between modules. INTERP,
    the interpreter, is the reference: it runs them instruction by instruction, in Python.
    """

    FUSED = "fused"
    INTERP = "interp"

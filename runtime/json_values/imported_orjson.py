"""orjson, imported in one go: an exception while it makes itself ready crashes the process.

It imports modules of the standard library then, and Ctrl-C may come in between.
"""

from runtime.keyboard_interrupts import keyboard_interrupts_deferred

with keyboard_interrupts_deferred():
    import orjson

__all__ = ["orjson"]

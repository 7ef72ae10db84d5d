"""Lifting and lowering of values, and the interpreter that runs adapters."""

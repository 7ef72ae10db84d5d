"""Values of interface types, drawn by a seeded generator so that an input always gives the same."""

from random import Random

from runtime.interface.types import (
    INTEGER_RANGES,
    ArrayType,
    InterfaceType,
    RecordType,
    Scalar,
    is_byte_array,
)
from runtime.json_values import PythonValue

_FLOATS = (0.0, -0.0, 1.5, 1e30, -3.4e38)
_TEXTS = ("", "a", "greeting", "/tmp", "é" * 50, "\0\x1b", "x" * 300)
_LENGTHS = (0, 1, 2, 5)
_LONGEST = 3_000
"""How many values one argument may be made of."""

_DEEPEST = 100
_DEEPEST_ARRAY = 10
"""From here on arrays are empty, as records that hold arrays of themselves never end else."""


def value_of(interface_type: InterfaceType, random: Random) -> PythonValue:
    """A value that the type takes, or nearly: None where it has too many parts or is too deep."""
    return _Drawing(random).value(interface_type, 0)


class _Drawing:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.left = _LONGEST

    def value(self, wanted: InterfaceType, depth: int) -> PythonValue:
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            return None
        if is_byte_array(wanted):
            return self.random.randbytes(self.random.choice((0, 1, 8, 100)))
        if isinstance(wanted, ArrayType):
            length = self.random.choice(_LENGTHS) if depth < _DEEPEST_ARRAY else 0
            return [self.value(wanted.element, depth + 1) for _ in range(length)]
        if isinstance(wanted, RecordType):
            return [self.value(field.type, depth + 1) for field in wanted.fields]
        return self.scalar(wanted)

    def scalar(self, wanted: InterfaceType) -> PythonValue:
        match wanted:
            case Scalar.BOOL:
                return self.random.choice((False, True))
            case Scalar.STRING:
                return self.random.choice(_TEXTS)
            case Scalar.F32 | Scalar.F64:
                return self.random.choice(_FLOATS)
        assert isinstance(wanted, Scalar)
        low, high = INTEGER_RANGES[wanted]
        return self.random.choice((low, high, 0, 1, self.random.randint(low, high)))

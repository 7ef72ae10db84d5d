"""Interface types written as a few bytes, so that a fuzzer can choose them."""

from functools import lru_cache

from runtime.interface.types import ArrayType, Field, InterfaceType, RecordType, Scalar, Signature

_SCALARS = tuple(Scalar)
_ARRAY = len(_SCALARS)
_RECORD = _ARRAY + 1
_KINDS = _RECORD + 1
_DEEPEST = 6
_MOST_FIELDS = 4


@lru_cache(maxsize=256)
def signature_of(codes: bytes) -> Signature:
    """A function's signature: a parameter for each type that the bytes hold, no result."""
    reader = _Reader(codes)
    types = []
    while reader.at < len(codes):
        types.append(reader.type(0))
    return Signature(tuple(Field(f"f{at}", each) for at, each in enumerate(types)), None)


def codes_of(interface_type: InterfaceType) -> bytes:
    """The bytes from which `signature_of` reads the type."""
    if isinstance(interface_type, ArrayType):
        return bytes([_ARRAY]) + codes_of(interface_type.element)
    if isinstance(interface_type, RecordType):
        count = bytes([_RECORD, len(interface_type.fields) - 1])
        return count + b"".join(codes_of(field.type) for field in interface_type.fields)
    return bytes([_SCALARS.index(interface_type)])


class _Reader:
    """Reads types; where the bytes end, what is missing is a bool."""

    def __init__(self, codes: bytes) -> None:
        self.codes = codes
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self.codes[self.at - 1] if self.at <= len(self.codes) else 0

    def type(self, depth: int) -> InterfaceType:
        kind = self.byte() % _KINDS
        if kind < _ARRAY or depth == _DEEPEST:
            return _SCALARS[kind % _ARRAY]
        if kind == _ARRAY:
            return ArrayType(self.type(depth + 1))
        count = self.byte() % _MOST_FIELDS + 1
        parts = tuple(Field(f"f{at}", self.type(depth + 1)) for at in range(count))
        return RecordType("R", parts)

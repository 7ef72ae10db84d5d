"""The annotations in what `marine stubs` writes."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from runtime import ArrayType, InterfaceType, RecordType, Scalar
from runtime.interface.types import is_byte_array

BYTES_LIKE = "BytesLike"
"""What the written file calls the arguments that are accepted for byte arrays."""

_SCALARS = {
    Scalar.BOOL: "bool",
    Scalar.F32: "float",
    Scalar.F64: "float",
    Scalar.STRING: "str",
}
"""The Python types of scalars; those of all others are `int`."""

_MOST_ARRAYS = 80
"""Python reads no more than 100 or so brackets in each other; such types are `object`."""

_NAME = re.compile(r"[^\s\[\]|]+")


@dataclass(frozen=True, slots=True)
class Annotations:
    """Makes annotations, and notes what they use.

    Attributes:
        record_classes: the names of the records' classes.
        used: the names that annotations use, so far.
        hidden: those of them that members of a class hide there; these need an alias.
    """

    record_classes: Mapping[RecordType, str]
    used: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)

    def given(self, interface_type: InterfaceType | None, members: Collection[str]) -> str:
        """What a call gives, and what a record holds.

        Args:
            interface_type: the type; None where there is no result.
            members: the names of all members of the class in which the annotation stands.
        """
        if interface_type is None:
            return "None"
        return self.inside(members, self._annotation(interface_type, "list", "bytes"))

    def accepted(self, interface_type: InterfaceType, members: Collection[str]) -> str:
        """What a call accepts; arguments as for `given`."""
        return self.inside(members, self._annotation(interface_type, "Sequence", BYTES_LIKE))

    def inside(self, members: Collection[str], annotation: str) -> str:
        """The annotation with aliases in place of the types that members hide."""

        def visible(match: re.Match[str]) -> str:
            name = match[0]
            self.used.add(name)
            if name not in members:
                return name
            self.hidden.add(name)
            return alias_of(name)

        return _NAME.sub(visible, annotation)

    def _annotation(self, interface_type: InterfaceType, array: str, byte_array: str) -> str:
        nesting = 0
        while isinstance(interface_type, ArrayType) and not is_byte_array(interface_type):
            interface_type = interface_type.element
            nesting += 1
        if nesting > _MOST_ARRAYS:
            return f"{array}[object]"
        if is_byte_array(interface_type):
            innermost = byte_array
        elif isinstance(interface_type, RecordType):
            innermost = self.record_classes[interface_type]
        else:
            assert isinstance(interface_type, Scalar)
            innermost = _SCALARS.get(interface_type, "int")
        return f"{array}[" * nesting + innermost + "]" * nesting


def alias_of(name: str) -> str:
    """What a type is called besides; no member of a class begins with an underscore."""
    return f"_{name}"


def says_less(interface_type: InterfaceType) -> bool:
    """Whether the Python type says less than the interface type: how wide numbers are."""
    while isinstance(interface_type, ArrayType):
        interface_type = interface_type.element
    return isinstance(interface_type, Scalar) and interface_type not in {
        Scalar.BOOL,
        Scalar.STRING,
        Scalar.BYTE_ARRAY,
    }

"""The functions of a glue module that lift and lower what lies behind pointers, a type's once.

The adapters' text asks for them by type; only what is asked for is written.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from runtime.glue.wasm_text import identifier
from runtime.interface.types import ArrayType, InterfaceType, RecordType, type_text

Write = Callable[[str], str]
"""Writes a function of the given identifier."""


@dataclass
class Parts:
    """The functions written so far.

    Attributes:
        texts: each function's, in the order in which they were asked for.
    """

    texts: list[str] = field(default_factory=list)
    _identifiers: dict[tuple[str, object], str] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)
    _same_names: Counter[str] = field(default_factory=Counter)

    def function(self, purpose: str, interface_type: InterfaceType | None, write: Write) -> str:
        """The identifier of the function for a purpose and a type; it is written at first.

        Args:
            purpose: such as `lift`.
            interface_type: None where it is the same for all.
            write: gives its text.
        """
        key = (purpose, _key(interface_type))
        known = self._identifiers.get(key)
        if known is not None:
            return known
        name = purpose
        if interface_type is not None:
            name += "/" + type_text(interface_type).replace("[]", "array/")
        name = identifier(self._unused(name))
        self._identifiers[key] = name
        place = len(self.texts)
        self.texts.append("")  # before the functions that it asks for itself
        self.texts[place] = write(name)
        return name

    def _unused(self, name: str) -> str:
        """The name, with a number where it is taken: records can have the same names."""
        found = name
        while found in self._names:
            self._same_names[name] += 1
            found = f"{name}/{self._same_names[name]}"
        self._names.add(found)
        return found


def _key(interface_type: InterfaceType | None) -> object:
    """Equal for the same types; records are the same by identity only."""
    if isinstance(interface_type, RecordType):
        return id(interface_type)
    if isinstance(interface_type, ArrayType):
        return ("array", _key(interface_type.element))
    return interface_type

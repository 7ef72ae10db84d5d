"""Reading a JSON object whose fields may be left out."""

from collections.abc import Iterable, Iterator, Mapping

from runtime.interface.types import InterfaceType, InterfaceValue, Scalar
from runtime.json_values.checking import Checking
from runtime.json_values.problems import described_json, part_path
from runtime.json_values.value_types import PythonValue
from runtime.suggestions import suggestion


class JsonObject:
    """An object under inspection: what is absent or wrong reads as its type's empty value.

    Attributes:
        path: where it is, such as `call_parameters.particle`.
        checking: converts its values and takes all problems.
    """

    def __init__(
        self, value: PythonValue, path: str, known: Iterable[str], checking: Checking
    ) -> None:
        """Begin with an object.

        Args:
            value: any value; a problem is noted unless it is an object.
            path: where it is.
            known: the names of its fields; a problem is noted for each other one.
            checking: converts its values and takes all problems.
        """
        self.path = path
        self.checking = checking
        self._fields: Mapping[str, PythonValue] = {}
        if not isinstance(value, dict):
            checking.problems.add(path, f"expected an object, got {described_json(value)}")
            return
        self._fields = value
        names = tuple(known)
        for name in self._fields:
            if name not in names:
                near = suggestion(name, names) if isinstance(name, str) else ""
                self.note(name, f"unknown field{near or '; known are ' + ', '.join(names)}")

    def __contains__(self, name: str) -> bool:
        """Whether the object has the field."""
        return name in self._fields

    def note(self, name: str, problem: str) -> None:
        """Note a problem of a field."""
        self.checking.problems.add(part_path(self.path, name), problem)

    def text(self, name: str) -> str:
        """A string field."""
        value = self._value(name, Scalar.STRING)
        return value if isinstance(value, str) else ""

    def integer(self, name: str, integer_type: Scalar) -> int:
        """A field of one of the integer types."""
        value = self._value(name, integer_type)
        return value if isinstance(value, int) else 0

    def octets(self, name: str) -> bytes:
        """A `[]u8` field."""
        value = self._value(name, Scalar.BYTE_ARRAY)
        return value if isinstance(value, bytes) else b""

    def child(self, name: str, known: Iterable[str]) -> "JsonObject":
        """A field that is an object with the given fields; an empty one where it is absent."""
        return JsonObject(
            self._fields.get(name, {}), part_path(self.path, name), known, self.checking
        )

    def object_lists(self, name: str, known: Iterable[str]) -> Iterator[Iterator["JsonObject"]]:
        """A field that is an array of arrays of objects with the given fields.

        Each object is inspected as it is reached, so that problems are noted in their order.
        """
        names = tuple(known)
        path = part_path(self.path, name)
        for inner_path, inner in self._elements(self._fields.get(name, []), path):
            yield (
                JsonObject(element, element_path, names, self.checking)
                for element_path, element in self._elements(inner, inner_path)
            )

    def _value(self, name: str, wanted: InterfaceType) -> InterfaceValue | None:
        if name not in self._fields:
            return None
        return self.checking.value(wanted, self._fields[name], part_path(self.path, name))

    def _elements(self, value: PythonValue, path: str) -> list[tuple[str, PythonValue]]:
        if not isinstance(value, list | tuple):
            self.checking.problems.add(path, f"expected an array, got {described_json(value)}")
            return []
        return [(f"{path}[{index}]", element) for index, element in enumerate(value)]

"""A module's public functions as an Aqua service (spec mrepl.md, "marine")."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mrepl.text.escaping import escape_line
from runtime import ArrayType, Field, RecordType, Signature, type_text
from runtime.interface.types import records_of

TYPE_NAME = re.compile("[A-Z][A-Za-z0-9_]*", re.ASCII)
"""What Aqua takes for the name of a service or of a data type."""

VALUE_NAME = re.compile("[a-z][A-Za-z0-9_]*", re.ASCII)
"""What Aqua takes for the name of a function, a field or an argument."""

SERVICE_ID = re.compile(r'[^"\\\x00-\x1f]+')
"""What can stand between the quotes of a service's id."""


@dataclass(frozen=True, slots=True)
class AquaService:
    """A service in Aqua.

    Attributes:
        name: of the service, as `TYPE_NAME`.
        id: of the service, as `SERVICE_ID`.
        functions: by name, in any order.
    """

    name: str
    id: str
    functions: Mapping[str, Signature]

    @property
    def sorted_functions(self) -> list[tuple[str, Signature]]:
        """The functions by their names."""
        return sorted(self.functions.items())

    @property
    def records(self) -> tuple[RecordType, ...]:
        """The records that they need, each after those that it holds."""
        return records_of(signature for _, signature in self.sorted_functions)


def aqua_text(service: AquaService) -> str:
    """The service in Aqua: its declaration, a `data` block a record, the `service` block."""
    blocks = [f"aqua {service.name} declares *\n"]
    for record in service.records:
        fields = "".join(f"  {_field(field)}\n" for field in record.fields)
        blocks.append(f"data {escape_line(record.name)}:\n{fields}")
    functions = "".join(f"  {_function(*each)}\n" for each in service.sorted_functions)
    if functions:
        blocks.append(f'service {service.name}("{service.id}"):\n{functions}')
    return "\n".join(blocks)


def aqua_problems(service: AquaService) -> Iterator[str]:
    """What Aqua's compiler will not take, although a module may have it; one line each."""
    if not service.functions:
        yield "the module has no public functions, and Aqua has no services without functions"
    for name, signature in service.sorted_functions:
        if not VALUE_NAME.fullmatch(name):
            yield f"function {name!r}: {_EXPECTED_VALUE_NAME}"
        for parameter in signature.parameters:
            if not VALUE_NAME.fullmatch(parameter.name):
                yield f"function {name!r}, argument {parameter.name!r}: {_EXPECTED_VALUE_NAME}"
    defined: set[str] = set()
    for record in service.records:
        if not TYPE_NAME.fullmatch(record.name):
            yield f"record {record.name!r}: {_EXPECTED_TYPE_NAME}"
        if record.name in {service.name, *defined}:
            yield f"record {record.name!r}: the name is taken already, Aqua's names are unique"
        for field in record.fields:
            if not VALUE_NAME.fullmatch(field.name):
                yield f"record {record.name!r}, field {field.name!r}: {_EXPECTED_VALUE_NAME}"
            held = _innermost_record(field)
            if held is not None and held not in defined:
                yield f"record {record.name!r} holds itself, and Aqua has no recursive types"
        defined.add(record.name)


_EXPECTED_VALUE_NAME = (
    "Aqua's names begin with a lower-case letter, and letters, digits and _ follow"
)
_EXPECTED_TYPE_NAME = (
    "Aqua's names of types begin with an upper-case letter, and letters, digits and _ follow"
)


def default_service_name(module: str) -> str:
    """The module's name as Aqua writes such names: `curl_adapter` becomes `CurlAdapter`."""
    words = re.split("[^A-Za-z0-9]+", module)
    return "".join(word[:1].upper() + word[1:] for word in words)


def _innermost_record(field: Field) -> str | None:
    interface_type = field.type
    while isinstance(interface_type, ArrayType):
        interface_type = interface_type.element
    return interface_type.name if isinstance(interface_type, RecordType) else None


def _function(name: str, signature: Signature) -> str:
    parameters = ", ".join(map(_field, signature.parameters))
    result = "" if signature.result is None else f" -> {type_text(signature.result)}"
    return escape_line(f"{name}({parameters}){result}")


def _field(field: Field) -> str:
    return escape_line(f"{field.name}: {type_text(field.type)}")

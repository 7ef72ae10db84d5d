"""An offer as a service would make it, without one."""

from mrepl.commands import COMMANDS
from mrepl.line.offer import Offer
from runtime import (
    ArrayType,
    Field,
    FunctionInterface,
    InterfaceType,
    ModuleInterface,
    RecordType,
    Scalar,
    Signature,
)

ADDRESS = RecordType("Address", (Field("street", Scalar.STRING), Field("number", Scalar.U16)))
PERSON = RecordType(
    "Person",
    (
        Field("name", Scalar.STRING),
        Field("age", Scalar.U8),
        Field("is_known", Scalar.BOOL),
        Field("address", ADDRESS),
    ),
)


def _function(
    name: str, result: InterfaceType | None = None, /, **parameters: InterfaceType
) -> FunctionInterface:
    fields = tuple(Field(parameter, kind) for parameter, kind in parameters.items())
    return FunctionInterface(name, Signature(fields, result))


_FUNCTIONS = (
    _function("greet", Scalar.STRING, name=Scalar.STRING, loud=Scalar.BOOL),
    _function("add", age=Scalar.U8),
    _function("describe", Scalar.STRING, person=PERSON),
    _function("sum", Scalar.U64, numbers=ArrayType(Scalar.U64), octets=Scalar.BYTE_ARRAY),
    _function("invite", people=ArrayType(PERSON)),
    _function("ping"),
)

OFFER = Offer(
    COMMANDS,
    (
        ModuleInterface("people", _FUNCTIONS, (ADDRESS, PERSON)),
        ModuleInterface("my module", (_function("run"),), ()),
    ),
    adapters=(*(f"people.{function.name}" for function in _FUNCTIONS), "my module.run"),
)

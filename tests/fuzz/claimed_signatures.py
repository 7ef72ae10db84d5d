"""The functions of a Wasm module that is as its interface types say."""

from runtime.interface.instructions import EncodedRecord, EncodedType
from runtime.interface.section import FunctionDefinition, InterfaceSection
from runtime.interface.types import Scalar
from runtime.interface.validated import CoreSignature, ValidatedInterface
from runtime.interface.validation import validate_interface

_NUMBERS_OF_32_BITS = (
    *(Scalar.BOOL, Scalar.S8, Scalar.S16, Scalar.S32),
    *(Scalar.U8, Scalar.U16, Scalar.U32, Scalar.I32),
)
_CORE: dict[EncodedType, Scalar] = {
    **dict.fromkeys(_NUMBERS_OF_32_BITS, Scalar.I32),
    **dict.fromkeys((Scalar.S64, Scalar.U64, Scalar.I64), Scalar.I64),
    Scalar.F32: Scalar.F32,
    Scalar.F64: Scalar.F64,
}

_ALLOCATE = CoreSignature((Scalar.I32, Scalar.I32), (Scalar.I32,))
"""It really takes a type tag too, which sections leave out."""


def validate_as_claimed(section: InterfaceSection) -> ValidatedInterface:
    """Validate a section against such a module, whose name is `m`.

    Raises:
        ValidationError: the section is ill-formed in itself.
    """
    exports = {each.name: _export(section, each.function_type) for each in section.exports}
    if "allocate" in exports:
        exports["allocate"] = _ALLOCATE
    imports = {
        (each.namespace, each.name): _import(section, each.function_type)
        for each in section.imports
    }
    return validate_interface(section, module="m", exports=exports, imports=imports)


def _export(section: InterfaceSection, function_type: int) -> CoreSignature:
    """The raw function of an export, whose type in the section is of interface types."""
    definition = _function(section, function_type)
    return CoreSignature(
        tuple(core for parameter in definition.parameters for core in _raw(parameter.type)),
        tuple(_CORE[result] for result in definition.results if result in _CORE),
    )


def _raw(encoded: EncodedType) -> tuple[Scalar, ...]:
    """How a raw function takes a value: what has a length as pointer and length."""
    if encoded in _CORE:
        return (_CORE[encoded],)
    return (Scalar.I32,) if isinstance(encoded, EncodedRecord) else (Scalar.I32, Scalar.I32)


def _import(section: InterfaceSection, function_type: int) -> CoreSignature:
    """The import, whose type in the section is of numbers, where it is the raw one."""
    definition = _function(section, function_type)
    return CoreSignature(
        tuple(_core(parameter.type) for parameter in definition.parameters),
        tuple(_core(result) for result in definition.results),
    )


def _core(encoded: EncodedType) -> Scalar:
    return _CORE.get(encoded, Scalar.I32)


def _function(section: InterfaceSection, function_type: int) -> FunctionDefinition:
    """The function's type; one without anything where there is none."""
    if function_type < len(section.types):
        definition = section.types[function_type]
        if isinstance(definition, FunctionDefinition):
            return definition
    return FunctionDefinition((), ())

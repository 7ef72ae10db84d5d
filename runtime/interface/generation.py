"""Generates a module's interface types from what the SDK noted about it (spec sdk-metadata.md).

The order of everything is that of the official tool, because it fixes all indices: the result
equals, byte for byte, what modules built with that tool carry.
"""

from collections.abc import Iterable

from runtime.errors import InterfaceError, ValidationError
from runtime.interface.instructions import (
    CONVERSIONS,
    EncodedArray,
    EncodedRecord,
    EncodedType,
    Instruction,
    Op,
)
from runtime.interface.resolution import resolve_types
from runtime.interface.sdk_metadata import (
    SdkExternModule,
    SdkField,
    SdkFunction,
    SdkItem,
    SdkRecord,
    SdkRecordName,
    SdkType,
    SdkVector,
)
from runtime.interface.section import (
    Adapter,
    EncodedField,
    Export,
    FunctionDefinition,
    Implementation,
    Import,
    InterfaceSection,
    RecordDefinition,
    TypeDefinition,
    make_section,
)
from runtime.interface.types import Scalar

DEFAULT_VERSION = "0.27.0"
"""The version of interface types that generated sections name unless told otherwise."""

_ABI_FUNCTIONS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("allocate", ("size",), True),
    ("release_objects", (), False),
    ("get_result_size", (), True),
    ("get_result_ptr", (), True),
    ("set_result_size", ("result_size",), False),
    ("set_result_ptr", ("result_ptr",), False),
)
"""Name, parameters (all i32), whether there is a result (i32). `allocate` really takes a type tag
too, which official sections leave out."""

_ABI_NAMES = [name for name, _, _ in _ABI_FUNCTIONS]
_ALLOCATE = Instruction(Op.CALL_CORE, _ABI_NAMES.index("allocate"))
_RELEASE_OBJECTS = Instruction(Op.CALL_CORE, _ABI_NAMES.index("release_objects"))
_GET_RESULT_SIZE = Instruction(Op.CALL_CORE, _ABI_NAMES.index("get_result_size"))
_GET_RESULT_PTR = Instruction(Op.CALL_CORE, _ABI_NAMES.index("get_result_ptr"))
_SET_RESULT_SIZE = Instruction(Op.CALL_CORE, _ABI_NAMES.index("set_result_size"))
_SET_RESULT_PTR = Instruction(Op.CALL_CORE, _ABI_NAMES.index("set_result_ptr"))

_ALLOCATE_BYTES = (Instruction(Op.STRING_SIZE), Instruction(Op.I32_PUSH, 1), _ALLOCATE)
"""Memory for the string on the stack; 1 is the type tag of u8 (spec interface-types.md)."""

_HOST_NAMESPACE = "host"
_HOST_API_PREFIX = "__marine_host_api_v"

_SUBJECT = "SDK metadata"

_CONVERSION_OPS = {conversion: op for op, conversion in CONVERSIONS.items()}
_FLOATS = (Scalar.F32, Scalar.F64)
_WIDE_INTEGERS = (Scalar.S64, Scalar.U64)


def generate_section(items: Iterable[SdkItem], version: str = DEFAULT_VERSION) -> InterfaceSection:
    """The `interface-types` section for a module with the given records, functions and imports.

    Args:
        items: in the order of the metadata sections in the module's file.
        version: of interface types, as written into the section (semver).

    Raises:
        InterfaceError: a record is used but not defined or holds itself other than in an array,
            types nest more than 1,024 deep, or two items have one name.
    """
    items = tuple(items)
    generator = _Generator()
    generator.add_abi_functions()
    for item in items:
        if isinstance(item, SdkRecord) and item.fields:
            generator.add_record(item)
    for item in items:
        if isinstance(item, SdkFunction):
            generator.add_function(item)
    for item in items:
        if isinstance(item, SdkExternModule) and not _is_host(item.namespace):
            for function in item.imports:
                generator.add_import(item.namespace, function)
    section = generator.section(version)
    _check_nesting(section)
    return section


def _is_host(namespace: str) -> bool:
    return namespace == _HOST_NAMESPACE or namespace.startswith(_HOST_API_PREFIX)


class _Generator:
    """The section so far."""

    def __init__(self) -> None:
        self._types: list[TypeDefinition | None] = []  # None: a record used but not yet defined
        self._imports: list[Import] = []
        self._adapters: list[Adapter] = []
        self._exports: list[Export] = []
        self._implementations: list[Implementation] = []
        self._record_indices: dict[str, int] = {}
        self._first_uses: dict[str, str] = {}  # record name -> who refers to it

    def add_abi_functions(self) -> None:
        for name, parameters, has_result in _ABI_FUNCTIONS:
            definition = FunctionDefinition(
                tuple(EncodedField(parameter, Scalar.I32) for parameter in parameters),
                (Scalar.I32,) if has_result else (),
            )
            self._exports.append(Export(name, self._add_type(definition)))

    def add_record(self, record: SdkRecord) -> None:
        # The fields first: records they name that were not seen before get their indices now.
        definition = RecordDefinition(
            record.name, self._encoded_fields(record.fields, f"record {record.name}")
        )
        index = self._record_indices.get(record.name)
        if index is None:
            self._record_indices[record.name] = self._add_type(definition)
        elif self._types[index] is None:
            self._types[index] = definition
        else:
            raise InterfaceError(
                f"{_SUBJECT}: record {record.name} is defined twice, expected once"
            )

    def add_function(self, function: SdkFunction) -> None:
        if any(export.name == function.name for export in self._exports):
            kind = "is a name of the module ABI" if function.name in _ABI_NAMES else "is used twice"
            raise InterfaceError(
                f"{_SUBJECT}: function name {function.name} {kind}, expected another name"
            )
        definition = self._interface_type(function, f"function {function.name}")
        adapter_type = self._add_type(definition)
        export_type = self._add_type(definition)
        instructions = [
            instruction
            for position, field in enumerate(definition.parameters)
            for instruction in _lowered_argument(position, field.type)
        ]
        instructions.append(Instruction(Op.CALL_CORE, len(self._exports)))
        for result in definition.results:
            instructions.extend(_lifted_result(result))
        self._exports.append(Export(function.name, export_type))
        self._adapters.append(Adapter(adapter_type, tuple(instructions)))
        self._implementations.append(Implementation(export_type, adapter_type))

    def add_import(self, namespace: str, function: SdkFunction) -> None:
        definition = self._interface_type(function, f"import {namespace}.{function.name}")
        raw = FunctionDefinition(
            tuple(raw for field in definition.parameters for raw in _raw_parameters(field)),
            tuple(raw for result in definition.results for raw in _raw_results(result)),
        )
        import_type = self._add_type(definition)
        adapter_type = self._add_type(raw)
        raw_import_type = self._add_type(raw)
        # Each function is listed twice; call-core counts, after the exports, only the raw ones.
        core_index = len(self._exports) + len(self._imports) // 2
        self._imports.append(Import(namespace, function.name, import_type))
        self._imports.append(Import(namespace, function.name, raw_import_type))

        instructions: list[Instruction] = []
        position = 0
        for field in definition.parameters:
            instructions.extend(_lifted_argument(position, field.type))
            position += len(_raw_parameters(field))
        if any(_is_in_memory(field.type) for field in definition.parameters):
            instructions.append(_RELEASE_OBJECTS)
        instructions.append(Instruction(Op.CALL_CORE, core_index))
        for result in definition.results:
            instructions.extend(_lowered_result(result))
        self._adapters.append(Adapter(adapter_type, tuple(instructions)))
        self._implementations.append(Implementation(raw_import_type, adapter_type))

    def section(self, version: str) -> InterfaceSection:
        types: list[TypeDefinition] = []
        names = {index: name for name, index in self._record_indices.items()}
        for index, definition in enumerate(self._types):
            if definition is None:
                name = names[index]
                raise InterfaceError(
                    f"{_SUBJECT}: {self._first_uses[name]} uses record {name}, which no document "
                    "defines with fields"
                )
            types.append(definition)
        return make_section(
            version,
            tuple(types),
            tuple(self._imports),
            tuple(self._adapters),
            tuple(self._exports),
            tuple(self._implementations),
        )

    def _add_type(self, definition: TypeDefinition | None) -> int:
        self._types.append(definition)
        return len(self._types) - 1

    def _interface_type(self, function: SdkFunction, user: str) -> FunctionDefinition:
        parameters = self._encoded_fields(function.arguments, user)
        if function.result is None:
            return FunctionDefinition(parameters, ())
        return FunctionDefinition(parameters, (self._encoded_type(function.result, user),))

    def _encoded_fields(self, fields: tuple[SdkField, ...], user: str) -> tuple[EncodedField, ...]:
        return tuple(EncodedField(f.name, self._encoded_type(f.type, user)) for f in fields)

    def _encoded_type(self, sdk_type: SdkType, user: str) -> EncodedType:
        # A loop, for vectors can be nested more deeply than Python nests calls.
        vectors = 0
        while isinstance(sdk_type, SdkVector):
            sdk_type = sdk_type.element
            vectors += 1
        encoded: EncodedType
        if isinstance(sdk_type, SdkRecordName):
            name = sdk_type.name
            if name not in self._record_indices:
                self._record_indices[name] = self._add_type(None)
                self._first_uses[name] = user
            encoded = EncodedRecord(self._record_indices[name])
        else:
            encoded = sdk_type
        for _ in range(vectors):
            encoded = EncodedArray(encoded)
        return encoded


def _check_nesting(section: InterfaceSection) -> None:
    """Refuses types that no runtime loads: endless ones, and those nested too deeply."""
    try:
        resolve_types(section.types, module=_SUBJECT)
    except ValidationError as error:
        problem = error.message.removeprefix(f"module {_SUBJECT!r}: ")
        raise InterfaceError(f"{_SUBJECT}: {problem}") from error


def _is_in_memory(encoded: EncodedType) -> bool:
    """Whether raw functions pass values of the type by pointer."""
    return not isinstance(encoded, Scalar) or encoded in {Scalar.STRING, Scalar.BYTE_ARRAY}


def _raw_type(scalar: Scalar) -> Scalar:
    """The raw Wasm type of a value that is passed without a pointer."""
    if scalar in _FLOATS:
        return scalar
    return Scalar.I64 if scalar in _WIDE_INTEGERS else Scalar.I32


def _array_element(encoded: EncodedArray | Scalar) -> EncodedType:
    return encoded.element if isinstance(encoded, EncodedArray) else Scalar.U8


def _get(position: int) -> Instruction:
    return Instruction(Op.ARG_GET, position)


def _lowered_argument(position: int, encoded: EncodedType) -> tuple[Instruction, ...]:
    """An interface argument of an export, made raw."""
    get = _get(position)
    match encoded:
        case Scalar.F32 | Scalar.F64:
            return (get,)
        case Scalar.STRING:
            return (get, *_ALLOCATE_BYTES, get, Instruction(Op.STRING_LOWER_MEMORY))
        case Scalar.BYTE_ARRAY | EncodedArray():
            return (get, Instruction(Op.ARRAY_LOWER_MEMORY, _array_element(encoded)))
        case EncodedRecord(index):
            return (get, Instruction(Op.RECORD_LOWER_MEMORY, index))
        case Scalar():
            return (get, Instruction(_CONVERSION_OPS[encoded, _raw_type(encoded)]))


def _lifted_result(encoded: EncodedType) -> tuple[Instruction, ...]:
    """An export's raw result, made an interface value; what the module kept alive is released."""
    match encoded:
        case Scalar.F32 | Scalar.F64:
            return ()
        case Scalar.STRING:
            lift = (_GET_RESULT_SIZE, Instruction(Op.STRING_LIFT_MEMORY))
        case Scalar.BYTE_ARRAY:
            lift = (_GET_RESULT_SIZE, Instruction(Op.BYTE_ARRAY_LIFT_MEMORY))
        case EncodedArray(element):
            lift = (_GET_RESULT_SIZE, Instruction(Op.ARRAY_LIFT_MEMORY, element))
        case EncodedRecord(index):
            return (
                _GET_RESULT_PTR,
                Instruction(Op.RECORD_LIFT_MEMORY, index),
                _RELEASE_OBJECTS,
            )
        case Scalar():
            return (Instruction(_CONVERSION_OPS[_raw_type(encoded), encoded]),)
    return (_GET_RESULT_PTR, *lift, _RELEASE_OBJECTS)


def _raw_parameters(field: EncodedField) -> tuple[EncodedField, ...]:
    """How an import's parameter appears in the raw function."""
    match field.type:
        case Scalar.STRING | Scalar.BYTE_ARRAY | EncodedArray():
            # A pointer and a length; official sections give both this name.
            return (EncodedField(f"{field.name}_ptr", Scalar.I32),) * 2
        case EncodedRecord():
            return (EncodedField(field.name, Scalar.I32),)
        case Scalar():
            return (EncodedField(field.name, _raw_type(field.type)),)


def _raw_results(encoded: EncodedType) -> tuple[EncodedType, ...]:
    """How an import's result appears in the raw function: s32 and s64 for integers."""
    if not isinstance(encoded, Scalar) or _is_in_memory(encoded):
        return ()
    raw = _raw_type(encoded)
    return ({Scalar.I32: Scalar.S32, Scalar.I64: Scalar.S64}.get(raw, raw),)


def _lifted_argument(position: int, encoded: EncodedType) -> tuple[Instruction, ...]:
    """An import's raw argument, or two of them, made an interface value."""
    get = _get(position)
    match encoded:
        case Scalar.F32 | Scalar.F64:
            return (get,)
        case Scalar.STRING:
            return (get, _get(position + 1), Instruction(Op.STRING_LIFT_MEMORY))
        case Scalar.BYTE_ARRAY:
            return (get, _get(position + 1), Instruction(Op.BYTE_ARRAY_LIFT_MEMORY))
        case EncodedArray(element):
            return (get, _get(position + 1), Instruction(Op.ARRAY_LIFT_MEMORY, element))
        case EncodedRecord(index):
            return (get, Instruction(Op.RECORD_LIFT_MEMORY, index))
        case Scalar():
            return (get, Instruction(_CONVERSION_OPS[_raw_type(encoded), encoded]))


def _lowered_result(encoded: EncodedType) -> tuple[Instruction, ...]:
    """The interface result of an import, made raw: returned, or put in memory and its place set."""
    match encoded:
        case Scalar.F32 | Scalar.F64:
            return ()
        case Scalar.STRING:
            return (
                Instruction(Op.DUP),
                *_ALLOCATE_BYTES,
                Instruction(Op.SWAP2),
                Instruction(Op.STRING_LOWER_MEMORY),
                _SET_RESULT_SIZE,
                _SET_RESULT_PTR,
            )
        case Scalar.BYTE_ARRAY | EncodedArray():
            lower = Instruction(Op.ARRAY_LOWER_MEMORY, _array_element(encoded))
            return (lower, _SET_RESULT_SIZE, _SET_RESULT_PTR)
        case EncodedRecord(index):
            return (Instruction(Op.RECORD_LOWER_MEMORY, index), _SET_RESULT_PTR)
        case Scalar():
            return (Instruction(_CONVERSION_OPS[encoded, _raw_type(encoded)]),)

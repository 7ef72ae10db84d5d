"""Checks a section against its module, so that its adapters run without further checks of types.

The rules are in spec interface-types.md, "Meaning", and marine-runtime.md, "Loading a module".
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.adapter_validation import AdapterType, validate_adapter
from runtime.interface.core_functions import CoreFunctions, ImplementedImport, core_functions
from runtime.interface.instruction_text import interface_type_text
from runtime.interface.place import Place
from runtime.interface.resolution import ResolvedTypes, resolve_types
from runtime.interface.section import Adapter, Export, InterfaceSection
from runtime.interface.types import InterfaceType, Scalar, Signature, same_signature, signature_text
from runtime.interface.validated import (
    CoreSignature,
    ExportAdapter,
    ImportAdapter,
    ValidatedInterface,
)

_CORE_TYPES = {
    **dict.fromkeys((Scalar.BOOL, Scalar.S8, Scalar.S16, Scalar.S32), Scalar.I32),
    **dict.fromkeys((Scalar.U8, Scalar.U16, Scalar.U32, Scalar.I32), Scalar.I32),
    **dict.fromkeys((Scalar.S64, Scalar.U64, Scalar.I64), Scalar.I64),
    Scalar.F32: Scalar.F32,
    Scalar.F64: Scalar.F64,
}
"""The core type behind each type that a raw signature may be written with."""


def validate_interface(
    section: InterfaceSection,
    *,
    module: str,
    exports: Mapping[str, CoreSignature],
    imports: Mapping[tuple[str, str], CoreSignature],
) -> ValidatedInterface:
    """The section's public functions and imports, every adapter checked and resolved.

    Args:
        section: the decoded section.
        module: the module's name, for errors.
        exports: the functions that the Wasm module exports.
        imports: the functions that the Wasm module imports, by namespace and name.

    Raises:
        ValidationError: a type, an index or an adapter is ill-formed; it names module, adapter and
            instruction, what was found and what is expected.
    """
    types = resolve_types(section.types, module=module)
    functions = core_functions(section, types, module=module, core_exports=exports)
    validator = _Validator(module, types, functions, imports)
    public: dict[str, ExportAdapter] = {}
    imported: dict[tuple[str, str], ImportAdapter] = {}
    for place, function, adapter in _implementations(section, functions, types, module):
        if isinstance(function, Export):
            if function.name in public:
                raise place.error(f"a second public function {function.name!r}", "one of the name")
            public[function.name] = validator.export_adapter(function, adapter)
        else:
            checked = validator.import_adapter(function, adapter)
            first = imported.setdefault((checked.namespace, checked.name), checked)
            if not same_signature(first.signature, checked.signature):
                raise place.error(
                    f"a second interface of {_name(function)!r}: "
                    f"{signature_text(checked.name, checked.signature)}",
                    signature_text(first.name, first.signature),
                )
    return ValidatedInterface(
        version=section.version,
        records=types.records,
        exports=tuple(public.values()),
        imports=tuple(imported.values()),
    )


def _implementations(
    section: InterfaceSection, functions: CoreFunctions, types: ResolvedTypes, module: str
) -> Iterator[tuple[Place, Export | ImplementedImport, Adapter]]:
    """Each implementation: its place, the function that it is of and the adapter.

    One function type leads to one function and to one adapter: else nobody could tell which.
    """
    functions_left = _functions_by_type(functions, types, module)
    adapters_left = _adapters_by_type(section, types, module)
    for number, implementation in enumerate(section.implementations):
        place = Place(module, f"implementation {number}")
        candidates = functions_left.pop(implementation.core_type, [])
        if len(candidates) != 1:
            raise place.error(
                f"{_listed(candidates)} of core type {implementation.core_type}",
                "one function that no other implementation is for",
            )
        adapter = adapters_left.pop(implementation.adapter_type, None)
        if adapter is None:
            raise place.error(
                f"no adapter of type {implementation.adapter_type}",
                "one that no other implementation uses",
            )
        yield place, candidates[0], adapter
    for function_type in adapters_left:
        raise Place(module, f"adapter of type {function_type}").error(
            "no implementation that uses it", "one that says which function it is for"
        )


def _functions_by_type(
    functions: CoreFunctions, types: ResolvedTypes, module: str
) -> dict[int, list[Export | ImplementedImport]]:
    found: dict[int, list[Export | ImplementedImport]] = defaultdict(list)
    for export in functions.exports:
        types.signature(export.function_type, Place(module, f"export {export.name!r}"))
        found[export.function_type].append(export)
    for imported in functions.imports:
        found[imported.raw_type].append(imported)
    return found


def _adapters_by_type(
    section: InterfaceSection, types: ResolvedTypes, module: str
) -> dict[int, Adapter]:
    found: dict[int, Adapter] = {}
    for number, adapter in enumerate(section.adapters):
        place = Place(module, f"adapter {number}")
        types.signature(adapter.function_type, place)
        if adapter.function_type in found:
            raise place.error(
                f"a second adapter of type {adapter.function_type}", "one adapter a type"
            )
        found[adapter.function_type] = adapter
    return found


def _listed(functions: Sequence[Export | ImplementedImport]) -> str:
    if not functions:
        return "no function"
    return "functions " + ", ".join(repr(_name(function)) for function in functions[:5])


def _name(function: Export | ImplementedImport) -> str:
    if isinstance(function, Export):
        return function.name
    return f"{function.function.namespace}.{function.function.name}"


@frozen_dataclass
class _Validator:
    """Checks adapters against what the whole section and the Wasm module say."""

    module: str
    types: ResolvedTypes
    functions: CoreFunctions
    core_imports: Mapping[tuple[str, str], CoreSignature]

    def export_adapter(self, export: Export, adapter: Adapter) -> ExportAdapter:
        """The public function: its arguments and results are of interface types."""
        signature = self.types.signatures[adapter.function_type]
        adapter_type = AdapterType(
            module=self.module,
            name=export.name,
            arguments=tuple(parameter.type for parameter in signature.parameters),
            results=() if signature.result is None else (signature.result,),
        )
        instructions = validate_adapter(
            adapter.instructions, adapter_type, self.types, self.functions
        )
        return ExportAdapter(export.name, signature, instructions)

    def import_adapter(self, imported: ImplementedImport, adapter: Adapter) -> ImportAdapter:
        """What the Wasm import is bound to: its arguments and results are raw."""
        function = imported.function
        name = _name(imported)
        place = Place(self.module, f"adapter of {name!r}", function=name)
        raw = _raw_signature(self.types.signatures[adapter.function_type], place)
        core = self.core_imports.get((function.namespace, function.name))
        if core is not None and core != raw:
            raise place.error(f"raw type {raw}", f"{core}, the type of the Wasm import")
        adapter_type = AdapterType(
            module=self.module, name=name, arguments=raw.parameters, results=raw.results
        )
        instructions = validate_adapter(
            adapter.instructions, adapter_type, self.types, self.functions
        )
        return ImportAdapter(
            function.namespace, function.name, function.signature, raw, instructions
        )


def _raw_signature(signature: Signature, place: Place) -> CoreSignature:
    """The core types of a raw signature, which is written with any number types or bool."""
    results = () if signature.result is None else (signature.result,)
    return CoreSignature(
        tuple(_core_type(parameter.type, place) for parameter in signature.parameters),
        tuple(_core_type(result, place) for result in results),
    )


def _core_type(interface_type: InterfaceType, place: Place) -> Scalar:
    core = _CORE_TYPES.get(interface_type) if isinstance(interface_type, Scalar) else None
    if core is None:
        raise place.error(f"{interface_type_text(interface_type)} in its raw type", "a number type")
    return core

"""The core-function index space: what `call-core` can call (spec interface-types.md, "Meaning")."""

from collections.abc import Mapping, Set

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.place import Place
from runtime.interface.resolution import ResolvedTypes
from runtime.interface.section import Export, Import, InterfaceSection
from runtime.interface.types import Signature
from runtime.interface.validated import CoreSignature, ImportedFunction, RawExport


@frozen_dataclass
class ImplementedImport:
    """A function of another module, as the section's two imports of it tell.

    Attributes:
        function: the function and its interface.
        raw_type: the type index of its raw form, for which there is an implementation.
    """

    function: ImportedFunction
    raw_type: int


@frozen_dataclass
class CoreFunctions:
    """The index space: first all exports of the section, then the imports with implementations.

    Attributes:
        exports: the section's exports.
        core_exports: the functions that the Wasm module exports in truth.
        imports: the section's imports that have an implementation.
    """

    exports: tuple[Export, ...]
    core_exports: Mapping[str, CoreSignature]
    imports: tuple[ImplementedImport, ...]

    def target(self, index: int, place: Place) -> RawExport | ImportedFunction:
        """What `call-core index` calls.

        A raw export has the type of the Wasm function itself, whatever the section says of it.

        Raises:
            ValidationError: nothing has this index, or the Wasm module exports no such function.
        """
        count = len(self.exports)
        if index < count:
            name = self.exports[index].name
            signature = self.core_exports.get(name)
            if signature is None:
                raise place.error(
                    f"{name!r}, which the Wasm module does not export", "a function it exports"
                )
            return RawExport(name, signature)
        if index < count + len(self.imports):
            return self.imports[index - count].function
        raise place.error(
            f"function {index} where there are {count} exports and {len(self.imports)} "
            "imports with implementations",
            "a function among them",
        )


def core_functions(
    section: InterfaceSection,
    types: ResolvedTypes,
    *,
    module: str,
    core_exports: Mapping[str, CoreSignature],
) -> CoreFunctions:
    """The index space of the section's adapters.

    Raises:
        ValidationError: an import's type is no function type, or an import with an implementation
            is not listed before with its interface.
    """
    implemented = {implementation.core_type for implementation in section.implementations}
    return CoreFunctions(
        exports=section.exports,
        core_exports=core_exports,
        imports=_implemented_imports(section.imports, types, implemented, module),
    )


def _implemented_imports(
    imports: tuple[Import, ...], types: ResolvedTypes, implemented: Set[int], module: str
) -> tuple[ImplementedImport, ...]:
    """The imports that have an implementation, with the interface from the listing before each."""
    interfaces: dict[tuple[str, str], Signature] = {}
    found = []
    for imported in imports:
        key = (imported.namespace, imported.name)
        place = Place(module, f"import {'.'.join(key)!r}")
        signature = types.signature(imported.function_type, place)
        if imported.function_type not in implemented:
            interfaces[key] = signature
        elif key in interfaces:
            function = ImportedFunction(imported.namespace, imported.name, interfaces[key])
            found.append(ImplementedImport(function, imported.function_type))
        else:
            raise place.error(
                "only its raw type", "the import to be listed before with its interface type"
            )
    return tuple(found)

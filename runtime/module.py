"""From a .wasm file to a module that can be linked: compiled, its interface read and validated.

Nothing of the module runs here.
"""

from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from runtime.engine.compilation import CompiledModule, compile_module
from runtime.engine.engines import shared_engine
from runtime.engine.store import ServiceStore
from runtime.errors import ModuleError, ModuleFileError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.instructions import MEMORY_OPS
from runtime.interface.metadata import (
    ModuleMetadata,
    check_versions,
    interface_payload,
    read_metadata,
)
from runtime.interface.section import InterfaceSection
from runtime.interface.section_codec import decode_section
from runtime.interface.validated import ImportedFunction, ValidatedInterface
from runtime.interface.validation import validate_interface
from runtime.module_file import ModuleFile, read_module_file

_REMEMBERED_MODULES = 64

_interfaces: WeakKeyDictionary[CompiledModule, ValidatedInterface] = WeakKeyDictionary()
"""What was validated before; services share compiled modules."""


@frozen_dataclass
class Module:
    """A module that is not yet part of a service.

    Attributes:
        name: under which other modules import it.
        file: its file as it was read, or None where it was given as bytes.
        metadata: what it says of itself, as it was when the module was read.
        compiled: its code, for one engine.
        interface: its validated adapters.
    """

    name: str
    file: ModuleFile | None
    metadata: ModuleMetadata
    compiled: CompiledModule
    interface: ValidatedInterface

    def imported_namespaces(self) -> set[str]:
        """The names of all that it imports from: other modules, and the host's."""
        bodies = [export.instructions for export in self.interface.exports]
        bodies += [adapter.instructions for adapter in self.interface.imports]
        targets = (instruction.operand for body in bodies for instruction in body)
        called = {each.namespace for each in targets if isinstance(each, ImportedFunction)}
        return called | {entry.namespace for entry in self.compiled.imports}


def read_module(
    source: Path | bytes, *, name: str, store: ServiceStore, memory_limit: int | None
) -> Module:
    """Read, compile and validate a module.

    Args:
        source: the .wasm file, or what is in it.
        name: the module's name in the service.
        store: the service's, which it is compiled for.
        memory_limit: the most bytes its memory may reach, or None.

    Raises:
        ModuleError: what is wrong with it: `ModuleFileError`, `InterfaceError`, `VersionError` or
            `ValidationError` (spec marine-runtime.md, "Loading a module").
    """
    file = None
    if isinstance(source, bytes):
        wasm = source
    else:
        wasm, file = read_module_file(source, module=name)
    try:
        metadata, section = _read_metadata(wasm, name)
        compiled = store.compile(wasm, name=name, memory_limit=memory_limit)
        interface = _interfaces.get(compiled)
        if interface is None:
            interface = _interfaces[compiled] = _validated(section, compiled, name)
    except ModuleError as error:
        if error.module is None:  # it was raised where nobody knew of the module
            error.module = name
            place = "" if file is None else f" ({file.path})"
            error.message = f"module {name!r}{place}: {error.message}"
        raise
    return Module(name, file, metadata, compiled, interface)


def check_interface(wasm: bytes, *, name: str) -> None:
    """Check that a module's interface types are valid and fit its code; versions may be anything.

    Args:
        wasm: the module.
        name: what errors call it.

    Raises:
        ModuleError: what is wrong.
    """
    section = decode_section(interface_payload(read_metadata(wasm), module=name))
    compiled = compile_module(shared_engine(), wasm, name=name, memory_limit=None)
    _validated(section, compiled, name)


@lru_cache(maxsize=_REMEMBERED_MODULES)
def _read_metadata(wasm: bytes, name: str) -> tuple[ModuleMetadata, InterfaceSection]:
    metadata = read_metadata(wasm)
    section = decode_section(interface_payload(metadata, module=name))
    check_versions(module=name, sdk_version=metadata.sdk_version, interface_version=section.version)
    return metadata, section


def _validated(
    section: InterfaceSection, compiled: CompiledModule, name: str
) -> ValidatedInterface:
    imports = {
        (entry.namespace, entry.name): entry.signature
        for entry in compiled.imports
        if entry.signature is not None
    }
    interface = validate_interface(
        section, module=name, exports=compiled.functions, imports=imports
    )
    bodies = [export.instructions for export in interface.exports]
    bodies += [adapter.instructions for adapter in interface.imports]
    touches_memory = any(instruction.op in MEMORY_OPS for body in bodies for instruction in body)
    if touches_memory and not compiled.has_memory:
        raise ModuleFileError(
            f"module {name!r} exports no memory named 'memory', which its adapters need",
            module=name,
        )
    return interface

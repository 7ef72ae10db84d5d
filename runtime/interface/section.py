"""What an `interface-types` section holds, as plain data (spec interface-types.md, "Binary form").

A section is a sequence of blocks. Encoders write them in a fixed order, each kind at most once; a
section that another tool wrote may differ, so the blocks are kept as they came and the properties
of `InterfaceSection` join those of one kind.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.instructions import EncodedType, Instruction


@frozen_dataclass
class EncodedField:
    """A named parameter or record field."""

    name: str
    type: EncodedType


@frozen_dataclass
class FunctionDefinition:
    """A function type of the section."""

    parameters: tuple[EncodedField, ...]
    results: tuple[EncodedType, ...]


@frozen_dataclass
class RecordDefinition:
    """A record type of the section."""

    name: str
    fields: tuple[EncodedField, ...]


TypeDefinition: TypeAlias = FunctionDefinition | RecordDefinition


@frozen_dataclass
class Import:
    """An imported function; `function_type` is an index among the types."""

    namespace: str
    name: str
    function_type: int


@frozen_dataclass
class Adapter:
    """Instructions under a function type; `function_type` is an index among the types."""

    function_type: int
    instructions: tuple[Instruction, ...]


@frozen_dataclass
class Export:
    """A raw Wasm export; `function_type` is an index among the types."""

    name: str
    function_type: int


@frozen_dataclass
class Implementation:
    """Says that the adapter of type `adapter_type` stands for the function of type `core_type`."""

    core_type: int
    adapter_type: int


@frozen_dataclass
class VersionBlock:
    """Block 0x05: the version of interface types, as text."""

    version: str


@frozen_dataclass
class TypesBlock:
    """Block 0x00."""

    types: tuple[TypeDefinition, ...]


@frozen_dataclass
class ImportsBlock:
    """Block 0x01."""

    imports: tuple[Import, ...]


@frozen_dataclass
class AdaptersBlock:
    """Block 0x02."""

    adapters: tuple[Adapter, ...]


@frozen_dataclass
class ExportsBlock:
    """Block 0x03."""

    exports: tuple[Export, ...]


@frozen_dataclass
class ImplementationsBlock:
    """Block 0x04."""

    implementations: tuple[Implementation, ...]


Block: TypeAlias = (
    VersionBlock | TypesBlock | ImportsBlock | AdaptersBlock | ExportsBlock | ImplementationsBlock
)


@dataclass(frozen=True)
class InterfaceSection:
    """A decoded section: its blocks in file order, exactly one of them a `VersionBlock`."""

    blocks: tuple[Block, ...]

    @cached_property
    def version(self) -> str:
        """The version of interface types, such as `0.27.0`."""
        return next(block.version for block in self.blocks if isinstance(block, VersionBlock))

    @cached_property
    def types(self) -> tuple[TypeDefinition, ...]:
        """All types; their positions are the type indices."""
        return tuple(t for b in self.blocks if isinstance(b, TypesBlock) for t in b.types)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """All imports in order."""
        return tuple(i for b in self.blocks if isinstance(b, ImportsBlock) for i in b.imports)

    @cached_property
    def adapters(self) -> tuple[Adapter, ...]:
        """All adapters in order."""
        return tuple(a for b in self.blocks if isinstance(b, AdaptersBlock) for a in b.adapters)

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        """All exports in order."""
        return tuple(e for b in self.blocks if isinstance(b, ExportsBlock) for e in b.exports)

    @cached_property
    def implementations(self) -> tuple[Implementation, ...]:
        """All implementations in order."""
        return tuple(
            i for b in self.blocks if isinstance(b, ImplementationsBlock) for i in b.implementations
        )


def make_section(
    version: str,
    types: tuple[TypeDefinition, ...],
    imports: tuple[Import, ...],
    adapters: tuple[Adapter, ...],
    exports: tuple[Export, ...],
    implementations: tuple[Implementation, ...],
) -> InterfaceSection:
    """A section in the encoders' own order, empty blocks left out."""
    blocks: list[Block] = [VersionBlock(version)]
    if types:
        blocks.append(TypesBlock(types))
    if imports:
        blocks.append(ImportsBlock(imports))
    if adapters:
        blocks.append(AdaptersBlock(adapters))
    if exports:
        blocks.append(ExportsBlock(exports))
    if implementations:
        blocks.append(ImplementationsBlock(implementations))
    return InterfaceSection(tuple(blocks))

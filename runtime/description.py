"""What a service tells of its modules: their interfaces and their memory."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from runtime.adapters.engines import Engine
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import RecordType, Signature, records_of
from runtime.linked_module import LinkedModule, PublicFunction


@frozen_dataclass
class FunctionInterface:
    """A public function's name and signature."""

    name: str
    signature: Signature


@frozen_dataclass
class ModuleInterface:
    """What one module offers.

    Attributes:
        name: the module's name.
        functions: its public functions, in its own order.
        records: the records reachable from them, each after those that it holds.
    """

    name: str
    functions: tuple[FunctionInterface, ...]
    records: tuple[RecordType, ...]


@frozen_dataclass
class ModuleStatistics:
    """The memory of one module.

    Attributes:
        name: the module's name.
        memory_bytes: its linear memory now.
        max_memory_bytes: the most it may reach by its own limit, or None.
        interpreted: its functions that the fused engine leaves to the interpreter, and why.
        configured_limit: the limit that its config sets, where it is this that holds; a memory has
            whole pages only, so `max_memory_bytes` may be less.
    """

    name: str
    memory_bytes: int
    max_memory_bytes: int | None
    interpreted: Mapping[str, str] = field(default_factory=dict)
    configured_limit: int | None = None


@frozen_dataclass
class Statistics:
    """The memory of a service.

    Attributes:
        modules: each module's, in load order.
        rejected_allocations: growths past the service's limit, since it was created.
        notes: what the reader should know about these numbers.
        engine: what runs the adapters.
        memory_limit: bytes for all memories together, or None for no limit.
    """

    modules: tuple[ModuleStatistics, ...]
    rejected_allocations: int
    notes: tuple[str, ...] = ()
    engine: Engine = Engine.FUSED
    memory_limit: int | None = None


@frozen_dataclass
class GlueListing:
    """What the fused engine makes of one module's adapters.

    Attributes:
        text: the glue module, in WebAssembly's text form.
        interpreted: the functions that the interpreter runs nevertheless, and why; an import's name
            has its module before it.
    """

    text: str
    interpreted: Mapping[str, str]


def interface_of(
    linked: LinkedModule, chosen: Iterable[PublicFunction] | None = None
) -> ModuleInterface:
    """The interface of a loaded module, with all its functions or those that are chosen."""
    functions = tuple(
        FunctionInterface(each.name, each.signature)
        for each in (linked.functions.values() if chosen is None else chosen)
    )
    return ModuleInterface(linked.name, functions, records_of(each.signature for each in functions))


def statistics_of(linked: LinkedModule) -> ModuleStatistics:
    """The memory of a loaded module; none counts as 0 bytes."""
    if not linked.module.compiled.has_memory:
        return ModuleStatistics(linked.name, 0, None)
    return ModuleStatistics(linked.name, linked.memory.size, linked.memory.maximum)

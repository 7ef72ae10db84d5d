"""What validation makes of a section: adapters whose every operand is resolved and known to fit.

The interpreter runs these without further checks of types or indices.
"""

from typing import TypeAlias

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.instructions import Op
from runtime.interface.types import InterfaceType, RecordType, Scalar, Signature


@frozen_dataclass
class CoreSignature:
    """The type of a raw Wasm function; each type is I32, I64, F32 or F64."""

    parameters: tuple[Scalar, ...]
    results: tuple[Scalar, ...]

    def __str__(self) -> str:
        parameters = ", ".join(scalar.value for scalar in self.parameters)
        results = ", ".join(scalar.value for scalar in self.results)
        return f"({parameters}) -> ({results})"


ALLOCATE_TYPES = (
    CoreSignature((Scalar.I32, Scalar.I32), (Scalar.I32,)),
    CoreSignature((Scalar.I32,), (Scalar.I32,)),
)
"""The types that a module's `allocate` may have; the second is that of SDKs before type tags."""


@frozen_dataclass
class RawExport:
    """A `call-core` target: an exported function of the module itself."""

    name: str
    signature: CoreSignature


@frozen_dataclass
class ImportedFunction:
    """A `call-core` target: a public function of another module, reached by its export adapter."""

    namespace: str
    name: str
    signature: Signature


ResolvedOperand: TypeAlias = int | InterfaceType | RawExport | ImportedFunction | None
"""By instruction: `arg.get` and pushes a number (the pushes' already wrapped to a signed i32 or
i64); `call-core` its target; array and record instructions the element's or the record's type."""


@frozen_dataclass
class ResolvedInstruction:
    """An instruction whose operand is resolved.

    Attributes:
        op: its kind.
        operand: as `ResolvedOperand` says.
        text: the instruction as the text form shows it, such as `call-core 6`.
    """

    op: Op
    operand: ResolvedOperand
    text: str


@frozen_dataclass
class ExportAdapter:
    """A public function: lowers the arguments, calls the raw export, lifts the result."""

    name: str
    signature: Signature
    instructions: tuple[ResolvedInstruction, ...]


@frozen_dataclass
class ImportAdapter:
    """What a Wasm import is bound to: lifts raw arguments, calls another module, lowers the result.

    Attributes:
        namespace: the other module's name.
        name: the other module's function.
        signature: the interface the importing module expects of that function.
        raw: the raw type; `arg.get` reads raw arguments.
        instructions: the adapter's body.
    """

    namespace: str
    name: str
    signature: Signature
    raw: CoreSignature
    instructions: tuple[ResolvedInstruction, ...]


@frozen_dataclass
class ValidatedInterface:
    """A module's interface, checked.

    Attributes:
        version: the version of interface types it was written for.
        records: all record types by their type index.
        exports: the public functions, in the order of the section's implementations.
        imports: the functions of other modules, in order.
    """

    version: str
    records: dict[int, RecordType]
    exports: tuple[ExportAdapter, ...]
    imports: tuple[ImportAdapter, ...]

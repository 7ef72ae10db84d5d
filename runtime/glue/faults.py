"""What glue finds wrong with values, told to the host by number and made the interpreter's error.

The host does in Python again what failed in glue: the same check fails there and words the error.
"""

from enum import IntEnum
from typing import NoReturn

from runtime.adapters.adapter_errors import instruction_failed
from runtime.adapters.conversions import conversion
from runtime.adapters.home import Home
from runtime.adapters.lift import checked_array_size, lift_string
from runtime.adapters.lifting_memory import check_lifted
from runtime.adapters.lower import checked_size
from runtime.errors import AdapterError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.instructions import CONVERSIONS
from runtime.interface.types import Scalar
from runtime.interface.validated import ExportAdapter, ImportAdapter, ResolvedInstruction

UNSIGNED_64 = 2**64 - 1


class Fault(IntEnum):
    """What is wrong; the two numbers that go with it."""

    READ = 1
    """A pointer and a length lie outside the memory."""

    WRITE = 2
    """A pointer that `allocate` gave and a length lie outside the memory, or it is null."""

    UTF8 = 3
    """The bytes at a pointer, of a length, are no UTF-8."""

    ARRAY = 4
    """A number of elements and the size of one are together larger than any memory."""

    SIZE = 5
    """A value's length in bytes does not fit what `allocate` takes; the second is 0."""

    CONVERSION = 6
    """A number does not fit the target type of the instruction; the second is 0."""

    ROOM = 7
    """Staging has no room; both are 0."""

    DEPTH = 8
    """Modules call each other too deeply; both are 0."""

    LIFTED = 9
    """The bytes that an adapter has lifted are too many; the second is 0."""


@frozen_dataclass
class Place:
    """Where in the adapters something can go wrong.

    Attributes:
        adapter: which one.
        number: of the instruction in the adapter.
        instruction: itself; None for what comes before the first.
    """

    adapter: ExportAdapter | ImportAdapter
    number: int
    instruction: ResolvedInstruction | None


def raise_fault(
    home: Home,
    place: Place,
    instruction: ResolvedInstruction,
    fault: Fault,
    first: int,
    second: int,
) -> NoReturn:
    """Raise the interpreter's error for what glue found; not for `Fault.DEPTH`.

    Args:
        home: the module whose adapter it is.
        place: where.
        instruction: the instruction there.
        fault: what.
        first: the first number that goes with it, as a signed i64.
        second: the second number.
    """
    adapter = place.adapter
    is_import = isinstance(adapter, ImportAdapter)
    name = adapter.name
    if isinstance(adapter, ImportAdapter):
        name = f"{adapter.namespace}.{name}"
    try:
        _fail(home, instruction, fault, first, second)
    except AdapterError as error:
        raise instruction_failed(
            home.name, name, instruction, place.number, error.message, is_import=is_import
        ) from None
    raise AssertionError(f"glue reported {fault!r} of {first} and {second}, which is none")


def _fail(
    home: Home, instruction: ResolvedInstruction, fault: Fault, first: int, second: int
) -> None:
    match fault:
        case Fault.READ:
            home.memory.read(first, second)
        case Fault.WRITE:
            home.memory.check_writable(first, second)
        case Fault.UTF8:
            lift_string(home.memory, first, second)
        case Fault.ARRAY:
            checked_array_size(first, second)
        case Fault.SIZE:
            checked_size(first)
        case Fault.CONVERSION:
            source, _ = CONVERSIONS[instruction.op]
            conversion(instruction.op)(first & UNSIGNED_64 if source is Scalar.U64 else first)
        case Fault.LIFTED:
            check_lifted(first, home.memory.size)
        case Fault.ROOM:
            raise AdapterError("the value is too large for this machine's memory")

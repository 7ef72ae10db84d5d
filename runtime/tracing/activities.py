"""What an instruction's own time is spent on."""

from runtime.interface.instructions import CONVERSIONS, Op
from runtime.interface.types import Scalar
from runtime.tracing.tree import Activity

_RAW = (Scalar.I32, Scalar.I64)


def activity_of(op: Op) -> Activity:
    """Lifting, lowering, or what else adapters do; what the instruction calls is not counted."""
    conversion = CONVERSIONS.get(op)
    if conversion is not None:
        source, _ = conversion
        return Activity.LIFTING if source in _RAW else Activity.LOWERING
    if op.mnemonic.endswith(".lift_memory"):
        return Activity.LIFTING
    if op.mnemonic.endswith((".lower_memory", ".size")):
        return Activity.LOWERING
    return Activity.ADAPTER

"""The bounds of mounted binaries (spec marine-runtime.md, "Host imports")."""

from runtime.frozen_dataclass import frozen_dataclass


@frozen_dataclass
class MountedBinaryLimits:
    """The bounds of one run; past a bound, the binary and all that it started are killed.

    Attributes:
        seconds: how long it may run; None for no limit. By default long enough for a download.
        output_bytes: how much it may print, on both streams together. By default 64 MiB.
    """

    seconds: float | None = 60.0
    output_bytes: int = 64 * 1024 * 1024
